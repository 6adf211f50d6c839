package dev.promptpo.llm;

/**
 * Tokens of one reply; 0 where the provider does not say.
 *
 * @param input tokens of the prompt, cached ones included
 * @param cachedInput of these, read from the provider's cache
 * @param output tokens of the reply
 */
public record TokenUsage(long input, long cachedInput, long output) {
    public static final TokenUsage UNKNOWN = new TokenUsage(0, 0, 0);

    public TokenUsage plus(TokenUsage other) {
        return new TokenUsage(
                input + other.input, cachedInput + other.cachedInput, output + other.output);
    }
}
