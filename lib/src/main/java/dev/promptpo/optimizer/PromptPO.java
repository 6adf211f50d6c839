package dev.promptpo.optimizer;

import static java.util.Objects.requireNonNull;

import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.environment.EnvironmentSpec.Lifetime;
import dev.promptpo.environment.Environments;
import dev.promptpo.environment.Seeds;
import dev.promptpo.environment.UnknownEnvironmentException;
import dev.promptpo.ledger.Ledger;
import dev.promptpo.ledger.RunDocument;
import dev.promptpo.llm.Budget;
import dev.promptpo.llm.ModelSettings;
import dev.promptpo.llm.ModelSource;
import dev.promptpo.llm.Models;
import dev.promptpo.llm.PriceTable;
import dev.promptpo.prompt.ContextForm;
import dev.promptpo.prompt.History;
import dev.promptpo.prompt.PromptSettings;
import dev.promptpo.prompt.Prompts;
import dev.promptpo.rollout.RolloutEngine;
import dev.promptpo.rollout.RolloutEngines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Plans a run of PromptPO.
 *
 * {@snippet :
 * var run = PromptPO.on("NoiseWorld1").candidates(10).rounds(5).seed(0).run();
 * }
 *
 * <p>Each method sets one thing and returns the plan. What is not set is the environment's own
 * budget (candidates, rounds, episodes), two repairs, Feedback and reflection on, 100 held-out
 * episodes, seed 0 and the recorded model.
 */
public final class PromptPO {
    private final Function<String, EnvironmentSpec> specOfPreset;
    private String preset = Environments.DEFAULT_PRESET;
    private ModelSource model = Models.replay();
    private ModelSettings modelSettings = ModelSettings.DEFAULT;
    private Budget budget = Budget.UNLIMITED;
    private OptionalInt candidates = OptionalInt.empty();
    private OptionalInt rounds = OptionalInt.empty();
    private OptionalInt episodes = OptionalInt.empty();
    private Optional<Lifetime> lifetime = Optional.empty();
    private long seed;
    private int repairs = 2;
    private boolean feedback = true;
    private boolean reflection = true;
    private PromptSettings promptSettings = PromptSettings.DEFAULT;
    private Optional<String> startSource = Optional.empty();
    private int heldoutEpisodes = 100;
    private Optional<Path> directory = Optional.empty();
    private Supplier<RolloutEngine> engine = RolloutEngines::shared;
    private SeedSource seeds =
            (runSeed, stage, round, count) -> Seeds.episodes(runSeed, stage.id(), round, count);
    private BiFunction<Path, RunDocument, Ledger> ledger = Ledger::openOrBegin;
    private final List<RunObserver> observers = new ArrayList<>();
    private Optional<Branch> branch = Optional.empty();

    private PromptPO(Function<String, EnvironmentSpec> specOfPreset) {
        this.specOfPreset = specOfPreset;
    }

    /** A plan for an environment; its id is looked up when the run starts. */
    public static PromptPO on(String environment) {
        requireNonNull(environment, "environment");
        return new PromptPO(preset -> Environments.spec(environment, preset));
    }

    /** A plan for a specification at hand, under the preset that it was made for. */
    public static PromptPO on(EnvironmentSpec spec) {
        return new PromptPO(preset -> spec);
    }

    /** The method's paper and this implementation, as BibTeX. */
    public static String cite() {
        return """
        @misc{hatgiskessell2026promptpo,
          title = {When are {LLMs} sufficient policy optimizers?},
          author = {Hatgis-Kessell and Brunskill},
          year = {2026},
          eprint = {2605.30719},
          archivePrefix = {arXiv}
        }

        @software{promptpo,
          title = {promptpo: an independent implementation of PromptPO for Java notebooks},
          author = {{The promptpo authors}},
          year = {2026}
        }
        """;
    }

    /** The plan that a run was made by; of one that is only looked at, without a model. */
    static PromptPO like(Plan plan) {
        RunSettings had = plan.settings();
        PromptPO again = on(plan.spec());
        again.preset = had.preset();
        again.model = plan.model();
        again.modelSettings =
                plan.looking()
                        ? had.modelSettings(ModelSettings.DEFAULT.deadline())
                        : had.modelSettings(plan.deadline());
        again.budget = plan.budget();
        again.candidates = OptionalInt.of(had.candidates());
        again.rounds = OptionalInt.of(had.rounds());
        again.episodes = OptionalInt.of(had.episodes());
        again.lifetime = Optional.of(had.lifetime());
        again.seed = had.seed();
        again.repairs = had.repairs();
        again.feedback = had.feedback();
        again.reflection = had.reflection();
        again.promptSettings = had.promptSettings();
        again.startSource = had.startSource();
        again.heldoutEpisodes = had.heldoutEpisodes();
        if (!plan.looking()) {
            again.engine = plan.engine();
            again.seeds = plan.seeds();
            again.ledger = plan.ledger();
        }
        again.observers.addAll(plan.observers());
        return again;
    }

