package dev.promptpo.optimizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.environment.Seeds;
import dev.promptpo.film.Episode;
import dev.promptpo.film.Film;
import dev.promptpo.film.FilmSettings;
import dev.promptpo.film.Studio;
import dev.promptpo.ledger.Event;
import dev.promptpo.ledger.Ledger;
import dev.promptpo.ledger.LedgerException;
import dev.promptpo.ledger.LedgerReader;
import dev.promptpo.ledger.RunDocument;
import dev.promptpo.ledger.RunDocument.Parent;
import dev.promptpo.llm.Budget;
import dev.promptpo.llm.LanguageModel;
import dev.promptpo.llm.Meter;
import dev.promptpo.llm.ModelReply.NoAnswer;
import dev.promptpo.llm.ModelRequest;
import dev.promptpo.llm.Price;
import dev.promptpo.llm.PriceTable;
import dev.promptpo.llm.Recording;
import dev.promptpo.llm.RunContext;
import dev.promptpo.llm.Spending;
import dev.promptpo.llm.TokenCount;
import dev.promptpo.policy.PolicyPackage;
import dev.promptpo.prompt.HistoryEntry;
import dev.promptpo.prompt.Prompts;
import dev.promptpo.python.PythonInterruptedException;
import dev.promptpo.rollout.Purpose;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A run of PromptPO: a state machine, stepped round by round or run to its end. What it has paid
 * for is in its folder; stopping it at any moment, in any way, loses at most what is in flight.
 *
 * <p>One thread at a time drives it; any thread may look at it meanwhile.
 */
public final class Run implements AutoCloseable {
    /** Runs of this process that hold their folder's lock. */
    private static final Map<Path, Run> OPEN = new ConcurrentHashMap<>();

    private final Plan plan;
    private final Announcer announcer;
    private final ReentrantLock driving = new ReentrantLock();
    private volatile RunState state;
    private volatile Optional<Work> work = Optional.empty();

    /** Whether the budget is spent and the result is being measured. */
    private volatile boolean ending;

    private volatile boolean endedHere;

    /** Whether somebody asked for a rest before the next round. */
    private volatile boolean pausing;

    private volatile Optional<Parent> parent = Optional.empty();

    private Run(Plan plan) {
        this.plan = plan;
        this.announcer = new Announcer(plan.observers());
    }

    static Run start(Plan plan) {
        Run run = new Run(plan);
        if (!run.lookedUpOver()) {
            run.open();
        }
        run.announcer.tellHere(new RunEvent.RunStarted(run));
        run.work.ifPresent(open -> {
            if (!open.ledger.found().isEmpty()) {
                run.announcer.tellHere(
                        new RunEvent.Resumed(run, run.state.inFlight(), open.ledger.repair()));
            }
        });
        return run;
    }

    /**
     * Opens a run's folder to look at it: without Python, a model or a lock, also while another
     * process writes it. It shows what had happened when it was opened, and cannot be driven.
     *
     * @throws LedgerException when the folder holds no run, or a broken or newer one
     */
    public static Run look(Path directory) {
        LedgerReader reader = LedgerReader.open(directory);
        Run run = new Run(Plan.toLookAt(directory, reader.run()));
        run.state = folded(reader, reader.events(), Optional.of(run));
        run.parent = reader.run().parent();
        return run;
    }

    /**
     * Plays the next round: samples, rolls out, closes it. After the last one the best policy is
     * measured on held-out episodes and the run is finished.
     *
     * @return the round
     * @throws IllegalStateException when the run is finished
     * @throws RunStoppedException when the model is the reason that it cannot go on, or the budget
     *     ended the run before the round was closed
     * @throws RunInterruptedException when this thread is interrupted
     * @throws LedgerException when the folder cannot be written any more
     */
    public RoundSummary step() {
        if (finished()) {
            throw new IllegalStateException(
                    "the run in "
                            + directory()
                            + " is finished: all "
                            + settings().rounds()
                            + " rounds are played");
        }
        if (!over()) {
            drive(this::playNext);
        }
        Optional<BudgetEnd> ended = endedByBudget();
        if (ended.isPresent()) {
            throw new RunStoppedException("the run ended: " + ended.get());
        }
        return rounds().getLast();
    }

    /**
     * Runs to the end, until its budget is spent, or until the end of the round in which somebody
     * calls {@link #pause}; throws as {@link #step} for any other reason. A run that is {@link
     * #over} is left as it is.
     *
     * @return this
     */
    public Run run() {
        pausing = false;
        if (!over()) {
            drive(session -> {
                while (!over() && !pausing) {
                    playNext(session);
                }
            });
        }
        return this;
    }

