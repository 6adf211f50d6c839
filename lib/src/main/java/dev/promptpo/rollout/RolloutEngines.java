package dev.promptpo.rollout;

/** Starts rollout engines. */
public final class RolloutEngines {
    private static final Object LOCK = new Object();
    private static PoolEngine shared;

    private RolloutEngines() {}

    /**
     * Starts an engine of one's own; close it.
     *
     * @throws RolloutEngineException when the level of isolation cannot be given or proven here
     *     (the message says what is missing), or the pool does not start
     * @throws dev.promptpo.python.PythonUnavailableException when there is no Python
     */
    public static RolloutEngine start(RolloutOptions options) {
        return PoolEngine.start(options);
    }

    /**
     * The engine that all runs of this JVM share: sandboxed, one worker a core, started on first
     * use and ended with the JVM. Closing it does nothing.
     *
     * @throws RolloutEngineException as {@link #start} does
     */
    public static RolloutEngine shared() {
        synchronized (LOCK) {
            if (shared == null) {
                PoolEngine started = PoolEngine.start(RolloutOptions.defaults());
                // The pool ends by itself when its socket closes; this only ends it sooner.
                Runtime.getRuntime()
                        .addShutdownHook(new Thread(started::close, "rollout-engine-shutdown"));
                shared = started;
            }
            return new SharedEngine(shared);
        }
    }
}
