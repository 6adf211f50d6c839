package dev.promptpo.rollout;

import java.util.List;

/** What came of running a {@code Feedback} class. */
public sealed interface FeedbackResult {
    /** One summary an episode, in order. */
    record Completed(List<String> summaries) implements FeedbackResult {
        public Completed {
            summaries = List.copyOf(summaries);
        }
    }

    /** It failed; the fields are those of {@link RolloutResult.Failed}. */
    record Failed(FailureKind kind, String phase, String message, String traceback)
            implements FeedbackResult {}
}
