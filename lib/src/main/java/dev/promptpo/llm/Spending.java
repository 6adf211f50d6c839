package dev.promptpo.llm;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * What a run has spent.
 *
 * @param calls requests, failed attempts included
 * @param tokens as the replies say, and the worst case of those that say nothing
 * @param time that sessions worked on it
 */
public record Spending(long calls, TokenUsage tokens, Duration time) {
    /** Nothing yet. */
    public static final Spending NONE = new Spending(0, TokenUsage.UNKNOWN, Duration.ZERO);

    public Spending {
        requireNonNull(tokens, "tokens");
        requireNonNull(time, "time");
    }

    /** One more call with these tokens. */
    Spending plus(TokenUsage usage) {
        return new Spending(calls + 1, tokens.plus(usage), time);
    }

    /** One call less. */
    Spending minus(TokenUsage usage) {
        return new Spending(calls - 1, tokens.minus(usage), time);
    }
}
