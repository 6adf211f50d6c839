package dev.promptpo.optimizer;

import dev.promptpo.film.Episode;
import dev.promptpo.film.Film;
import dev.promptpo.film.FilmSettings;
import dev.promptpo.policy.SourceDiff;
import dev.promptpo.rollout.FailureKind;
import dev.promptpo.rollout.RolloutResult;
import dev.promptpo.rollout.RolloutResult.Completed;
import dev.promptpo.rollout.RolloutResult.Failed;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import tech.tablesaw.api.Table;

/**
 * One of a round's policies, finished: rolled out on the round's episodes, or failed for good. Two
 * are equal when they are the same policy with the same attempts, whichever run was asked.
 */
public final class Candidate {
    /** How the roles begin of policies that a person inserted. */
    static final String INSERTED = "inserted/";

    private final int round;
    private final int index;
    private final List<Attempt> attempts;
    private final Optional<Run> run;

    /** A candidate of no run: it can be looked at, but not filmed. */
    Candidate(int round, int index, List<Attempt> attempts) {
        this(round, index, attempts, Optional.empty());
    }

    Candidate(int round, int index, List<Attempt> attempts, Optional<Run> run) {
        this.round = round;
        this.index = index;
        this.attempts = List.copyOf(attempts);
        this.run = run;
        if (attempts.isEmpty()) {
            throw new IllegalArgumentException("a candidate has at least one attempt; got none");
        }
    }

    /** Whether a person inserted it: no sample of the model, and beyond the N of its round. */
    public boolean inserted() {
        return role().startsWith(INSERTED);
    }

    /** From 1; 0 for the policy that the run started from. */
    public int round() {
        return round;
    }

    /** From 1. */
    public int index() {
        return index;
    }

    /** The first reply and its repairs, in order; at least one. */
    public List<Attempt> attempts() {
        return attempts;
    }

    /** What came of the last attempt. */
    public RolloutResult result() {
        return attempts.getLast().result();
    }

    /** Whether all episodes were played. */
    public boolean completed() {
        return result() instanceof Completed;
    }

    /** What the last attempt failed of; empty when it completed. */
    public Optional<FailureKind> failure() {
        return result() instanceof Failed failed ? Optional.of(failed.kind()) : Optional.empty();
    }

    /** Return of each episode, in the order of the seeds; empty when failed. */
    public List<Double> returns() {
        return result() instanceof Completed completed ? completed.returns() : List.of();
    }

    /** Steps of each episode; empty when failed. */
    public List<Integer> lengths() {
        return result() instanceof Completed completed ? completed.lengths() : List.of();
    }

    /** What ranks it: the mean return or the mean success; empty when failed. */
    public OptionalDouble score() {
        return result() instanceof Completed completed
                ? OptionalDouble.of(completed.score())
                : OptionalDouble.empty();
    }

    /** Environment steps of all attempts, failed ones too. */
    public long steps() {
        return attempts.stream().mapToLong(attempt -> attempt.result().steps()).sum();
    }

    /** The last code; empty when no reply held any. */
    public String source() {
        return attempts.reversed().stream()
                .map(Attempt::source)
                .filter(source -> !source.isEmpty())
                .findFirst()
                .orElse("");
    }

    /** Role of the reply that holds the code that counts. */
    public String role() {
        return attempts.getLast().role();
    }

    /** The model's replies, first and repairs, in order; empty ones where none came. */
    public List<String> replies() {
        return attempts.stream().map(Attempt::reply).toList();
    }

    /** The attempts after the first: each mends the one before it. */
    public List<Attempt> repairs() {
        return attempts.subList(1, attempts.size());
    }

    /**
     * Where its last attempt failed, in the policy's own lines; what failed in one line where no
     * code ran. Empty when it completed.
     */
    public String traceback() {
        return result() instanceof Failed failed
                ? (failed.traceback().strip() + "\n" + failed.kind() + ": " + failed.message())
                        .strip()
                : "";
    }

    /**
     * The winner of the round before its own, the best that its prompt told of last; in round 1 the
     * policy that the run started from. Empty where there is neither, and of a candidate of no run.
     */
    public Optional<Candidate> before() {
        return run.flatMap(of -> of.before(this));
    }

    /**
     * Its run's {@link Steering#stamp}: empty where nobody steered, and of a candidate of no run.
     */
    public String stamp() {
        return run.map(of -> of.steering().stamp()).orElse("");
    }

    /** What it changed of the policy {@link #before} it; of nothing where there is none. */
    public SourceDiff diff() {
        return before().map(earlier -> earlier.diff(this))
                .orElseGet(() -> SourceDiff.of("nothing", "", name(), source()));
    }

    /** What another candidate, of whichever run, changed of this one. */
    public SourceDiff diff(Candidate other) {
        return SourceDiff.of(name(), source(), other.name(), other.source());
    }

    private String name() {
        return "round " + round + ", candidate " + index;
    }

    /**
     * One of its episodes step by step: the observation's fields, the action, the reward. See
     * {@link Episode#table}; the episode is rolled out as by {@link Run#episode}.
     */
    public Table trace(long seed) {
        return episode(seed).table();
    }

    /**
     * Writes it as a small Python package that needs NumPy alone and has the interface of a
     * stable-baselines3 model: {@code load().predict(observation)}.
     *
     * @return the folder
     * @throws IllegalStateException where no reply held any code
     * @throws java.io.UncheckedIOException when it cannot be written
     */
    public Path export(Path directory) {
        if (source().isEmpty()) {
            throw new IllegalStateException("there is no code to export: " + this);
        }
        return run().exported(this).write(directory);
    }

    /** One of its episodes, rolled out to be looked at; see {@link Run#episode}. */
    public Episode episode(long seed) {
        return run().episode(this, seed);
    }

    /** A film of one of its episodes; see {@link Run#film(Candidate, long, FilmSettings)}. */
    public Film film(long seed) {
        return film(seed, FilmSettings.DEFAULT);
    }

    /** A film of one of its episodes; see {@link Run#film(Candidate, long, FilmSettings)}. */
    public Film film(long seed, FilmSettings settings) {
        return run().film(this, seed, settings);
    }

    private Run run() {
        return run.orElseThrow(() -> new IllegalStateException("this candidate is of no run"));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Candidate candidate
                && round == candidate.round
                && index == candidate.index
                && attempts.equals(candidate.attempts);
    }

    @Override
    public int hashCode() {
        return Objects.hash(round, index, attempts);
    }

    /** For example {@code round 2, candidate 3: 974.5}. */
    @Override
    public String toString() {
        String outcome =
                switch (result()) {
                    case Completed completed -> String.valueOf(completed.score());
                    case Failed failed -> failed.kind() + " (" + failed.message() + ")";
                };
        return "round " + round + ", candidate " + index + ": " + outcome;
    }
}
