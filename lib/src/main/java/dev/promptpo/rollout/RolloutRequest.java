package dev.promptpo.rollout;

import dev.promptpo.environment.EnvironmentSpec.Lifetime;
import java.util.List;

/**
 * A policy to be rolled out.
 *
 * @param environment id of the environment
 * @param preset {@code paper} or {@code release}
 * @param source the policy as Python source: one class with {@code act(self, obs)}
 * @param policyClass the class to take; empty: the only one with {@code act}
 * @param seeds one episode seed each, 32-bit unsigned
 * @param lifetime how long one policy object lives
 * @param purpose why the steps are taken
 * @param lockstep episodes advanced together (K); 1 for an audit; ignored for {@link
 *     Lifetime#CANDIDATE}
 * @param trace whether observations, actions and rewards come back
 * @param anonymous whether the policy sees the attributes of an observation as o0, o1, … in the
 *     order of the specification's fields
 */
public record RolloutRequest(
        String environment,
        String preset,
        String source,
        String policyClass,
        List<Long> seeds,
        Lifetime lifetime,
        Purpose purpose,
        int lockstep,
        boolean trace,
        boolean anonymous) {

    /** Episodes that a worker advances together unless asked otherwise. */
    public static final int LOCKSTEP = 5;

    public RolloutRequest {
        seeds = List.copyOf(seeds);
        if (seeds.isEmpty()) {
            throw new IllegalArgumentException(
                    "a rollout needs at least one episode seed; got none");
        }
        if (lockstep < 1) {
            throw new IllegalArgumentException("lockstep must be at least 1; got " + lockstep);
        }
    }

    /** A policy that sees the attributes of an observation under their own names. */
    public RolloutRequest(
            String environment,
            String preset,
            String source,
            String policyClass,
            List<Long> seeds,
            Lifetime lifetime,
            Purpose purpose,
            int lockstep,
            boolean trace) {
        this(
                environment,
                preset,
                source,
                policyClass,
                seeds,
                lifetime,
                purpose,
                lockstep,
                trace,
                false);
    }
}