    /** Makes the run a branch, in a folder beside its parent unless that was set. */
    PromptPO branch(Branch from) {
        branch = Optional.of(from);
        if (directory.isEmpty()) {
            directory = Optional.of(from.folder());
        }
        return this;
    }

    /** {@code paper} (unless set) or {@code release}. */
    public PromptPO preset(String name) {
        preset = requireNonNull(name, "preset");
        return this;
    }

    /** Who is asked; {@link Models#replay()} unless set. */
    public PromptPO model(ModelSource source) {
        model = requireNonNull(source, "model");
        return this;
    }

    /** Temperature, largest reply and deadline. */
    public PromptPO modelSettings(ModelSettings settings) {
        modelSettings = requireNonNull(settings, "model settings");
        return this;
    }

    /**
     * What the run may spend; no limit unless set. When it is spent the run ends with its best
     * result ({@link Run#endedByBudget}); the same plan with a larger one goes on. What earlier
     * sessions spent counts. It is no setting of the run: two runs that differ in it alone are one.
     */
    public PromptPO budget(Budget limits) {
        budget = requireNonNull(limits, "limits");
        return this;
    }

    /** N: policies sampled in each round, at least 1. */
    public PromptPO candidates(int n) {
        candidates = OptionalInt.of(atLeast(1, n, "candidates"));
        return this;
    }

    /** R: rounds, at least 1. */
    public PromptPO rounds(int n) {
        rounds = OptionalInt.of(atLeast(1, n, "rounds"));
        return this;
    }

    /** E: episodes each candidate is rolled out for, at least 1. */
    public PromptPO episodes(int n) {
        episodes = OptionalInt.of(atLeast(1, n, "episodes"));
        return this;
    }

    /** From which all episode seeds derive, 0 or more. */
    public PromptPO seed(long value) {
        if (value < 0) {
            throw new IllegalArgumentException("seed must be at least 0; got " + value);
        }
        seed = value;
        return this;
    }

    /** Repairs that each candidate, and the Feedback class, may take; 0 or more. */
    public PromptPO repairs(int n) {
        repairs = atLeast(0, n, "repairs");
        return this;
    }

    /** Whether a Feedback class tells later prompts of the winners' episodes. */
    public PromptPO feedback(boolean on) {
        feedback = on;
        return this;
    }

    /** Whether the model compares each winner with the earlier ones. */
    public PromptPO reflection(boolean on) {
        reflection = on;
        return this;
    }

    /**
     * How much of the earlier rounds a prompt tells; {@link History#full()} unless set. With {@link
     * History#none()} there is no Feedback class and no reflection, since nothing would tell of
     * them.
     */
    public PromptPO history(History form) {
        promptSettings = promptSettings.with(form);
        return this;
    }

    /** How much a prompt tells of the task; {@link ContextForm#FULL} unless set. */
    public PromptPO context(ContextForm form) {
        promptSettings = promptSettings.with(form);
        return this;
    }

    /** How many of a winner's episodes are summarised, the first ones; all unless set. */
    public PromptPO feedbackEpisodes(int n) {
        promptSettings = promptSettings.withFeedbackEpisodes(n);
        return this;
    }

    /** How many steps of an episode the Feedback class sees, the first ones; all unless set. */
    public PromptPO feedbackSteps(int n) {
        promptSettings = promptSettings.withFeedbackSteps(n);
        return this;
    }

    /**
     * Starts from a policy of one's own: it is rolled out before the first round, and is the first
     * attempt that prompts tell of.
     *
     * @param source Python source, as a model is asked for it
     */
    public PromptPO startFrom(String source) {
        if (source.isBlank()) {
            throw new IllegalArgumentException("the policy to start from has no source");
        }
        startSource = Optional.of(source);
        return this;
    }

    /** Episodes on which the best policy is measured at the end; 0: not at all. */
    public PromptPO heldoutEpisodes(int n) {
        heldoutEpisodes = atLeast(0, n, "heldoutEpisodes");
        return this;
    }

    /** How long one policy object lives; the preset's own unless set. */
    public PromptPO lifetime(Lifetime value) {
        lifetime = Optional.of(value);
        return this;
    }

    /**
     * The run's folder; unless set {@code runs/<environment>-<preset>-<settings digest>-s<seed>}
     * under the current folder, or under {@code PROMPTPO_RUNS}.
     */
    public PromptPO directory(Path folder) {
        directory = Optional.of(folder);
        return this;
    }

    /** Where policies are rolled out; the shared engine unless set. The run does not close it. */
    public PromptPO engine(RolloutEngine value) {
        requireNonNull(value, "engine");
        engine = () -> value;
        return this;
    }

