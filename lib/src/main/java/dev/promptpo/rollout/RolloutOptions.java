package dev.promptpo.rollout;

import java.util.Map;

/**
 * How an engine is set up.
 *
 * @param workers environment workers, one a core
 * @param isolation the level that must hold; an engine that cannot prove it does not start
 * @param limits what a policy may use, where it is not the default; names and defaults are those of
 *     {@code promptpo_rollout.limits.Limits}, for example {@code cpu_s_step}, {@code memory_mb}
 */
public record RolloutOptions(int workers, Isolation isolation, Map<String, Double> limits) {
    public RolloutOptions {
        if (workers < 1) {
            throw new IllegalArgumentException("an engine needs 1 worker or more; got " + workers);
        }
        limits = Map.copyOf(limits);
    }

    /** The default limits. */
    public RolloutOptions(int workers, Isolation isolation) {
        this(workers, isolation, Map.of());
    }

    /** One worker a core, sandboxed. */
    public static RolloutOptions defaults() {
        return new RolloutOptions(Runtime.getRuntime().availableProcessors(), Isolation.SANDBOX);
    }
}