    /**
     * {@link #run} on a thread of its own, so that a notebook's next cells can look at the run and
     * {@link #pause} it.
     *
     * @return completes with this run when it ends or pauses, or with what {@link #run} throws
     */
    public CompletableFuture<Run> runAsync() {
        CompletableFuture<Run> end = new CompletableFuture<>();
        Thread.ofPlatform()
                .daemon()
                .name("run-" + directory().getFileName())
                .start(() -> {
                    try {
                        end.complete(run());
                    } catch (RuntimeException | Error e) {
                        end.completeExceptionally(e);
                    }
                });
        return end;
    }

    /**
     * Has {@link #run} return once the round in hand is closed, from whichever thread this is
     * called; the run can then be steered. To stop at once, interrupt it: the round goes on where
     * it was.
     *
     * @return this
     */
    public Run pause() {
        pausing = true;
        return this;
    }

    /** {@link #run}: goes on after a {@link #pause}, an interrupt, or by hand. */
    public Run resume() {
        return run();
    }

    // --- steering ---

    /**
     * The policy prompt that would be sent next, with what it takes. Where a reflection is asked
     * for first, or a policy to start from is rolled out first, the text is not {@link
     * PromptPreview#exact} until {@link #prepare} has done so.
     *
     * @throws IllegalStateException when nothing will be asked any more
     */
    public PromptPreview previewPrompt() {
        refuseOver("no prompt is sent any more");
        int round = rounds().size() + 1;
        List<HistoryEntry> history = RoundProcedure.known(state, round);
        String text = RoundProcedure.prompt(state, prompts(), round, history).text();
        boolean edited = !state.interventions(Intervention.Kind.PROMPT, round).isEmpty();
        Optional<String> missing =
                edited
                        ? Optional.empty()
                        : startIsDue()
                                ? Optional.of("the policy to start from is rolled out first")
                                : reflectionIsDue(round, history)
                                        ? Optional.of(
                                                "the model is asked for a reflection first, which"
                                                        + " goes into the prompt (prepare() asks)")
                                        : Optional.empty();
        long answered =
                IntStream.rangeClosed(1, settings().candidates())
                        .filter(k -> state.reply("policy/" + round + "/" + k).isPresent())
                        .count();
        return new PromptPreview(
                round,
                text,
                TokenCount.approximate(text),
                settings().candidates() - (int) answered,
                price(),
                missing);
    }

    private boolean startIsDue() {
        return settings().startSource().isPresent() && state.start().isEmpty();
    }

    private boolean reflectionIsDue(int round, List<HistoryEntry> history) {
        return state.reply("reflection/" + round).isEmpty()
                && RoundProcedure.reflectionDue(settings(), history);
    }

    /**
     * Does what comes before the next round's policies are asked for: rolls out the policy to start
     * from, asks for the reflection. {@link #previewPrompt} is exact then.
     *
     * @return this
     */
    public Run prepare() {
        refuseOver("no round is left to prepare");
        drive(this::prepare);
        return this;
    }

    private void prepare(Session session) throws InterruptedException {
        if (startIsDue()) {
            procedure(session).start(settings().startSource().orElseThrow());
        }
        repeatSteering(session);
        procedure(session).reflect(rounds().size() + 1);
    }

    /**
     * Puts a text of one's own into the policy prompts of the next round and all later ones. Where
     * policies of the next round were asked for already, it enters from the one after.
     *
     * @return this
     * @throws IllegalStateException when no round is left for it, or the prompt of the next one was
     *     edited as a whole
     */
    public Run hint(String text) {
        int round = nextPrompt("a hint");
        if (!state.interventions(Intervention.Kind.PROMPT, round).isEmpty()) {
            throw new IllegalStateException(
                    "the prompt of round "
                            + round
                            + " is edited as a whole: put the hint into it with editPrompt");
        }
        intervene(round, Intervention.Kind.HINT, text);
        return this;
    }

    /**
     * Sends this text to the model in place of the next round's policy prompt; later rounds have
     * their own again. Edited twice, the last text counts.
     *
     * @return this
     * @throws IllegalStateException when no round is left for it
     */
    public Run editPrompt(String text) {
        int round = nextPrompt("an edited prompt");
        intervene(round, Intervention.Kind.PROMPT, text);
        return this;
    }

    /**
     * As {@link #editPrompt(String)}, made of the prompt as it would be sent: {@link #prepare} is
     * called first, which may ask for a reflection.
     *
     * @return this
     */
    public Run editPrompt(UnaryOperator<String> edit) {
        int round = nextPrompt("an edited prompt");
        if (round != rounds().size() + 1) {
            throw new IllegalStateException(
                    "policies of round "
                            + (round - 1)
                            + " were asked for already, so the prompt of the next one is not known"
                            + " yet: step() first");
        }
        prepare();
        return editPrompt(edit.apply(previewPrompt().text()));
    }

