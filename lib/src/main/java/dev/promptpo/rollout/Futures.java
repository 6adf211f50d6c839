package dev.promptpo.rollout;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Waiting for the engine's futures. */
public final class Futures {
    private Futures() {}

    /**
     * Waits for a future of the engine and unwraps its exception.
     *
     * @throws InterruptedException when interrupted; the future is cancelled first
     */
    public static <T> T await(CompletableFuture<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            future.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new RolloutEngineException(
                    String.valueOf(e.getCause().getMessage()), e.getCause());
        }
    }
}
