package dev.promptpo.kernel;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A thread on which code of the user's runs: snippets, renderers, magics. It is the same from cell
 * to cell, so what a cell leaves in thread-locals is there for the next; but code that does not end
 * when it is interrupted is left behind with its thread, and another takes over.
 */
final class UserThread {
    // Recursion in a cell may go deep.
    private static final long STACK_BYTES = 16L << 20;

    private final Worker worker;

    UserThread(ClassLoader loader) {
        this.worker = new Worker("cells", STACK_BYTES, loader);
    }

    Thread thread() {
        return worker.thread();
    }

    boolean isCurrent() {
        return worker.isCurrent();
    }

    /** Starts code; what it gives or throws, the result has, unless someone else completes it. */
    <T> CompletableFuture<T> start(Callable<T> code) {
        CompletableFuture<T> result = new CompletableFuture<>();
        worker.execute(() -> {
            try {
                result.complete(code.call());
            } catch (Throwable e) {
                fail(result, e);
            }
        });
        return result;
    }

    // Someone waits for it; and that memory is short may be what is to be told.
    private static void fail(CompletableFuture<?> result, Throwable thrown) {
        while (!result.isDone()) {
            try {
                result.completeExceptionally(thrown);
            } catch (OutOfMemoryError e) {
                Thread.onSpinWait();
            }
        }
    }

    /** No more code will come; the thread ends with what it runs. */
    void leave() {
        worker.leave();
    }

    /** The result, or what the code threw. A wait that is interrupted goes on: the code does. */
    static <T> T await(CompletableFuture<T> result) throws Exception {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return result.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    switch (e.getCause()) {
                        case Exception exception -> throw exception;
                        case Error error -> throw error;
                        default -> throw e;
                    }
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
