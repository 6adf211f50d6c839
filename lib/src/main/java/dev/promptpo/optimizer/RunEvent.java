package dev.promptpo.optimizer;

import dev.promptpo.ledger.Repair;
import dev.promptpo.llm.ModelReply;
import dev.promptpo.rollout.Purpose;
import dev.promptpo.rollout.RolloutResult;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Something that happened in a run, for those who watch it. */
public sealed interface RunEvent {
    /** The run; its answers include what the event tells. */
    Run run();

    /** It begins, or is opened again; nothing was spent in this session. */
    record RunStarted(Run run) implements RunEvent {}

    /**
     * It goes on from an earlier session.
     *
     * @param inFlight what had been started and is done again
     * @param repair what was mended at the ledger's end
     */
    record Resumed(Run run, List<InFlight> inFlight, Optional<Repair> repair) implements RunEvent {}

    /** Candidates are about to be asked for. */
    record RoundStarted(Run run, int round) implements RunEvent {}

    /** The model is asked. */
    record RequestStarted(Run run, String role) implements RunEvent {}

    /** An attempt at a request failed and is made again after a pause. */
    record RequestRetried(
            Run run, String role, int attempt, ModelReply.NoAnswer failure, Duration pause)
            implements RunEvent {}

    /** The model answered, or did not. */
    record ReplyReceived(Run run, String role, ModelReply reply) implements RunEvent {}

    /**
     * A share of the budget is spent.
     *
     * @param percent 50 or 80
     * @param message which limit, and how much of it; one line
     */
    record BudgetWarning(Run run, int percent, String message) implements RunEvent {}

    /**
     * A policy is handed to the rollout engine.
     *
     * @param role of the reply that holds its source
     */
    record RolloutStarted(Run run, String role, Purpose purpose, int episodes)
            implements RunEvent {}

    /**
     * How far a rollout has come.
     *
     * @param steps taken so far
     * @param episodes finished so far
     */
    record RolloutProgress(Run run, String role, Purpose purpose, long steps, int episodes)
            implements RunEvent {}

    /** A rollout ended. */
    record RolloutFinished(Run run, String role, Purpose purpose, RolloutResult result)
            implements RunEvent {}

    /** A candidate completed, or failed for good. */
    record CandidateFinished(Run run, Candidate candidate) implements RunEvent {}

    /** A person did something to it by hand, or a recording of a steered run did it again. */
    record Intervened(Run run, Intervention intervention) implements RunEvent {}

    /** A round is closed. */
    record RoundClosed(Run run, RoundSummary round) implements RunEvent {}

    /** A candidate was measured. */
    record Evaluated(Run run, Evaluation evaluation) implements RunEvent {}

    /**
     * It stopped before its end and can be run again.
     *
     * @param reason one line
     */
    record RunStopped(Run run, String reason) implements RunEvent {}

    /** It came to its end: all rounds are played, or {@link Run#endedByBudget} says why not. */
    record RunClosed(Run run) implements RunEvent {}
}
