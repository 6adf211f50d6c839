package dev.promptpo.optimizer;

import dev.promptpo.llm.TokenUsage;

/**
 * What the model was asked, over all sessions of a run.
 *
 * @param calls requests sent, failed attempts and those that were cut off included
 * @param answers usable replies
 * @param drifted answers of a recording whose prompt differs in what was measured
 * @param tokens as the provider counts them, failed attempts included
 */
public record Usage(long calls, long answers, long drifted, TokenUsage tokens) {
    static final Usage NONE = new Usage(0, 0, 0, TokenUsage.UNKNOWN);

    Usage called() {
        return new Usage(calls + 1, answers, drifted, tokens);
    }

    /** The budget did not cover the call: it was not made. */
    Usage notCalled() {
        return new Usage(calls - 1, answers, drifted, tokens);
    }

    Usage answered(boolean drift) {
        return new Usage(calls, answers + 1, drifted + (drift ? 1 : 0), tokens);
    }

    Usage spent(TokenUsage more) {
        return new Usage(calls, answers, drifted, tokens.plus(more));
    }
}
