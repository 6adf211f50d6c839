package dev.promptpo.optimizer;

/** Hears what a run does. */
@FunctionalInterface
public interface RunObserver {
    /**
     * Called for one event at a time, in order. {@link RunEvent.RunStarted}, {@link
     * RunEvent.Resumed} and {@link RunEvent.RoundStarted} come on the thread that called the run (a
     * cell's own), all others on a thread of the run; before a call of the run returns, all its
     * events have been heard. What an observer throws is logged and hurts nobody; a slow one loses
     * intermediate {@link RunEvent.RolloutProgress}.
     */
    void on(RunEvent event);
}
