package dev.promptpo.optimizer;

import dev.promptpo.rollout.FailureKind;
import dev.promptpo.rollout.RolloutResult;
import dev.promptpo.rollout.RolloutResult.Completed;
import dev.promptpo.rollout.RolloutResult.Failed;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One of a round's policies, finished: rolled out on the round's episodes, or failed for good.
 *
 * @param round from 1
 * @param index from 1
 * @param attempts the first reply and its repairs, in order; at least one
 */
public record Candidate(int round, int index, List<Attempt> attempts) {
    public Candidate {
        attempts = List.copyOf(attempts);
        if (attempts.isEmpty()) {
            throw new IllegalArgumentException("a candidate has at least one attempt; got none");
        }
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
