package dev.promptpo.analysis;

import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.llm.ModelSource;
import dev.promptpo.optimizer.Estimate;
import dev.promptpo.optimizer.PromptPO;
import dev.promptpo.optimizer.Range;
import dev.promptpo.optimizer.Run;
import dev.promptpo.optimizer.RunSettings;
import dev.promptpo.prompt.History;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * Runs that differ in N, the candidates of a round, and in their seed: what does a larger round
 * buy?
 *
 * {@snippet :
 * var ablation = Ablation.candidates(5, 10, 20).on("PointMaze").rounds(3).seeds(3).iid();
 * ablation.estimate();
 * var result = ablation.run();
 * Figures.ablation(result);
 * }
 *
 * <p>Each of its runs is a run like any other, in a folder of its own: what is there already is not
 * paid for again, and what was cut off goes on.
 */
public final class Ablation {
    private final List<Integer> candidates;
    private Optional<Supplier<PromptPO>> task = Optional.empty();
    private UnaryOperator<PromptPO> settings = plan -> plan;
    private int seeds = 1;
    private boolean control;
    private Optional<Path> directory = Optional.empty();

    private Ablation(List<Integer> candidates) {
        this.candidates = candidates;
    }

    /**
     * Over these values of N.
     *
     * @throws IllegalArgumentException for none, one twice, or one below 1
     */
    public static Ablation candidates(int... n) {
        if (n.length == 0
                || Arrays.stream(n).distinct().count() != n.length
                || Arrays.stream(n).anyMatch(one -> one < 1)) {
            throw new IllegalArgumentException(
                    "an ablation of N needs different numbers of candidates, each at least 1; got "
                            + Arrays.toString(n));
        }
        return new Ablation(Arrays.stream(n).boxed().toList());
    }

    /**
     * Runs that are there already, kept or made elsewhere, as an ablation's result: in order of N,
     * then seed. A run that asked each round without history is a control.
     *
     * @throws IllegalArgumentException for none, or where their tasks differ
     */
    public static Result of(Run... runs) {
        List<String> tasks =
                Arrays.stream(runs)
                        .map(run -> run.settings().environment() + " " + run.settings().preset())
                        .distinct()
                        .toList();
        if (tasks.size() != 1) {
            throw new IllegalArgumentException(
                    "an ablation's runs are on one task; got "
                            + (tasks.isEmpty() ? "no run" : String.join(", ", tasks)));
        }
        return new Result(
                Arrays.stream(runs)
                        .map(run -> {
                            RunSettings settings = run.settings();
                            boolean iid =
                                    settings.promptSettings().history().equals(History.none());
                            return new Member(settings.candidates(), settings.seed(), iid, run);
                        })
                        .sorted(
                                Comparator.comparingInt(Member::candidates)
                                        .thenComparingLong(Member::seed)
                                        .thenComparing(Member::iid))
                        .toList());
    }

    /** The environment, by its id. */
    public Ablation on(String environment) {
        task = Optional.of(() -> PromptPO.on(environment));
        return this;
    }

    /** As {@link #on(String)}, by its specification. */
    public Ablation on(EnvironmentSpec spec) {
        task = Optional.of(() -> PromptPO.on(spec));
        return this;
    }

