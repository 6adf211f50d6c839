package dev.promptpo.analysis;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.ledger.EventSelection;
import dev.promptpo.ledger.LedgerException;
import dev.promptpo.optimizer.Steering;
import dev.promptpo.rollout.Purpose;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.BiConsumer;

/**
 * A run at a glance.
 *
 * @param run name of its folder
 * @param method what wrote it, for example {@code promptpo}
 * @param environment id of the environment
 * @param preset of the environment
 * @param model who answered, as far as is known
 * @param candidates N, as planned; empty for a method that has none, as are the next two
 * @param rounds R, as planned
 * @param episodes E, as planned
 * @param seed of the run
 * @param closedRounds rounds that are closed, without round 0
 * @param finished whether the run came to its end; one that its budget ended has not
 * @param searchScore the largest score of a round's winner: flattering, since it was chosen
 * @param heldout the result on held-out episodes, with its 95 % interval over episodes
 * @param normalised the held-out estimate where the random policy is 0 and the best known one 1
 * @param stepsSearch environment steps that choosing took
 * @param stepsAll all environment steps
 * @param lowerBound whether a rollout was cut off, so that the steps are at least these
 * @param inputTokens of all replies
 * @param outputTokens of all replies
 * @param created when it was begun, UTC
 * @param steering what in it a person decided
 */
public record RunSummary(
        String run,
        String method,
        String environment,
        String preset,
        String model,
        OptionalInt candidates,
        OptionalInt rounds,
        OptionalInt episodes,
        long seed,
        int closedRounds,
        boolean finished,
        OptionalDouble searchScore,
        Optional<Interval> heldout,
        OptionalDouble normalised,
        long stepsSearch,
        long stepsAll,
        boolean lowerBound,
        long inputTokens,
        long outputTokens,
        Instant created,
        Steering steering) {

    private static final EventSelection WANTED =
            RunLog.steered(EventSelection.none())
                    .with("session_started", "model")
                    .with("reply_received", "usage/input", "usage/output", "parent_sequence")
                    .with("rollout_finished", "role", "purpose", "outcome", "steps")
                    .with("candidate_finished", "round", "candidate", "score")
                    .with("round_closed", "round", "winner", "score")
                    .with(
                            "evaluation",
                            "purpose",
                            "round",
                            "candidate",
                            "returns",
                            "successes",
                            "score")
                    .with("run_closed", "ended");

    /**
     * The runs in a folder, by name; folders that are no runs are left out.
     *
     * @param unreadable is told of each run that is broken or of a newer version, and why
     * @throws UncheckedIOException when the folder cannot be listed
     */
    public static List<RunSummary> ofAll(
            Path folder, BiConsumer<Path, LedgerException> unreadable) {
        return RunFolder.read(folder, WANTED, RunSummary::of, unreadable);
    }

    private static RunSummary of(RunLog log) {
        LearningCurve curve = Curves.learning(log);
        JsonNode settings = log.settings();
        List<StepCurve.Point> chosen = curve.selected().points();
        return new RunSummary(
                log.name(),
                log.document().kind(),
                settings.path("environment").asText(),
                settings.path("preset").asText(),
                log.model(),
                whole(settings.path("candidates")),
                whole(settings.path("rounds")),
                whole(settings.path("episodes")),
                settings.path("seed").asLong(),
                (int) log.rounds().keySet().stream().filter(round -> round > 0).count(),
                log.closed(),
                chosen.isEmpty()
                        ? OptionalDouble.empty()
                        : OptionalDouble.of(chosen.getLast().value()),
                curve.finalHeldout(),
                normalised(log, curve.finalHeldout()),
                log.steps(Purpose.SEARCH) + log.steps(Purpose.VALIDATION),
                log.allSteps(),
                log.lowerBound(),
                log.inputTokens(),
                log.outputTokens(),
                log.document().created(),
                log.steering());
    }

    /** Empty where there is no estimate, or an end of the scale is not known. */
    static OptionalDouble normalised(RunLog log, Optional<Interval> estimate) {
        return estimate.isEmpty()
                ? OptionalDouble.empty()
                : log.spec()
                        .map(EnvironmentSpec::references)
                        .filter(both -> both.random().isPresent() && both.best().isPresent())
                        .map(both ->
                                OptionalDouble.of(
                                        Statistics.normalised(
                                                estimate.get().estimate(),
                                                both.random().get().value(),
                                                both.best().get().value())))
                        .orElse(OptionalDouble.empty());
    }

    private static OptionalInt whole(JsonNode value) {
        return value.isInt() ? OptionalInt.of(value.asInt()) : OptionalInt.empty();
    }
}
