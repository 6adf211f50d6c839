package dev.promptpo.llm;

import java.time.Duration;

/**
 * Hears of attempts that failed and are made again: what was paid for them, and their raw replies,
 * belong in the ledger too. Called on the asking thread.
 */
@FunctionalInterface
public interface AttemptListener {
    /** Hears nothing. */
    AttemptListener NONE = (request, attempt, failure, wait) -> {};

    /**
     * @param attempt from 1
     * @param wait until the next attempt
     */
    void failed(ModelRequest request, int attempt, ModelReply.NoAnswer failure, Duration wait);
}
