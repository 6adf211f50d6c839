package dev.promptpo.analysis;

import dev.promptpo.environment.EnvironmentSpec.Reference;
import dev.promptpo.environment.EnvironmentSpec.References;
import dev.promptpo.optimizer.Steering;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * How one run came to its policy, against the environment steps that it took.
 *
 * <p>Steps count when taken, failed candidates' and validation's included. Candidates of a round
 * run at the same time; here they stand in the order of their numbers, so that the curve does not
 * depend on the machine. A curve changes when a round closes, for that is when a choice is made.
 *
 * @param environment id of the environment
 * @param measure what a score is the mean of over episodes: {@code return} or {@code success}
 * @param attempts every candidate, in order of round and number
 * @param selected the score that the best policy so far had when it was chosen: flattering, since
 *     the best of many noisy scores was taken
 * @param heldout the same policies on episodes that chose nothing; points only where one was
 *     measured
 * @param finalHeldout the held-out estimate of the run's result, once measured
 * @param references the random policy and the best known one
 * @param steps all steps that choosing took
 * @param steering what in the run a person decided
 */
public record LearningCurve(
        String environment,
        String measure,
        List<Attempt> attempts,
        StepCurve selected,
        StepCurve heldout,
        Optional<Interval> finalHeldout,
        References references,
        long steps,
        Steering steering) {

    /** The curve of a run that nobody steered. */
    public LearningCurve(
            String environment,
            String measure,
            List<Attempt> attempts,
            StepCurve selected,
            StepCurve heldout,
            Optional<Interval> finalHeldout,
            References references,
            long steps) {
        this(
                environment,
                measure,
                attempts,
                selected,
                heldout,
                finalHeldout,
                references,
                steps,
                Steering.NONE);
    }

    /**
     * One candidate.
     *
     * @param round from 1
     * @param candidate number in its round, from 1
     * @param steps taken in the run up to and including this candidate's
     * @param score mean over its episodes; empty where it failed
     * @param inserted by a person: no sample of the model
     */
    public record Attempt(
            int round, int candidate, long steps, OptionalDouble score, boolean inserted) {
        /** A sample of the model. */
        public Attempt(int round, int candidate, long steps, OptionalDouble score) {
            this(round, candidate, steps, score, false);
        }
    }

    public LearningCurve {
        attempts = List.copyOf(attempts);
    }

    /** Scores of the model's completed candidates of a round, in order of their numbers. */
    public double[] scores(int round) {
        return sampled(round)
                .filter(attempt -> attempt.score().isPresent())
                .mapToDouble(attempt -> attempt.score().getAsDouble())
                .toArray();
    }

    /** Candidates of the model's in a round that failed. */
    public int failed(int round) {
        return (int) sampled(round).filter(attempt -> attempt.score().isEmpty()).count();
    }

    private Stream<Attempt> sampled(int round) {
        return attempts.stream().filter(attempt -> attempt.round() == round && !attempt.inserted());
    }

    /**
     * Scores of a whole round, for the expected best of n: a failed candidate counts as the random
     * policy where that is known and scores are returns, else as the worst that completed. Empty
     * when none completed.
     */
    public double[] pool(int round) {
        double[] completed = scores(round);
        if (completed.length == 0) {
            return completed;
        }
        double worst = Arrays.stream(completed).min().orElseThrow();
        double failed =
                measure.equals("return")
                        ? references.random().map(Reference::value).orElse(worst)
                        : worst;
        double[] pool = Arrays.copyOf(completed, completed.length + failed(round));
        Arrays.fill(pool, completed.length, pool.length, failed);
        return pool;
    }
}
