package dev.promptpo.analysis;

import dev.promptpo.environment.EnvironmentSpec.Reference;
import dev.promptpo.environment.ReferenceKind;
import dev.promptpo.optimizer.Run;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import tech.tablesaw.api.BooleanColumn;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * Runs on several tasks on one scale: a task's random policy is 0, its reference 1, neither end is
 * clipped. Every run is kept, each seed for itself.
 *
 * <p>The reference is the best known return of the environment's specification, or one of your own:
 *
 * <pre>{@code
 * NormalisedReturns.of(maze, reacher)
 *         .with("Reacher-v5", -4.2, ReferenceKind.TRUNCATED, "SAC, 100,000 steps");
 * }</pre>
 *
 * <p>Its {@linkplain ReferenceKind kind} decides whether reaching it counts: one that was stopped
 * early, or that nobody trained, is shown and left out of {@link #claim}.
 *
 * @param runs in the order given
 * @param given references of one's own, by environment
 */
public record NormalisedReturns(List<Member> runs, Map<String, Reference> given) {

    /**
     * One run.
     *
     * @param run name of its folder
     * @param seed of the run
     * @param curve how it came to its policy, and what that is worth
     */
    public record Member(String run, long seed, LearningCurve curve) {
        /** The held-out result; its interval is over episodes of one policy. */
        public Interval heldout() {
            return curve.finalHeldout().orElseThrow();
        }
    }

    /**
     * The runs on one environment.
     *
     * @param environment its id
     * @param random the policy at 0
     * @param reference what stands at 1
     * @param runs each measured on held-out episodes
     */
    public record Task(
            String environment, Reference random, Reference reference, List<Member> runs) {
        public Task {
            runs = List.copyOf(runs);
        }

        /** A return on this task's scale. */
        public double scaled(double value) {
            return Statistics.normalised(value, random.value(), reference.value());
        }

        /** Whether a run's result is at most {@link Findings#MARGIN} below the reference. */
        public boolean reached(Member run) {
            return scaled(run.heldout().estimate()) >= 1 - Findings.MARGIN;
        }

        /**
         * Environment steps that choosing had taken when a policy was chosen whose held-out return
         * reaches the reference (by the margin); empty where none of those measured does: censored
         * at the run's {@link LearningCurve#steps}.
         */
        public OptionalLong stepsToReach(Member run) {
            return run.curve().heldout().points().stream()
                    .filter(point -> scaled(point.value()) >= 1 - Findings.MARGIN)
                    .mapToLong(StepCurve.Point::steps)
                    .findFirst();
        }
    }

    public NormalisedReturns {
        runs = List.copyOf(runs);
        given = Map.copyOf(given);
    }

    /**
     * Runs beside each other; references are those of their environments' specifications.
     *
     * @throws IllegalArgumentException for no run
     */
    public static NormalisedReturns of(Run... runs) {
        return of(Arrays.stream(runs).map(Run::directory).toArray(Path[]::new));
    }

    /** As {@link #of(Run...)}, of runs' folders. */
    public static NormalisedReturns of(Path... runs) {
        if (runs.length == 0) {
            throw new IllegalArgumentException(
                    "normalised returns need at least one run; got none");
        }
        List<Member> members = new ArrayList<>();
        for (Path run : runs) {
            RunLog log = RunLog.read(run);
            members.add(
                    new Member(
                            run.toAbsolutePath().normalize().getFileName().toString(),
                            log.settings().path("seed").asLong(),
                            Curves.learning(log)));
        }
        return new NormalisedReturns(members, Map.of());
    }

    /**
     * The same runs, with a reference of one's own for an environment.
     *
     * @throws IllegalArgumentException where none of the runs is on that environment
     */
    public NormalisedReturns with(String environment, Reference reference) {
        if (runs.stream().noneMatch(run -> run.curve().environment().equals(environment))) {
            throw new IllegalArgumentException(
                    "none of the runs is on "
                            + environment
                            + "; they are on "
                            + String.join(
                                    ", ",
                                    runs.stream()
                                            .map(run -> run.curve().environment())
                                            .distinct()
                                            .toList()));
        }
        Map<String, Reference> references = new LinkedHashMap<>(given);
        references.put(environment, reference);
        return new NormalisedReturns(runs, references);
    }

    /** As {@link #with(String, Reference)}, of a return without an interval. */
    public NormalisedReturns with(
            String environment, double value, ReferenceKind kind, String source) {
        return with(environment, Reference.of(value, kind, source));
    }

    /** The environments on which a run can be placed, in the order of their first runs. */
    public List<Task> tasks() {
        Map<String, List<Member>> byTask = new LinkedHashMap<>();
        for (Member run : runs) {
            if (whyNot(run).isEmpty()) {
                byTask.computeIfAbsent(run.curve().environment(), id -> new ArrayList<>()).add(run);
            }
        }
        List<Task> tasks = new ArrayList<>();
        byTask.forEach((id, members) ->
                tasks.add(
                        new Task(
                                id,
                                members.getFirst().curve().references().random().orElseThrow(),
                                reference(members.getFirst()).orElseThrow(),
                                members)));
        return tasks;
    }

    /** Why a run is left out, one line for each that is. */
    public List<String> omitted() {
        return runs.stream()
                .flatMap(run -> whyNot(run).map(why -> run.run() + ": " + why).stream())
                .toList();
    }

    private Optional<Reference> reference(Member run) {
        return Optional.ofNullable(given.get(run.curve().environment()))
                .or(() -> run.curve().references().best());
    }

    private Optional<String> whyNot(Member run) {
        LearningCurve curve = run.curve();
        if (curve.finalHeldout().isEmpty()) {
            return Optional.of("it was not measured on held-out episodes");
        }
        if (!curve.measure().equals("return")) {
            return Optional.of("what was measured is " + curve.measure() + ", not return");
        }
        if (curve.references().random().isEmpty()) {
            return Optional.of("no random policy's return is known for " + curve.environment());
        }
        if (reference(run).isEmpty()) {
            return Optional.of(
                    "no reference is known for "
                            + curve.environment()
                            + "; give one: with(\""
                            + curve.environment()
                            + "\", value, kind, source)");
        }
        double random = curve.references().random().get().value();
        if (reference(run).get().value() <= random) {
            return Optional.of(
                    String.format(
                            Locale.ROOT,
                            "the reference of %s, %s, is not above its random policy's %s",
                            curve.environment(),
                            reference(run).get().value(),
                            random));
        }
        return Optional.empty();
    }

    /**
     * How many runs reach the references that count, in a sentence. Runs are counted, not
     * intervals: these are over episodes of one policy each. Steered runs are left out.
     */
    public String claim() {
        long tasks = 0;
        long reached = 0;
        long counted = 0;
        List<String> left = new ArrayList<>();
        for (Task task : tasks()) {
            if (!task.reference().kind().counts()) {
                left.add(task.environment() + " (" + task.reference().kind() + ")");
                continue;
            }
            tasks++;
            for (Member run : task.runs()) {
                if (!run.curve().steering().any()) {
                    counted++;
                    reached += task.reached(run) ? 1 : 0;
                }
            }
        }
        String claim;
        if (tasks == 0) {
            claim = "No reference here is one that a claim can rest on.";
        } else if (counted == 0) {
            claim = "Every run was steered by hand, so none says something of the method.";
        } else {
            claim =
                    String.format(
                            Locale.ROOT,
                            "%d of %d %s on %d %s %s the reference, by the margin of %.0f %%.",
                            reached,
                            counted,
                            counted == 1 ? "run" : "runs",
                            tasks,
                            tasks == 1 ? "task" : "tasks",
                            counted == 1 ? "reaches" : "reach",
                            100 * Findings.MARGIN);
        }
        return left.isEmpty() ? claim : claim + " Not counted: " + String.join(", ", left) + ".";
    }

    /**
     * One row a run: {@code environment, run, seed, heldout, low, high, random, reference,
     * reference_kind, reference_source, normalised, normalised_low, normalised_high, reached,
     * counts, steps_to_reference, steps_search, steered}. {@code low} and {@code high} are over
     * episodes of the one policy; a missing {@code steps_to_reference} is censored at {@code
     * steps_search}.
     */
    public Table table() {
        StringColumn environment = StringColumn.create("environment");
        StringColumn run = StringColumn.create("run");
        LongColumn seed = LongColumn.create("seed");
        DoubleColumn heldout = DoubleColumn.create("heldout");
        DoubleColumn low = DoubleColumn.create("low");
        DoubleColumn high = DoubleColumn.create("high");
        DoubleColumn random = DoubleColumn.create("random");
        DoubleColumn reference = DoubleColumn.create("reference");
        StringColumn kind = StringColumn.create("reference_kind");
        StringColumn source = StringColumn.create("reference_source");
        DoubleColumn normalised = DoubleColumn.create("normalised");
        DoubleColumn normalisedLow = DoubleColumn.create("normalised_low");
        DoubleColumn normalisedHigh = DoubleColumn.create("normalised_high");
        BooleanColumn reached = BooleanColumn.create("reached");
        BooleanColumn counts = BooleanColumn.create("counts");
        LongColumn stepsTo = LongColumn.create("steps_to_reference");
        LongColumn steps = LongColumn.create("steps_search");
        BooleanColumn steered = BooleanColumn.create("steered");
        for (Task task : tasks()) {
            for (Member one : task.runs()) {
                Interval held = one.heldout();
                boolean byHand = one.curve().steering().any();
                environment.append(task.environment());
                run.append(one.run());
                seed.append(one.seed());
                heldout.append(held.estimate());
                low.append(held.low());
                high.append(held.high());
                random.append(task.random().value());
                reference.append(task.reference().value());
                kind.append(task.reference().kind().toString());
                source.append(task.reference().source());
                normalised.append(task.scaled(held.estimate()));
                normalisedLow.append(task.scaled(held.low()));
                normalisedHigh.append(task.scaled(held.high()));
                reached.append(task.reached(one));
                counts.append(task.reference().kind().counts() && !byHand);
                task.stepsToReach(one)
                        .ifPresentOrElse(at -> stepsTo.append(at), () -> stepsTo.appendMissing());
                steps.append(one.curve().steps());
                steered.append(byHand);
            }
        }
        return Table.create(
                "normalised returns",
                environment,
                run,
                seed,
                heldout,
                low,
                high,
                random,
                reference,
                kind,
                source,
                normalised,
                normalisedLow,
                normalisedHigh,
                reached,
                counts,
                stepsTo,
                steps,
                steered);
    }

    /** The table as text, then what counts, then why runs were left out. */
    @Override
    public String toString() {
        List<String> lines = new ArrayList<>();
        lines.add(table().printAll());
        lines.add(claim());
        lines.addAll(omitted());
        return String.join("\n", lines);
    }
}