    /**
     * Rolls out a policy of one's own as one more candidate of the round in hand, or of the next:
     * on the same episodes as the model's, and like them it may win the round. It is not repaired;
     * its number is above N, and it is no sample of the model.
     *
     * @param source Python source, as a model is asked for it
     * @return what came of it
     * @throws IllegalStateException when no round is left for it
     */
    public Candidate insert(String source) {
        refuseOver("no round is left for a policy");
        refuseBlank(source, "the policy to insert");
        int round = rounds().size() + 1;
        int index =
                settings().candidates()
                        + state.interventions(Intervention.Kind.INSERT, round).size()
                        + 1;
        drive(session -> {
            if (startIsDue()) {
                procedure(session).start(settings().startSource().orElseThrow());
            }
            intervene(session, new Intervention(round, Intervention.Kind.INSERT, index, source));
            procedure(session).insert(round, index, source);
        });
        return candidate(round, index);
    }

    /**
     * Puts another candidate of the last closed round in the place of its winner: later prompts
     * tell of it, and it stands for its round when the best policy is taken. It is audited and
     * summarised as winners are.
     *
     * @return this
     * @throws IllegalStateException when the next round has begun: {@link #branch} from the round
     * @throws IllegalArgumentException for a candidate of another round, or one that failed
     */
    public Run choose(Candidate candidate) {
        refuseOver("nothing comes of a choice");
        refuseStranger(candidate);
        int last = state.history().isEmpty() ? -1 : state.history().getLast().round();
        if (candidate.round() != last || !candidate.completed()) {
            throw new IllegalArgumentException(
                    "choose takes a candidate that completed, of the last closed round"
                            + (last < 0 ? " (there is none yet)" : ", " + last)
                            + "; got "
                            + candidate
                            + ". To choose in an earlier round, branch from it");
        }
        int next = rounds().size() + 1;
        if (state.asked(next) || state.reply("reflection/" + next).isPresent()) {
            throw new IllegalStateException(
                    "round "
                            + next
                            + " has begun with the winner of round "
                            + last
                            + " as it was: branch("
                            + last
                            + ") and choose there");
        }
        if (!state.history().getLast().winner().equals(Optional.of(candidate))) {
            drive(session -> procedure(session).choose(candidate));
        }
        return this;
    }

    /**
     * A new run that has this one's rounds up to one of them, and goes on from there by itself: in
     * a folder of its own beside this one, which names its parent. What it takes over it does not
     * pay for again. Called again it is the same branch.
     *
     * @param round the last one taken over; 0: only the policy that this run started from
     */
    public Run branch(int round) {
        return branch(round, "", plan -> plan);
    }

    /**
     * As {@link #branch(int)}, with other settings.
     *
     * @param edit what is different, in words; another one is another branch
     * @param change of the plan, for example {@code plan -> plan.rounds(8)}; what the rounds taken
     *     over were played with (environment, episodes, seed, lifetime, context, policy to start
     *     from) stays
     * @throws IllegalArgumentException when the round is not closed, or such a setting changes
     */
    public Run branch(int round, String edit, UnaryOperator<PromptPO> change) {
        if (round < 0 || round > rounds().size()) {
            throw new IllegalArgumentException(
                    "a branch begins after a closed round, 0 to "
                            + rounds().size()
                            + "; got "
                            + round);
        }
        Branch from =
                new Branch(
                        directory(),
                        new Parent(
                                directory().toAbsolutePath().normalize().getFileName().toString(),
                                ledger().run().settingsDigest(),
                                round,
                                edit));
        Plan branched = change.apply(PromptPO.like(plan)).branch(from).plan();
        if (branched.looking()) {
            throw new IllegalStateException(
                    "this run was opened to look at it, so its branch needs a model: branch("
                            + round
                            + ", \"\", plan -> plan.model(...))");
        }
        if (!branched.settings().taken().equals(settings().taken())) {
            throw new IllegalArgumentException(
                    "a branch keeps what its rounds were played with, "
                            + settings().taken()
                            + "; got "
                            + branched.settings().taken());
        }
        Run run = start(branched);
        if (!run.over() && run.rounds().size() < round) {
            run.drive(session -> {});
        }
        return run;
    }

    private void takeOver(Session session) {
        if (plan.branch().isPresent()) {
            plan.branch().get().takeOver(session);
            return;
        }
        parent.filter(from -> from.round() > rounds().size())
                .ifPresent(from -> {
                    throw new IllegalStateException(
                            "the branch in "
                                    + directory()
                                    + " was cut off before it had all rounds of "
                                    + from.run()
                                    + ": make it again from there");
                });
    }

