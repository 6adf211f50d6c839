package dev.promptpo.analysis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptpo.analysis.RunLog.Place;
import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.environment.EnvironmentSpec.References;
import dev.promptpo.optimizer.Run;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** Curves and estimates of runs, made from their ledgers alone. */
public final class Curves {
    /** Every interval of a run is resampled with this seed, so that all surfaces agree. */
    private static final long SEED = 0;

    private Curves() {}

    /** How a run came to its policy, against environment steps. */
    public static LearningCurve learning(Path run) {
        return learning(RunLog.read(run));
    }

    /**
     * The run's result on held-out episodes, with its 95 % interval over episodes of this one
     * policy and what to compare it with.
     *
     * @throws IllegalStateException until it was measured, or where the measurement failed
     */
    public static HeldoutEstimate heldout(Path run) {
        return HeldoutEstimate.of(learning(run))
                .orElseThrow(() ->
                        new IllegalStateException(
                                "the run in "
                                        + run
                                        + " has no held-out measurement yet: run it to its"
                                        + " end, with heldoutEpisodes of 2 or more"));
    }

    /** As {@link #heldout(Path)}. */
    public static HeldoutEstimate heldout(Run run) {
        return heldout(run.directory());
    }

    /** As {@link #learning(Path)}. */
    public static LearningCurve learning(Run run) {
        return learning(run.directory());
    }

    static LearningCurve learning(RunLog log) {
        List<LearningCurve.Attempt> attempts = new ArrayList<>();
        List<StepCurve.Point> selected = new ArrayList<>();
        List<StepCurve.Point> heldout = new ArrayList<>();
        Map<Place, Interval> measured = measured(log);
        Optional<Interval> result = Optional.empty();
        long steps = 0;
        double best = Double.NEGATIVE_INFINITY;
        int last = 0;
        for (Map.Entry<Place, ObjectNode> entry : log.candidates().entrySet()) {
            Place place = entry.getKey();
            steps += log.steps(place);
            attempts.add(
                    new LearningCurve.Attempt(
                            place.round(),
                            place.candidate(),
                            steps,
                            RunLog.score(entry.getValue()),
                            RunLog.inserted(entry.getValue())));
            last = place.round();
        }
        for (Map.Entry<Integer, ObjectNode> entry : log.rounds().entrySet()) {
            OptionalDouble score = RunLog.score(entry.getValue());
            if (score.isEmpty() || score.getAsDouble() <= best || entry.getKey() > last) {
                continue;
            }
            best = score.getAsDouble();
            long at = stepsAtEnd(attempts, entry.getKey());
            selected.add(new StepCurve.Point(at, best));
            result =
                    Optional.ofNullable(
                            measured.get(
                                    new Place(
                                            entry.getKey(),
                                            entry.getValue().path("winner").asInt())));
            result.ifPresent(interval -> heldout.add(new StepCurve.Point(at, interval.estimate())));
        }
        return new LearningCurve(
                log.settings().path("environment").asText(),
                log.bySuccess() ? "success" : "return",
                attempts,
                new StepCurve(selected),
                new StepCurve(heldout),
                result,
                log.spec()
                        .map(EnvironmentSpec::references)
                        .orElse(new References(Optional.empty(), Optional.empty())),
                steps,
                log.steering());
    }

    private static long stepsAtEnd(List<LearningCurve.Attempt> attempts, int round) {
        return attempts.stream()
                .filter(attempt -> attempt.round() <= round)
                .mapToLong(LearningCurve.Attempt::steps)
                .max()
                .orElse(0);
    }

    /** The largest measurement of each candidate that was measured on held-out episodes. */
    private static Map<Place, Interval> measured(RunLog log) {
        Map<Place, Interval> measured = new HashMap<>();
        for (ObjectNode fields : log.evaluations()) {
            Place place = new Place(fields.path("round").asInt(), fields.path("candidate").asInt());
            if (fields.path("purpose").asText().equals("heldout")) {
                interval(log, fields)
                        .ifPresent(interval ->
                                measured.merge(place, interval, (a, b) -> b.n() >= a.n() ? b : a));
            }
        }
        return measured;
    }

    /** The interval of a measurement's score; empty where it failed or had one episode. */
    static Optional<Interval> interval(RunLog log, JsonNode evaluation) {
        double[] values =
                log.bySuccess()
                        ? evaluation
                                .path("successes")
                                .valueStream()
                                .mapToDouble(success -> success.asBoolean() ? 1 : 0)
                                .toArray()
                        : RunLog.numbers(evaluation.path("returns"));
        return RunLog.score(evaluation).isEmpty() || values.length < 2
                ? Optional.empty()
                : Optional.of(Statistics.meanInterval(values, "episodes", SEED));
    }
}
