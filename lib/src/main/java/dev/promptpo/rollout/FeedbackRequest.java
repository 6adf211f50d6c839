package dev.promptpo.rollout;

/**
 * A {@code Feedback} class to be run over the episodes of a trace.
 *
 * @param source Python source: a class {@code Feedback} with {@code summarize_trajectory(self,
 *     traj)}
 * @param anonymous whether it sees the attributes of an observation as o0, o1, …
 */
public record FeedbackRequest(
        String environment, String preset, String source, Trace trace, boolean anonymous) {

    /** A class that sees the attributes of an observation under their own names. */
    public FeedbackRequest(String environment, String preset, String source, Trace trace) {
        this(environment, preset, source, trace, false);
    }
}
