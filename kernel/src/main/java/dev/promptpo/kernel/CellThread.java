package dev.promptpo.kernel;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * The one thread that evaluates cells, start-up included, one after the other. It compiles, and
 * waits for the user's code, which has a {@link UserThread}.
 */
final class CellThread {
    // javac's recursion on a long expression goes deep.
    private static final long STACK_BYTES = 16L << 20;

    private final Worker worker = new Worker("session", STACK_BYTES);

    /** Runs {@code work} when all that came before has ended; does not wait. */
    void start(Runnable work) {
        worker.execute(work);
    }

    /** Runs {@code work} in turn and waits for it; on the cell's thread itself it runs at once. */
    <T> T call(Callable<T> work) throws Exception {
        if (worker.isCurrent()) {
            return work.call();
        }
        FutureTask<T> task = new FutureTask<>(work);
        worker.execute(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case Exception exception -> throw exception;
                case Error error -> throw error;
                default -> throw e;
            }
        }
    }
}
