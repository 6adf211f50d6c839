package dev.promptpo.optimizer;

import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.optimizer.RunState.FeedbackState;
import dev.promptpo.policy.Extraction;
import dev.promptpo.policy.PolicySource;
import dev.promptpo.prompt.Failure;
import dev.promptpo.prompt.Prompt;
import dev.promptpo.prompt.PromptSettings;
import dev.promptpo.prompt.Prompts;
import dev.promptpo.prompt.RepairSubject;
import dev.promptpo.rollout.FeedbackRequest;
import dev.promptpo.rollout.FeedbackResult;
import dev.promptpo.rollout.Trace;
import java.util.List;

/**
 * The run's {@code Feedback} class: asked for once, run on each winner's trace, repaired where it
 * fails. Once its repairs are spent the run goes on without summaries.
 */
record FeedbackProcedure(
        Session session, EnvironmentSpec spec, RunSettings settings, Prompts prompts) {
    private static final String CLASS = "Feedback";

    /**
     * What came of it in one round.
     *
     * @param summaries one an episode; empty where there are none
     * @param note why there are none, where there should be some
     */
    record Told(FeedbackState state, List<String> summaries, String note) {}

    /** Asks ahead, so that the reply is there when the first winner is. */
    Reply ask() throws InterruptedException {
        return session.ask(FeedbackState.BEGINNING.role(), prompts.feedback());
    }

    /**
     * Summarises a winner's episodes.
     *
     * @param place names the winner among those that were summarised: its round, and its number too
     *     where a person chose it
     */
    Told tell(String place, Trace whole, FeedbackState before) throws InterruptedException {
        PromptSettings asked = settings.promptSettings();
        Trace trace =
                whole.first(
                        asked.feedbackEpisodes().orElse(Integer.MAX_VALUE),
                        asked.feedbackSteps().orElse(Integer.MAX_VALUE));
        FeedbackState state = before;
        if (state.givenUp()) {
            return new Told(state, List.of(), "the Feedback class failed in an earlier round");
        }
        // A repair that an earlier round asked for is in the ledger: its prompt is not used.
        Prompt question = prompts.feedback();
        while (true) {
            switch (tryOnce(place, state.role(), question, trace)) {
                case Outcome.Worked worked -> {
                    return new Told(state, worked.summaries(), "");
                }
                case Outcome.Broke broke -> {
                    if (broke.repairable() && state.repairs() < settings.repairs()) {
                        question = prompts.repair(RepairSubject.FEEDBACK, broke.failure());
                        state = new FeedbackState(state.repairs() + 1, false);
                        continue;
                    }
                    return new Told(
                            new FeedbackState(state.repairs(), true),
                            List.of(),
                            "the Feedback class failed for good, the run goes on without its"
                                    + " summaries: "
                                    + broke.failure().message());
                }
            }
        }
    }

    private Outcome tryOnce(String place, String role, Prompt question, Trace trace)
            throws InterruptedException {
        Reply reply = session.ask(role, question);
        return switch (reply) {
            case Reply.Lost lost ->
                    new Outcome.Broke(new Failure("", "", lost.message(), ""), false);
            case Reply.Text text ->
                    switch (PolicySource.extract(text.text(), CLASS)) {
                        case Extraction.Missing missing ->
                                new Outcome.Broke(
                                        new Failure("", text.text(), missing.message(), ""), true);
                        case Extraction.Found found -> run(place, role, found.source(), trace);
                    };
        };
    }

    private Outcome run(String place, String role, String source, Trace trace)
            throws InterruptedException {
        FeedbackResult result =
                session.summarise(
                        place + "/" + role,
                        new FeedbackRequest(
                                spec.reference(),
                                settings.preset(),
                                source,
                                trace,
                                settings.promptSettings().context().anonymous()));
        return switch (result) {
            case FeedbackResult.Completed completed -> new Outcome.Worked(completed.summaries());
            case FeedbackResult.Failed failed ->
                    new Outcome.Broke(
                            new Failure(
                                    source,
                                    "",
                                    failed.kind()
                                            + " in "
                                            + failed.phase()
                                            + ": "
                                            + failed.message(),
                                    failed.traceback()),
                            true);
        };
    }

    private sealed interface Outcome {
        record Worked(List<String> summaries) implements Outcome {}

        record Broke(Failure failure, boolean repairable) implements Outcome {}
    }
}
