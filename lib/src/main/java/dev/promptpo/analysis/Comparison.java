package dev.promptpo.analysis;

import dev.promptpo.optimizer.Evaluation;
import dev.promptpo.optimizer.Run;
import dev.promptpo.optimizer.RunSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import tech.tablesaw.api.BooleanColumn;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * Runs beside each other: what each came to, and where two were measured on the same held-out
 * episodes, the difference episode by episode.
 *
 * @param runs in the order given; the differences are to the first
 */
public record Comparison(List<Entry> runs) {
    private static final long SEED = 0;

    /**
     * One run.
     *
     * @param run name of its folder
     * @param settings what it was asked to do
     * @param curve how it came to its policy
     * @param difference of its held-out results and those of the first run, over the episodes that
     *     both were measured on; empty where there are fewer than two, or the task is another one
     */
    public record Entry(
            String run, RunSettings settings, LearningCurve curve, Optional<Interval> difference) {}

    public Comparison {
        runs = List.copyOf(runs);
    }

    /**
     * Compares runs.
     *
     * @throws IllegalArgumentException for none
     */
    public static Comparison of(Run... runs) {
        if (runs.length == 0) {
            throw new IllegalArgumentException("a comparison needs at least one run; got none");
        }
        List<Entry> entries = new ArrayList<>();
        for (Run run : runs) {
            Optional<Interval> difference =
                    run == runs[0] ? Optional.empty() : difference(runs[0], run);
            entries.add(
                    new Entry(
                            run.directory().toAbsolutePath().normalize().getFileName().toString(),
                            run.settings(),
                            Curves.learning(run),
                            difference));
        }
        return new Comparison(entries);
    }

    /** As {@link #of(Run...)}, of runs' folders. */
    public static Comparison of(Path... runs) {
        return of(Arrays.stream(runs).map(Run::look).toArray(Run[]::new));
    }

    private static Optional<Interval> difference(Run first, Run other) {
        boolean sameTask =
                first.settings().specification().equals(other.settings().specification())
                        && first.settings().preset().equals(other.settings().preset());
        if (!sameTask || first.heldout().isEmpty() || other.heldout().isEmpty()) {
            return Optional.empty();
        }
        Map<Long, Double> base = values(first, first.heldout().get());
        List<Double> differences = new ArrayList<>();
        values(other, other.heldout().get())
                .forEach((seed, value) -> {
                    if (base.containsKey(seed)) {
                        differences.add(value - base.get(seed));
                    }
                });
        return differences.size() < 2
                ? Optional.empty()
                : Optional.of(
                        Statistics.meanInterval(
                                differences.stream().sorted().mapToDouble(d -> d).toArray(),
                                "paired episodes",
                                SEED));
    }

    /** What each episode counts for, by its seed. Of a failed measurement nothing. */
    private static Map<Long, Double> values(Run run, Evaluation heldout) {
        Map<Long, Double> values = new HashMap<>();
        boolean bySuccess =
                run.spec().score() == dev.promptpo.environment.EnvironmentSpec.Score.SUCCESS;
        for (int i = 0; i < heldout.returns().size() && heldout.failure().isEmpty(); i++) {
            double success = heldout.successes().get(i).orElse(false) ? 1 : 0;
            values.put(heldout.seeds().get(i), bySuccess ? success : heldout.returns().get(i));
        }
        return values;
    }

    /**
     * One row a run: {@code run, environment, candidates, rounds, seed, search_score, heldout, low,
     * high, normalised, difference, difference_low, difference_high, paired_episodes, steps_search,
     * steered}. {@code low} and {@code high} are the 95 % interval over held-out episodes of this
     * one policy; {@code difference} is to the first row, paired by episode.
     */
    public Table table() {
        StringColumn run = StringColumn.create("run");
        StringColumn environment = StringColumn.create("environment");
        IntColumn candidates = IntColumn.create("candidates");
        IntColumn rounds = IntColumn.create("rounds");
        LongColumn seed = LongColumn.create("seed");
        DoubleColumn search = DoubleColumn.create("search_score");
        DoubleColumn heldout = DoubleColumn.create("heldout");
        DoubleColumn low = DoubleColumn.create("low");
        DoubleColumn high = DoubleColumn.create("high");
        DoubleColumn normalised = DoubleColumn.create("normalised");
        DoubleColumn difference = DoubleColumn.create("difference");
        DoubleColumn differenceLow = DoubleColumn.create("difference_low");
        DoubleColumn differenceHigh = DoubleColumn.create("difference_high");
        IntColumn paired = IntColumn.create("paired_episodes");
        LongColumn steps = LongColumn.create("steps_search");
        BooleanColumn steered = BooleanColumn.create("steered");
        for (Entry one : runs) {
            Optional<Interval> held = one.curve().finalHeldout();
            List<StepCurve.Point> chosen = one.curve().selected().points();
            run.append(one.run());
            environment.append(one.settings().environment());
            candidates.append(one.settings().candidates());
            rounds.append(one.settings().rounds());
            seed.append(one.settings().seed());
            append(
                    search,
                    chosen.isEmpty() ? Optional.empty() : Optional.of(chosen.getLast().value()));
            append(heldout, held.map(Interval::estimate));
            append(low, held.map(Interval::low));
            append(high, held.map(Interval::high));
            OptionalDouble share =
                    HeldoutEstimate.of(one.curve())
                            .map(HeldoutEstimate::normalised)
                            .orElse(OptionalDouble.empty());
            append(
                    normalised,
                    share.isPresent() ? Optional.of(share.getAsDouble()) : Optional.empty());
            append(difference, one.difference().map(Interval::estimate));
            append(differenceLow, one.difference().map(Interval::low));
            append(differenceHigh, one.difference().map(Interval::high));
            if (one.difference().isPresent()) {
                paired.append(one.difference().get().n());
            } else {
                paired.appendMissing();
            }
            steps.append(one.curve().steps());
            steered.append(one.curve().steering().any());
        }
        return Table.create(
                "comparison",
                run,
                environment,
                candidates,
                rounds,
                seed,
                search,
                heldout,
                low,
                high,
                normalised,
                difference,
                differenceLow,
                differenceHigh,
                paired,
                steps,
                steered);
    }

    private static void append(DoubleColumn column, Optional<Double> value) {
        if (value.isPresent()) {
            column.append(value.get());
        } else {
            column.appendMissing();
        }
    }

    /** The table as text. */
    @Override
    public String toString() {
        return table().printAll();
    }
}
