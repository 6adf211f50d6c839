package dev.promptpo.rollout;

import java.util.List;
import java.util.Optional;

/** What came of a rollout. */
public sealed interface RolloutResult {

    /** Environment steps taken, also those of a policy that failed. */
    long steps();

    /** Level that held while the policy ran. */
    Isolation isolation();

    /** Wall time, seconds. */
    double seconds();

    /** Name of the machine that it ran on; empty where it is not known or it never ran. */
    String host();

    /**
     * All episodes were played.
     *
     * @param returns undiscounted sum of rewards of each episode, in the order of the seeds
     * @param lengths steps of each episode
     * @param successes whether each episode succeeded; empty where the environment does not say
     * @param score what ranks the candidate: the mean return or the mean success, as the
     *     specification says
     * @param actionsDigest SHA-256 of all actions
     * @param trace observations, actions and rewards, when asked for
     */
    record Completed(
            List<Double> returns,
            List<Integer> lengths,
            List<Optional<Boolean>> successes,
            double score,
            long steps,
            String actionsDigest,
            Isolation isolation,
            double seconds,
            double policyCpuSeconds,
            double workerCpuSeconds,
            String host,
            Optional<Trace> trace)
            implements RolloutResult {

        public Completed {
            returns = List.copyOf(returns);
            lengths = List.copyOf(lengths);
            successes = List.copyOf(successes);
        }
    }

    /**
     * The policy failed.
     *
     * @param phase {@code load}, {@code construct} or {@code act}
     * @param message one line
     * @param traceback the policy's own frames; may be empty
     * @param episode index of the episode, -1 where none had begun
     * @param step index of the step, -1 where none had begun
     * @param host name of the machine
     */
    record Failed(
            FailureKind kind,
            String phase,
            String message,
            String traceback,
            int episode,
            int step,
            long steps,
            Isolation isolation,
            double seconds,
            String host)
            implements RolloutResult {

        /** One that never ran, or ran where is not known. */
        public Failed(
                FailureKind kind,
                String phase,
                String message,
                String traceback,
                int episode,
                int step,
                long steps,
                Isolation isolation,
                double seconds) {
            this(kind, phase, message, traceback, episode, step, steps, isolation, seconds, "");
        }

        /** For example {@code EXCEPTION in act, episode 1, step 4}; both counted from 1. */
        public String where() {
            return kind
                    + " in "
                    + phase
                    + (episode < 0 ? "" : ", episode " + (episode + 1))
                    + (step < 0 ? "" : ", step " + (step + 1));
        }

        /** What went wrong and where, and below it the policy's own lines of the traceback. */
        @Override
        public String toString() {
            String line = where() + ": " + message;
            return traceback.isBlank() ? line : line + "\n" + traceback.strip();
        }
    }
}
