package dev.promptpo.rollout;

/**
 * How an engine is set up.
 *
 * @param workers environment workers, one a core
 * @param isolation the level that must hold; an engine that cannot prove it does not start
 */
public record RolloutOptions(int workers, Isolation isolation) {
    public RolloutOptions {
        if (workers < 1) {
            throw new IllegalArgumentException("an engine needs 1 worker or more; got " + workers);
        }
    }

    /** One worker a core, sandboxed. */
    public static RolloutOptions defaults() {
        return new RolloutOptions(Runtime.getRuntime().availableProcessors(), Isolation.SANDBOX);
    }
}
