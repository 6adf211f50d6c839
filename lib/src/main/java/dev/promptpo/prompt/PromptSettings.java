package dev.promptpo.prompt;

import static java.util.Objects.requireNonNull;

import java.util.OptionalInt;

/**
 * What enters the prompts of a run.
 *
 * @param history how much of the earlier rounds
 * @param context how much of the task
 * @param feedbackEpisodes how many of a winner's episodes are summarised, the first ones; empty:
 *     all
 * @param feedbackSteps how many steps of each of them {@code Feedback} sees, the first ones; empty:
 *     all
 */
public record PromptSettings(
        History history,
        ContextForm context,
        OptionalInt feedbackEpisodes,
        OptionalInt feedbackSteps) {

    /** As in the paper. */
    public static final PromptSettings DEFAULT =
            new PromptSettings(
                    History.full(), ContextForm.FULL, OptionalInt.empty(), OptionalInt.empty());

    public PromptSettings {
        requireNonNull(history, "history");
        requireNonNull(context, "context");
        atLeastOne(feedbackEpisodes, "feedbackEpisodes");
        atLeastOne(feedbackSteps, "feedbackSteps");
    }

    /** These, with another history. */
    public PromptSettings with(History other) {
        return new PromptSettings(other, context, feedbackEpisodes, feedbackSteps);
    }

    /** These, with another context form. */
    public PromptSettings with(ContextForm other) {
        return new PromptSettings(history, other, feedbackEpisodes, feedbackSteps);
    }

    /** These, with so many episodes summarised. */
    public PromptSettings withFeedbackEpisodes(int episodes) {
        return new PromptSettings(history, context, OptionalInt.of(episodes), feedbackSteps);
    }

    /** These, with so many steps of an episode shown to {@code Feedback}. */
    public PromptSettings withFeedbackSteps(int steps) {
        return new PromptSettings(history, context, feedbackEpisodes, OptionalInt.of(steps));
    }

    private static void atLeastOne(OptionalInt value, String name) {
        if (value.isPresent() && value.getAsInt() < 1) {
            throw new IllegalArgumentException(
                    name + " must be at least 1; got " + value.getAsInt());
        }
    }
}