    /** What a person did to it, in order; in a branch also what was taken over. */
    public List<Intervention> interventions() {
        return state.interventions();
    }

    /** What in it a person decided. */
    public Steering steering() {
        return new Steering(interventions().stream().map(Intervention::kind).toList(), parent);
    }

    /** Whether a person decided anything in it: such a run is no sample of the method. */
    public boolean steered() {
        return steering().any();
    }

    /** The run that it is a branch of. */
    public Optional<Parent> parent() {
        return parent;
    }

    /** Where it comes from: itself, its parent, and so on. */
    public Lineage lineage() {
        return Lineage.of(directory());
    }

    private void refuseOver(String why) {
        if (over()) {
            throw new IllegalStateException(
                    "the run in " + directory() + " is over: " + why + "; branch from a round");
        }
    }

    /** The next round whose prompt is not settled. */
    private int nextPrompt(String what) {
        refuseOver("no prompt is sent any more");
        int next = rounds().size() + 1;
        int round = state.asked(next) ? next + 1 : next;
        if (round > settings().rounds()) {
            throw new IllegalStateException(
                    what
                            + " has no round left: the last one, "
                            + settings().rounds()
                            + ", has been asked for; branch from an earlier one");
        }
        return round;
    }

    private static void refuseBlank(String text, String what) {
        if (text.isBlank()) {
            throw new IllegalArgumentException(what + " is empty");
        }
    }

    private void intervene(int round, Intervention.Kind kind, String text) {
        refuseBlank(text, "the " + kind.id());
        drive(session -> intervene(session, new Intervention(round, kind, 0, text)));
    }

    private static void intervene(Session session, Intervention own) {
        ObjectNode fields = Fields.object();
        if (own.kind() == Intervention.Kind.INSERT) {
            fields.put("candidate", own.candidate());
            fields.put("source_payload", session.store(own.text()));
        } else {
            fields.put("text_payload", session.store(own.text()));
        }
        session.intervene(own.kind(), own.round(), fields);
    }

    /** Where a recording of a steered run answers, what was done in it is done again. */
    private void repeatSteering(Session session) throws InterruptedException {
        int next = rounds().size() + 1;
        List<Intervention> left = new ArrayList<>();
        for (Recording.Steered done :
                work.flatMap(open -> open.model).map(LanguageModel::steered).orElse(List.of())) {
            Intervention.Kind kind = Intervention.Kind.parse(done.kind());
            int due = kind == Intervention.Kind.CHOOSE ? done.round() + 1 : done.round();
            if (due == next) {
                left.add(new Intervention(done.round(), kind, done.candidate(), done.text()));
            }
        }
        interventions().forEach(left::remove);
        for (Intervention again : left) {
            switch (again.kind()) {
                case HINT, PROMPT, INSERT -> intervene(session, again);
                case CHOOSE ->
                        procedure(session).choose(candidate(again.round(), again.candidate()));
            }
        }
    }

    /** Whether all rounds are played and the best policy is measured. */
    public boolean finished() {
        return state.closed();
    }

    /**
     * How the budget ended the run before all rounds were played; empty where it did not, and once
     * a larger budget has let it go on.
     */
    public Optional<BudgetEnd> endedByBudget() {
        return state.ended();
    }

    /**
     * Whether nothing is left to do: it is finished, or ended by a budget that is no larger now.
     */
    public boolean over() {
        return finished() || endedByBudget().filter(end -> endedHere || !goesOn(end)).isPresent();
    }

    /** A budget that is none of the plan's, such as a model's own, may have been raised unseen. */
    private boolean goesOn(BudgetEnd end) {
        return plan.budget().raises(end.budget()) || end.budget().equals(Budget.UNLIMITED);
    }

    public RunSettings settings() {
        return plan.settings();
    }

    public EnvironmentSpec spec() {
        return plan.spec();
    }

    /** The run's folder. */
    public Path directory() {
        return plan.directory();
    }

    /** The rounds that are closed, in order. */
    public List<RoundSummary> rounds() {
        return state.rounds();
    }

    /** Candidates of a round that have finished; the round may still be open. */
    public List<Candidate> candidates(int round) {
        return state.candidates(round);
    }

    /**
     * A candidate.
     *
     * @param round from 1; 0 for the policy that the run started from, its candidate 1
     * @param index from 1
     * @throws NoSuchElementException when it has not finished, or there is none
     */
    public Candidate candidate(int round, int index) {
        return state.candidate(round, index)
                .orElseThrow(() ->
                        new NoSuchElementException(
                                "no finished candidate "
                                        + index
                                        + " in round "
                                        + round
                                        + ": the run has "
                                        + rounds().size()
                                        + " closed rounds of "
                                        + settings().candidates()
                                        + " candidates, both counted from 1"));
    }

