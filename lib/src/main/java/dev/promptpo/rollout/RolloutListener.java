package dev.promptpo.rollout;

/** Hears how far a rollout has come. */
@FunctionalInterface
public interface RolloutListener {
    /** Hears nothing. */
    RolloutListener SILENT = (steps, episodes) -> {};

    /**
     * Called now and then.
     *
     * @param steps environment steps taken so far
     * @param episodes episodes finished so far
     */
    void progress(long steps, int episodes);
}
