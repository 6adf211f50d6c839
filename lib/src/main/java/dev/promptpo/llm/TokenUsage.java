package dev.promptpo.llm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Tokens of one reply; 0 where the provider does not say.
 *
 * @param input tokens of the prompt, cached ones included
 * @param cachedInput of these, read from the provider's cache
 * @param output tokens of the reply
 * @param cacheWrites of the input, written to the provider's cache where that is charged apart
 */
public record TokenUsage(long input, long cachedInput, long output, long cacheWrites) {
    public static final TokenUsage UNKNOWN = new TokenUsage(0, 0, 0);

    /** Where nothing is charged for writing to a cache. */
    public TokenUsage(long input, long cachedInput, long output) {
        this(input, cachedInput, output, 0);
    }

    /** As the ledger and recordings hold it. */
    public static TokenUsage fromJson(JsonNode usage) {
        return new TokenUsage(
                usage.path("input").asLong(),
                usage.path("cached_input").asLong(),
                usage.path("output").asLong(),
                usage.path("cache_write").asLong());
    }

    /** Writes it as {@link #fromJson} reads it; what is charged apart only where there is any. */
    public void put(ObjectNode usage) {
        usage.put("input", input).put("cached_input", cachedInput).put("output", output);
        if (cacheWrites > 0) {
            usage.put("cache_write", cacheWrites);
        }
    }

    public TokenUsage plus(TokenUsage other) {
        return new TokenUsage(
                input + other.input,
                cachedInput + other.cachedInput,
                output + other.output,
                cacheWrites + other.cacheWrites);
    }

    TokenUsage minus(TokenUsage other) {
        return new TokenUsage(
                input - other.input,
                cachedInput - other.cachedInput,
                output - other.output,
                cacheWrites - other.cacheWrites);
    }
}