    /**
     * The best policy of all closed rounds, of the one that the run started from, and of the open
     * round too where the budget ended the run: best score, of equals the earliest.
     *
     * @throws NoSuchElementException when no candidate has completed yet
     */
    public Candidate best() {
        return bestSoFar()
                .orElseThrow(() ->
                        new NoSuchElementException(
                                "no candidate has completed in the "
                                        + rounds().size()
                                        + " closed rounds of this run"));
    }

    /** {@link #best}, empty while no candidate has completed. */
    public Optional<Candidate> bestSoFar() {
        Stream<Candidate> open =
                endedByBudget().isPresent() || ending
                        ? Stream.of(0, rounds().size() + 1).flatMap(r -> candidates(r).stream())
                        : Stream.empty();
        return RoundProcedure.winner(
                Stream.concat(
                                state.history().stream().flatMap(round -> round.winner().stream()),
                                open)
                        .toList());
    }

    PolicyPackage exported(Candidate candidate) {
        return new PolicyPackage(
                told(),
                settings().lifetime().name().toLowerCase(Locale.ROOT),
                candidate.source(),
                candidate
                        + " in the run "
                        + directory().toAbsolutePath().normalize().getFileName()
                        + (steered() ? ", " + steering().stamp() : ""));
    }

    /** The last winner before a candidate's round: what its prompt told of last. */
    Optional<Candidate> before(Candidate candidate) {
        return state.history().stream()
                .filter(round -> round.round() < candidate.round())
                .flatMap(round -> round.winner().stream())
                .reduce((earlier, later) -> later);
    }

    /** The best policy on held-out episodes; empty before the run's end, or when not asked for. */
    public Optional<Evaluation> heldout() {
        return bestSoFar()
                .flatMap(best -> evaluations().stream().filter(done -> of(best, done)).findFirst());
    }

    /** All measurements, in the order in which they were made. */
    public List<Evaluation> evaluations() {
        return state.evaluations();
    }

    /**
     * Measures a candidate on held-out episodes: the same ones for all candidates, so that
     * measurements can be paired. Episodes measured before are not played again.
     *
     * @param episodes at least 1; rounded up to whole blocks of E where a policy object lives
     *     through its candidate's episodes
     * @throws RunInterruptedException when this thread is interrupted
     */
    public Evaluation evaluate(Candidate candidate, int episodes) {
        if (episodes < 1) {
            throw new IllegalArgumentException("episodes must be at least 1; got " + episodes);
        }
        if (!candidate.completed()) {
            throw new IllegalArgumentException(
                    "only a candidate that completed can be measured; this is " + candidate);
        }
        refuseStranger(candidate);
        List<Evaluation> made = new ArrayList<>();
        drive(session -> made.add(measurement(session).measure(candidate, episodes)));
        return made.getFirst();
    }

    /**
     * Rolls out one episode of a candidate to look at it. Its steps are counted under the purpose
     * {@code render}, also after the run's end, and what it came to is kept: asked for again,
     * nothing is rolled out. A run that is only looked at ({@link #look}) writes nothing and counts
     * nothing.
     *
     * <p>Where one policy object lives through a candidate's episodes, the episodes before this one
     * are rolled out too, as they were; a seed that the run has not used is then a first episode.
     *
     * @param seed of the episode, 32-bit unsigned: one of the run's (table {@code episodes}), whose
     *     return is then compared, or any other
     * @throws IllegalStateException when the policy fails in that episode
     * @throws RunInterruptedException when this thread is interrupted
     */
    public Episode episode(Candidate candidate, long seed) {
        refuseStranger(candidate);
        EpisodeProcedure procedure =
                new EpisodeProcedure(this, told(), settings(), candidate, seed);
        if (plan.looking()) {
            return procedure.outside(state);
        }
        Optional<Episode> kept = procedure.kept(state);
        if (kept.isPresent()) {
            return kept.get();
        }
        List<Episode> rolled = new ArrayList<>();
        drive(session -> rolled.add(procedure.within(session)));
        return rolled.getFirst();
    }

    /** A film of the best policy in the first episode of the stream kept for pictures. */
    public Film film() {
        return film(renderSeed());
    }

    /** A film of the best policy in the episode of a seed. */
    public Film film(long seed) {
        return film(best(), seed, FilmSettings.DEFAULT);
    }

