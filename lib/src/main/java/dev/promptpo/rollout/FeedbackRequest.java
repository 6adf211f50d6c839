package dev.promptpo.rollout;

/**
 * A {@code Feedback} class to be run over the episodes of a trace.
 *
 * @param source Python source: a class {@code Feedback} with {@code summarize_trajectory(self,
 *     traj)}
 */
public record FeedbackRequest(String environment, String preset, String source, Trace trace) {}
