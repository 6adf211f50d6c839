package dev.promptpo.llm;

import static java.util.Objects.requireNonNull;

/**
 * What a run has spent on its model.
 *
 * @param calls requests, failed attempts included
 * @param tokens as the replies say
 */
public record Spending(long calls, TokenUsage tokens) {
    /** Nothing yet. */
    public static final Spending NONE = new Spending(0, TokenUsage.UNKNOWN);

    public Spending {
        requireNonNull(tokens, "tokens");
    }

    /** One more call with these tokens. */
    Spending plus(TokenUsage usage) {
        return new Spending(calls + 1, tokens.plus(usage));
    }
}
