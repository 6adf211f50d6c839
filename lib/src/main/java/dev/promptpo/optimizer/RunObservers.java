package dev.promptpo.optimizer;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Observers of every run in this process, for example a notebook's live display. */
public final class RunObservers {
    private static final List<RunObserver> REGISTERED = new CopyOnWriteArrayList<>();

    private RunObservers() {}

    /** Adds an observer; closing the registration takes it away. */
    public static Registration register(RunObserver observer) {
        REGISTERED.add(observer);
        return () -> REGISTERED.remove(observer);
    }

    static List<RunObserver> registered() {
        return List.copyOf(REGISTERED);
    }

    /** Ends an observer's registration. */
    @FunctionalInterface
    public interface Registration extends AutoCloseable {
        @Override
        void close();
    }
}