    /**
     * A film of one episode of a candidate; the episode is rolled out as by {@link #episode}, after
     * it has been seen that the environment can be drawn here.
     *
     * @throws dev.promptpo.environment.RenderException where nothing can be drawn; the run is then
     *     as it was
     */
    public Film film(Candidate candidate, long seed, FilmSettings filmSettings) {
        refuseStranger(candidate);
        try (Studio studio = Studio.open(spec())) {
            return studio.film(episode(candidate, seed), filmSettings);
        }
    }

    /** The seed of the first episode of the stream kept for pictures: no score was made of it. */
    public long renderSeed() {
        return Seeds.episodes(settings().seed(), Purpose.RENDER.id(), 0, 1).getFirst();
    }

    /** What the model was asked, over all sessions. */
    public Usage usage() {
        return state.usage();
    }

    /**
     * What the model charges: the budget's price, which its money is counted with, else the one of
     * {@link PriceTable}; empty where neither knows it.
     *
     * @throws IllegalArgumentException when the user's table is not of the form
     */
    public Optional<Price> price() {
        return plan.budget().price().or(() -> PriceTable.load().of(settings().model()));
    }

    /** Environment steps by purpose, over all sessions. */
    public Steps steps() {
        return state.steps();
    }

    /** Whether an audit found a winner whose returns differ from one rollout to the next. */
    public boolean deterministic() {
        return rounds().stream()
                .noneMatch(round -> round.audit() == RoundSummary.Audit.NON_DETERMINISTIC);
    }

    /** A reader of the run's folder. */
    public LedgerReader ledger() {
        return LedgerReader.open(directory());
    }

    /**
     * The run's replies as a recording that replays it without a key.
     *
     * @param provenance who answered; a blank date becomes the day of the first reply
     */
    public Recording recording(Recording.Provenance provenance) {
        return Recording.of(ledger(), provenance);
    }

    /** Ends the session, if one is open, and gives the folder free; the run can be resumed. */
    @Override
    public void close() {
        if (!driving.tryLock()) {
            throw new IllegalStateException(
                    "the run in " + directory() + " is at work: interrupt it first");
        }
        try {
            release("closed", "");
        } finally {
            driving.unlock();
        }
        announcer.flush();
    }

    /** A few lines for a person. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append("PromptPO on ")
                .append(settings().environment())
                .append(" (")
                .append(settings().preset())
                .append(spec().privileged() ? ", privileged observation" : "")
                .append("), ")
                .append(finished() ? "finished: " : rounds().size() + " rounds closed of ")
                .append(settings().rounds())
                .append(" rounds x ")
                .append(settings().candidates())
                .append(" candidates\n");
        bestSoFar().ifPresent(best -> text.append("best: ").append(best).append('\n'));
        endedByBudget()
                .ifPresent(end -> text.append("ended by its budget: ").append(end).append('\n'));
        heldout()
                .ifPresent(held ->
                        text.append("held-out: ")
                                .append(
                                        held.score().isPresent()
                                                ? String.format(
                                                        Locale.ROOT,
                                                        "%.6g over %d episodes",
                                                        held.score().getAsDouble(),
                                                        held.returns().size())
                                                : "failed, " + held.failure().orElse(""))
                                .append('\n'));
        if (steered()) {
            text.append(steering().stamp()).append('\n');
        }
        return text.append("steps: ")
                .append(steps().total())
                .append(", requests: ")
                .append(usage().calls())
                .append(", folder: ")
                .append(directory())
                .toString();
    }

    private void refuseStranger(Candidate candidate) {
        if (!state.candidate(candidate.round(), candidate.index()).equals(Optional.of(candidate))) {
            throw new IllegalArgumentException(
                    "a run measures its own candidates, and shows them; this is none of "
                            + directory());
        }
    }

    // --- driving ---

    private void drive(Piece piece) {
        if (!driving.tryLock()) {
            throw new IllegalStateException(
                    "the run in " + directory() + " is at work in another thread already");
        }
        try {
            try {
                Session session = session();
                work.ifPresent(open -> open.meter.start());
                piece.work(session);
                if (finished()) {
                    release("finished", "");
                } else if (over()) {
                    release("budget", endedByBudget().orElseThrow().toString());
                }
            } catch (InterruptedException | PythonInterruptedException e) {
                Thread.interrupted(); // set again by one of the two
                stopped("interrupted", "interrupted");
                throw new RunInterruptedException(
                        "the run was interrupted; what was paid for is kept in "
                                + directory()
                                + "; run it again to go on",
                        e);
            } catch (RuntimeException | Error e) {
                stopped("stopped", String.valueOf(e.getMessage()));
                throw e;
            }
        } finally {
            work.ifPresent(open -> open.meter.stop());
            driving.unlock();
            announcer.flush();
        }
    }

    private void playNext(Session session) throws InterruptedException {
        try {
            playOrFinish(session);
        } catch (BudgetSpentException spent) {
            // What is measured now asks nothing.
            session.goOn();
            ending = true;
            endedHere = true;
            try {
                finish(
                        session,
                        Optional.of(
                                new BudgetEnd(
                                        spent.getMessage(),
                                        BudgetEnd.notDone(state, settings()),
                                        plan.budget())));
            } finally {
                ending = false;
            }
        }
    }

    private void playOrFinish(Session session) throws InterruptedException {
        int played = rounds().size();
        if (startIsDue()) {
            procedure(session).start(settings().startSource().get());
        }
        if (played < settings().rounds()) {
            repeatSteering(session);
            announcer.tellHere(new RunEvent.RoundStarted(this, played + 1));
            procedure(session).play(played + 1);
        }
        if (rounds().size() == settings().rounds()) {
            finish(session, Optional.empty());
        }
    }

    private void finish(Session session, Optional<BudgetEnd> ended) throws InterruptedException {
        Optional<Candidate> best = bestSoFar();
        if (best.isPresent() && settings().heldoutEpisodes() > 0 && heldout().isEmpty()) {
            measurement(session).measure(best.get(), settings().heldoutEpisodes());
        }
        ObjectNode fields = Fields.object();
        if (best.isPresent()) {
            fields.putObject("best")
                    .put("round", best.get().round())
                    .put("candidate", best.get().index())
                    .put("score", best.get().score().getAsDouble());
        } else {
            fields.putNull("best");
        }
        ended.ifPresent(end -> end.put(fields));
        session.record(EventTypes.RUN_CLOSED, fields);
        session.tell(new RunEvent.RunClosed(this));
    }

    private boolean of(Candidate candidate, Evaluation evaluation) {
        return evaluation.purpose() == Purpose.HELDOUT
                && evaluation.round() == candidate.round()
                && evaluation.index() == candidate.index()
                && evaluation.seeds().size() >= settings().heldoutEpisodes();
    }

    private RoundProcedure procedure(Session session) {
        return new RoundProcedure(session, told(), settings(), prompts(), plan.seeds());
    }

    private EvaluationProcedure measurement(Session session) {
        return new EvaluationProcedure(session, told(), settings(), plan.seeds());
    }

    private Prompts prompts() {
        return new Prompts(
                spec(), settings().episodes(), settings().lifetime(), settings().promptSettings());
    }

    /** The specification as the model knows it. */
    private EnvironmentSpec told() {
        return settings().promptSettings().context().tell(spec());
    }