    /** Adds someone who hears what the run does. */
    public PromptPO observer(RunObserver observer) {
        observers.add(requireNonNull(observer, "observer"));
        return this;
    }

    PromptPO seeds(SeedSource source) {
        seeds = source;
        return this;
    }

    PromptPO ledger(BiFunction<Path, RunDocument, Ledger> opening) {
        ledger = opening;
        return this;
    }

    /**
     * Opens the run, or goes on with the one of the same settings in the same folder. Nothing is
     * asked and nothing rolled out yet.
     *
     * @throws IllegalArgumentException when the folder holds a run of other settings, or the budget
     *     limits money and the model's price is not known
     * @throws IllegalStateException when the run is of an environment that was registered, and is
     *     not registered here
     * @throws dev.promptpo.environment.UnknownEnvironmentException for an unknown id
     * @throws dev.promptpo.llm.ModelUnavailableException when the model cannot be opened
     * @throws dev.promptpo.ledger.LedgerException when the folder cannot be written or is being
     *     written by another run
     */
    public Run start() {
        return Run.start(plan());
    }

    Plan plan() {
        EnvironmentSpec spec = spec();
        promptSettings.context().tell(spec); // refuses a form that the task lacks, before all else
        boolean tells = !promptSettings.history().equals(History.none());
        RunSettings settings =
                new RunSettings(
                        spec.id(),
                        spec.preset(),
                        spec.digest(),
                        model.label(),
                        modelSettings.temperature(),
                        modelSettings.maxOutputTokens(),
                        Prompts.VERSION,
                        candidates.orElse(spec.budget().candidates()),
                        rounds.orElse(spec.budget().rounds()),
                        episodes.orElse(spec.budget().episodes()),
                        seed,
                        repairs,
                        feedback && tells,
                        reflection && tells,
                        heldoutEpisodes,
                        lifetime.orElse(spec.lifetime()),
                        promptSettings,
                        startSource,
                        spec.code());
        return new Plan(
                spec,
                settings,
                directory.orElseGet(() -> directory(settings, model)),
                model,
                modelSettings.deadline(),
                budget.money().isEmpty()
                        ? budget
                        : budget.priced(settings.model(), PriceTable.load()),
                engine,
                seeds,
                ledger,
                observers,
                branch);
    }

    private EnvironmentSpec spec() {
        EnvironmentSpec spec;
        try {
            spec = specOfPreset.apply(preset);
        } catch (UnknownEnvironmentException e) {
            throw directory
                    .flatMap(OwnEnvironment::ofRun)
                    .filter(own -> Environments.files(own.id()).isEmpty())
                    .<RuntimeException>map(own -> own.notRegistered(e))
                    .orElse(e);
        }
        Environments.files(spec.reference()); // refuses a specification whose files are not here
        return spec;
    }

    /** {@link #start} and {@link Run#run}. */
    public Run run() {
        return start().run();
    }

    /**
     * What the whole run is expected to take, before anything is asked or rolled out: calls,
     * tokens, money, environment steps, wall time. It stands on earlier runs of the same model and
     * environment where there are any, in the default folder of runs and beside this run's own.
     *
     * @throws IllegalArgumentException when the budget limits money and the model's price is not
     *     known
     * @throws dev.promptpo.environment.UnknownEnvironmentException for an unknown id
     */
    public Estimate estimate() {
        Plan plan = plan();
        Path own = plan.directory().toAbsolutePath().normalize();
        Set<Path> folders = new LinkedHashSet<>();
        folders.add(own.getParent());
        folders.add(defaultDirectory(plan.settings()).toAbsolutePath().normalize().getParent());
        return new Estimator(
                        plan.spec(),
                        plan.settings(),
                        Calibration.of(folders, plan.settings()),
                        plan.model().atOnce(plan.settings().candidates()),
                        Runtime.getRuntime().availableProcessors())
                .estimate(plan.budget(), PriceTable.load(), Run.spentIn(plan));
    }

    /** That of the settings, or where an earlier version began the run whose model has a path. */
    private static Path directory(RunSettings settings, ModelSource model) {
        Path own = defaultDirectory(settings);
        Path earlier = defaultDirectory(settings.withModel(model.name()));
        return Files.exists(earlier) && !Files.exists(own) ? earlier : own;
    }

    private static Path defaultDirectory(RunSettings settings) {
        String root = System.getenv().getOrDefault("PROMPTPO_RUNS", "runs");
        String name =
                settings.environment()
                        + "-"
                        + settings.preset()
                        + "-"
                        + settings.digest().substring(0, 8)
                        + "-s"
                        + settings.seed();
        return Path.of(root).resolve(name.replaceAll("[^A-Za-z0-9._-]", "_"));
    }

    private static int atLeast(int least, int value, String name) {
        if (value < least) {
            throw new IllegalArgumentException(
                    name + " must be at least " + least + "; got " + value);
        }
        return value;
    }
}