    /** How many runs of each N, of the seeds 0, 1, …; 1 unless set. */
    public Ablation seeds(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("seeds must be at least 1; got " + count);
        }
        seeds = count;
        return this;
    }

    /** R, the same for all. */
    public Ablation rounds(int r) {
        return with(plan -> plan.rounds(r));
    }

    /** Who is asked. */
    public Ablation model(ModelSource source) {
        return with(plan -> plan.model(source));
    }

    /** Any other settings, the same for all: {@code with(plan -> plan.episodes(10))}. */
    public Ablation with(UnaryOperator<PromptPO> change) {
        UnaryOperator<PromptPO> before = settings;
        settings = plan -> change.apply(before.apply(plan));
        return this;
    }

    /**
     * Beside each run its control: as many samples, N x R, all of the first prompt and without
     * history. Does iteration help, or only sampling?
     */
    public Ablation iid() {
        control = true;
        return this;
    }

    /** Where the runs' folders lie, named after N and seed; each in its own default unless set. */
    public Ablation directory(Path folder) {
        directory = Optional.of(folder);
        return this;
    }

    /**
     * One run of it.
     *
     * @param candidates N
     * @param seed of the run
     * @param iid whether it is the control without history
     * @param run the run
     */
    public record Member(int candidates, long seed, boolean iid, Run run) {
        /** For example {@code N 10, seed 0} or {@code N 10, seed 0, iid}. */
        public String name() {
            return "N " + candidates + ", seed " + seed + (iid ? ", iid" : "");
        }
    }

    /**
     * What was run.
     *
     * @param members by N, then seed, each before its control
     */
    public record Result(List<Member> members) {
        public Result {
            members = List.copyOf(members);
        }

        /** The runs, in the order of the members. */
        public List<Run> runs() {
            return members.stream().map(Member::run).toList();
        }

        /** The run with the most candidates, whose first round is the largest pool. */
        public Run largest() {
            return members.stream()
                    .filter(member -> !member.iid())
                    .reduce((one, other) -> other.candidates() > one.candidates() ? other : one)
                    .orElseThrow()
                    .run();
        }

        /** {@link Comparison#table} of all, after the columns {@code control} ({@code iid}). */
        public Table table() {
            Table table = Comparison.of(runs().toArray(Run[]::new)).table();
            String[] kinds =
                    members.stream()
                            .map(member -> member.iid() ? "iid" : "")
                            .toArray(String[]::new);
            table.insertColumn(1, StringColumn.create("control", kinds));
            // The first row is no base that the others are to be held against.
            table.removeColumns(
                    "difference", "difference_low", "difference_high", "paired_episodes");
            return table.setName("ablation");
        }

        /** The table as text. */
        @Override
        public String toString() {
            return table().printAll();
        }
    }

    /**
     * What each run is expected to take, and all of them: {@code candidates, seed, control, calls,
     * input_tokens, output_tokens, money, steps, seconds}, likely values. Nothing is asked or
     * rolled out. The last row, without N, is the sum.
     */
    public Table estimate() {
        IntColumn n = IntColumn.create("candidates");
        LongColumn seed = LongColumn.create("seed");
        StringColumn kind = StringColumn.create("control");
        List<Estimate> estimates = new ArrayList<>();
        for (int count : candidates) {
            for (int s = 0; s < seeds; s++) {
                for (boolean iid : control ? new boolean[] {false, true} : new boolean[] {false}) {
                    n.append(count);
                    seed.append((long) s);
                    kind.append(iid ? "iid" : "");
                    estimates.add(plan(count, s, iid).estimate());
                }
            }
        }
        n.appendMissing();
        seed.appendMissing();
        kind.append("all");
        return Table.create(
                "ablation_estimate",
                n,
                seed,
                kind,
                summed("calls", estimates, one -> Optional.of(one.calls())),
                summed("input_tokens", estimates, one -> Optional.of(one.inputTokens())),
                summed("output_tokens", estimates, one -> Optional.of(one.outputTokens())),
                summed("money", estimates, Estimate::money),
                summed("steps", estimates, one -> Optional.of(one.steps())),
                summed("seconds", estimates, Estimate::seconds));
    }

    /** The likely values and, where all are known, their sum. */
    private static DoubleColumn summed(
            String name, List<Estimate> estimates, Function<Estimate, Optional<Range>> of) {
        DoubleColumn column = DoubleColumn.create(name);
        double sum = 0;
        boolean known = true;
        for (Estimate estimate : estimates) {
            Optional<Range> range = of.apply(estimate);
            if (range.isPresent()) {
                column.append(range.get().likely());
                sum += range.get().likely();
            } else {
                column.appendMissing();
                known = false;
            }
        }
        return known ? column.append(sum) : column.appendMissing();
    }

    /**
     * Runs what is missing, one run after another, goes on with what was cut off, and takes what is
     * there. Stopped in between, it is to be called again.
     *
     * @throws IllegalStateException where no environment was given
     */
    public Result run() {
        List<Member> members = new ArrayList<>();
        for (int count : candidates) {
            for (int seed = 0; seed < seeds; seed++) {
                members.add(member(count, seed, false));
                if (control) {
                    members.add(member(count, seed, true));
                }
            }
        }
        return new Result(members);
    }

    private Member member(int count, int seed, boolean iid) {
        Run run = plan(count, seed, iid).run();
        run.close(); // a finished run needs no lock, and there may be many
        return new Member(count, seed, iid, run);
    }

    private PromptPO plan(int count, int seed, boolean iid) {
        PromptPO plan =
                settings.apply(
                                task.orElseThrow(() ->
                                                new IllegalStateException(
                                                        "an ablation needs a task: on(\"PointMaze\")"))
                                        .get())
                        .candidates(count)
                        .seed(seed);
        if (iid) {
            plan.history(History.none());
        }
        directory.ifPresent(folder ->
                plan.directory(folder.resolve((iid ? "iid-" : "") + "n" + count + "-s" + seed)));
        return plan;
    }
}
