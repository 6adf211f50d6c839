package dev.promptpo.optimizer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Work done at once, each piece on a virtual thread of its own. */
final class Tasks {
    /** How long an interrupted caller waits for its pieces to notice. */
    private static final long GRACE_MILLIS = 900;

    private Tasks() {}

    /**
     * Runs all pieces and waits for every one of them.
     *
     * @param onFailure called with the first failure, at once; the other pieces go on to their end
     *     unless it says that they should not
     * @return the results, in the order of the pieces
     * @throws InterruptedException when the caller is interrupted; the pieces are interrupted too
     *     and have ended, or had {@value #GRACE_MILLIS} ms to
     */
    static <T> List<T> all(List<Callable<T>> pieces, FailureListener onFailure)
            throws InterruptedException {
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            CompletionService<T> done = new ExecutorCompletionService<>(threads);
            List<Future<T>> futures = new ArrayList<>();
            for (Callable<T> piece : pieces) {
                futures.add(done.submit(piece));
            }
            Throwable first = null;
            for (int i = 0; i < pieces.size(); i++) {
                try {
                    done.take().get();
                } catch (ExecutionException e) {
                    if (first == null) {
                        first = e.getCause();
                        if (onFailure.failed(first) == Others.END) {
                            threads.shutdownNow();
                        }
                    }
                }
            }
            if (first != null) {
                throw rethrown(first);
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.resultNow());
            }
            return results;
        } finally {
            end(threads);
        }
    }

    /** A future of an interrupted piece still completes, so waiting for all is safe. */
    private static void end(ExecutorService threads) {
        threads.shutdownNow();
        boolean interrupted = Thread.interrupted();
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(GRACE_MILLIS);
        boolean waiting = true;
        while (waiting) {
            try {
                threads.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                waiting = false;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static RuntimeException rethrown(Throwable failure) throws InterruptedException {
        switch (failure) {
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case InterruptedException e -> throw e;
            default -> throw new IllegalStateException(failure);
        }
    }

    /** What becomes of the pieces beside one that failed. */
    enum Others {
        FINISH,
        END
    }

    /** Decides that. */
    @FunctionalInterface
    interface FailureListener {
        Others failed(Throwable failure);
    }
}
