package dev.promptpo.rollout;

import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.environment.EnvironmentSpec.Lifetime;
import dev.promptpo.environment.Environments;
import java.util.List;
import java.util.Map;

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
 * @param limits what the policy may use, where it is not the engine's; names are those of {@link
 *     RolloutOptions#limits}
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
        boolean anonymous,
        Map<String, Double> limits) {

    /** Episodes that a worker advances together unless asked otherwise. */
    public static final int LOCKSTEP = 5;

    public RolloutRequest {
        seeds = List.copyOf(seeds);
        limits = Map.copyOf(limits);
        if (seeds.isEmpty()) {
            throw new IllegalArgumentException(
                    "a rollout needs at least one episode seed; got none");
        }
        if (lockstep < 1) {
            throw new IllegalArgumentException("lockstep must be at least 1; got " + lockstep);
        }
    }

    /**
     * A policy as an environment's specification has it by default: its preset and lifetime.
     *
     * @throws dev.promptpo.environment.UnknownEnvironmentException when there is no such
     *     environment
     */
    public static RolloutRequest of(
            String environment, String source, List<Long> seeds, Map<String, Double> limits) {
        EnvironmentSpec spec = Environments.spec(environment);
        return new RolloutRequest(
                spec.reference(),
                spec.preset(),
                source,
                "",
                seeds,
                spec.lifetime(),
                Purpose.EVALUATE,
                LOCKSTEP,
                false,
                false,
                limits);
    }

    /** A policy with the engine's limits. */
    public RolloutRequest(
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
                anonymous,
                Map.of());
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