    // --- opening and closing ---

    /** A finished run needs no model, no engine and no lock to be looked at. */
    private boolean lookedUpOver() {
        if (!Files.exists(directory().resolve("run.json"))) {
            return false;
        }
        LedgerReader reader = LedgerReader.open(directory());
        refuseOther(reader.run());
        state = folded(reader, reader.events(), Optional.of(this));
        parent = reader.run().parent();
        return over();
    }

    /** What the plan's run has spent already; nothing where its folder holds no run, or another. */
    static Spending spentIn(Plan plan) {
        if (!Files.exists(plan.directory().resolve("run.json"))) {
            return Spending.NONE;
        }
        LedgerReader reader = LedgerReader.open(plan.directory());
        return plan.is(reader.run())
                ? folded(reader, reader.events(), Optional.empty())
                        .spent(plan.settings().maxOutputTokens())
                : Spending.NONE;
    }

    private void open() {
        Meter meter =
                Meter.of(
                        plan.budget(),
                        state == null ? Spending.NONE : state.spent(settings().maxOutputTokens()),
                        (percent, message) ->
                                announcer.tell(new RunEvent.BudgetWarning(this, percent, message)));
        Optional<LanguageModel> model =
                state != null && over() ? Optional.empty() : Optional.of(model(meter));
        try {
            yieldIdle();
            Ledger ledger =
                    plan.ledger()
                            .apply(
                                    directory(),
                                    RunDocument.of(
                                            "promptpo",
                                            settings().toJson(),
                                            plan.branch().map(Branch::parent),
                                            specification()));
            try {
                refuseOther(ledger.run());
                state = folded(ledger.reader(), ledger.found(), Optional.of(this));
                parent = ledger.run().parent();
            } catch (RuntimeException e) {
                ledger.close();
                throw e;
            }
            work = Optional.of(new Work(ledger, model, meter));
            OPEN.put(key(), this);
        } catch (RuntimeException e) {
            model.ifPresent(LanguageModel::close);
            if (e.getCause() instanceof ClosedByInterruptException) {
                Thread.interrupted();
                throw new RunInterruptedException(
                        "the run was interrupted while "
                                + directory()
                                + " was opened; run it again to go on",
                        e);
            }
            throw e;
        }
    }

