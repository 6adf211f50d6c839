package dev.promptpo.kernel;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A thread on which code of the user's runs: snippets, renderers, magics. It is the same from cell
 * to cell, so what a cell leaves in thread-locals is there for the next; but code that does not end
 * when it is interrupted is left behind with its thread, and another takes over.
 */
final class UserThread {
    // Recursion in a cell may go deep.
    private static final long STACK_BYTES = 16L << 20;

    private final ExecutorService executor;
    private final Thread thread;

    UserThread(ClassLoader loader) {
        CompletableFuture<Thread> created = new CompletableFuture<>();
        this.executor =
                Executors.newSingleThreadExecutor(work -> {
                    Thread made = new Thread(null, work, "cells", STACK_BYTES);
                    made.setDaemon(true);
                    made.setContextClassLoader(loader);
                    created.complete(made);
                    return made;
                });
        executor.execute(() -> {});
        this.thread = created.join();
    }

    Thread thread() {
        return thread;
    }

    boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    /** Starts code; what it gives or throws, the result has, unless someone else completes it. */
    <T> CompletableFuture<T> start(Callable<T> code) {
        CompletableFuture<T> result = new CompletableFuture<>();
        executor.execute(() -> {
            try {
                result.complete(code.call());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    /** No more code will come; the thread ends with what it runs. */
    void leave() {
        executor.shutdown();
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
