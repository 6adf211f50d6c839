package dev.promptpo.rollout;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptpo.environment.EnvironmentFiles;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One request on its way through the engine.
 *
 * <p>Its future is completed on a virtual thread, so that what hangs on it never holds the engine.
 */
final class RolloutJob<T> {

    /** Reads the last document of a job. */
    interface Reader<T> {
        T read(JsonNode json, byte[] blob);
    }

    // A second try where the fault may lie in the machine: the wall clock, a worker that died.
    private static final int TRIES = 2;

    private final String request;
    private final Optional<EnvironmentFiles> files;
    private final byte[] blob;
    private final Reader<T> reader;
    private RolloutListener listener;
    private final CompletableFuture<T> future = new CompletableFuture<>();
    private int tries;
    // Steps of an earlier try count too: they were taken.
    private long stepsBefore;
    private long stepsReported;

    RolloutJob(
            String request,
            Optional<EnvironmentFiles> files,
            byte[] blob,
            Reader<T> reader,
            RolloutListener listener) {
        this.request = request;
        this.files = files;
        this.blob = blob;
        this.reader = reader;
        this.listener = listener;
    }

    String request() {
        return request;
    }

    /** Those of a user's own environment, which the workers need first. */
    Optional<EnvironmentFiles> files() {
        return files;
    }

    byte[] blob() {
        return blob;
    }

    CompletableFuture<T> future() {
        return future;
    }

    boolean wanted() {
        return !future.isDone();
    }

    /**
     * Counts a try; false when there is none left.
     *
     * @param steps steps that it took, as far as known
     */
    boolean tryAgain(long steps) {
        if (++tries >= TRIES) {
            return false;
        }
        stepsBefore += Math.max(steps, stepsReported);
        stepsReported = 0;
        return true;
    }

    void progress(long steps, int episodes) {
        stepsReported = steps;
        if (wanted()) {
            listener.progress(stepsBefore + steps, episodes);
        }
    }

    /** Tells its listener nothing more. */
    void silence() {
        listener = RolloutListener.SILENT;
    }

    void finish(ObjectNode json, byte[] data) {
        T result;
        try {
            json.put("steps", json.path("steps").asLong() + stepsBefore);
            result = reader.read(json, data);
        } catch (RuntimeException e) {
            fail(
                    new RolloutEngineException(
                            "the rollout pool sent a result that cannot be read: " + e, e));
            return;
        }
        Thread.startVirtualThread(() -> future.complete(result));
    }

    void fail(RuntimeException reason) {
        Thread.startVirtualThread(() -> future.completeExceptionally(reason));
    }
}