    private Session session() {
        if (work.isEmpty()) {
            open();
        }
        Work open = work.orElseThrow();
        if (open.session.isEmpty()) {
            Session session =
                    new Session(
                            this,
                            open.ledger,
                            state,
                            open.model,
                            settings().modelSettings(plan.deadline()),
                            plan.engine().get(),
                            open.meter,
                            announcer);
            session.begin();
            takeOver(session);
            open.session = Optional.of(session);
        }
        return open.session.get();
    }

    private void stopped(String reason, String message) {
        // A run's folder may be read elsewhere, where its path says nothing.
        release(reason, message.replace(directory().toString(), "the run's folder"));
        announcer.tell(new RunEvent.RunStopped(this, message));
    }

    private void release(String reason, String message) {
        work.ifPresent(open -> {
            work = Optional.empty();
            OPEN.remove(key(), this);
            try {
                open.session.ifPresent(session -> session.end(reason, message));
            } catch (LedgerException e) {
                // The folder takes nothing more: that is why the run stops, and is said.
            } finally {
                open.model.ifPresent(LanguageModel::close);
                open.ledger.close();
            }
        });
    }

    /** In a notebook a cell is run again while the run that it made before still holds the lock. */
    private void yieldIdle() {
        Run other = OPEN.get(key());
        if (other != null && other != this && other.driving.tryLock()) {
            try {
                other.release("closed", "opened again in the same process");
            } finally {
                other.driving.unlock();
            }
        }
    }

    private Path key() {
        return directory().toAbsolutePath().normalize();
    }

    private ObjectNode specification() {
        try {
            return (ObjectNode) new ObjectMapper().readTree(spec().toJson());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a specification is always JSON", e);
        }
    }

    private LanguageModel model(Meter meter) {
        LanguageModel model = plan.model().open(context(meter));
        return meter.attached() ? model : meter.over(model);
    }

    private RunContext context(Meter meter) {
        return new RunContext(
                settings().environment(),
                settings().preset(),
                settings().candidates(),
                settings().rounds(),
                settings().episodes(),
                settings().seed(),
                settings().lifetime().name().toLowerCase(Locale.ROOT),
                this::retried,
                meter);
    }

    private void retried(ModelRequest request, int attempt, NoAnswer failure, Duration wait) {
        work.flatMap(open -> open.session)
                .ifPresent(session -> session.retried(request, attempt, failure, wait));
    }

    private void refuseOther(RunDocument found) {
        if (plan.is(found)) {
            return;
        }
        Optional<OwnEnvironment> own = OwnEnvironment.of(directory(), found);
        if (own.isPresent()
                && own.get().id().equals(settings().environment())
                && !settings().environmentCode().equals(own.map(OwnEnvironment::code))) {
            throw own.get().changed();
        }
        ObjectNode wanted = settings().toJson();
        Set<String> names = new LinkedHashSet<>();
        wanted.fieldNames().forEachRemaining(names::add);
        found.settings().fieldNames().forEachRemaining(names::add);
        List<String> differences = new ArrayList<>();
        for (String name : names) {
            JsonNode there = found.settings().path(name);
            JsonNode asked = wanted.path(name);
            // A number read from a file may be of another type: its text is the same.
            if (!there.toString().equals(asked.toString())) {
                differences.add(name + " " + brief(there) + ", asked for " + brief(asked));
            }
        }
        if (differences.isEmpty()) {
            throw new IllegalArgumentException(
                    "the folder "
                            + directory()
                            + " holds another branch, or none: use another folder");
        }
        throw new IllegalArgumentException(
                "the folder "
                        + directory()
                        + " holds a run of other settings ("
                        + String.join("; ", differences)
                        + "): use another folder, or the same settings");
    }

    /** A setting as a reader wants it: of a digest or a source its beginning. */
    private static String brief(JsonNode setting) {
        String text = setting.isMissingNode() ? "none" : setting.asText();
        if (text.length() == 64 && text.matches("[0-9a-f]+")) {
            return text.substring(0, 8);
        }
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }

    private static RunState folded(LedgerReader reader, List<Event> events, Optional<Run> run) {
        RunState state = new RunState(reader, run);
        events.forEach(state::apply);
        return state;
    }

    /** What a run holds while it may work. */
    private static final class Work {
        private final Ledger ledger;
        private final Optional<LanguageModel> model;
        private final Meter meter;
        private volatile Optional<Session> session = Optional.empty();

        Work(Ledger ledger, Optional<LanguageModel> model, Meter meter) {
            this.ledger = ledger;
            this.model = model;
            this.meter = meter;
        }
    }

    @FunctionalInterface
    private interface Piece {
        void work(Session session) throws InterruptedException;
    }
}
