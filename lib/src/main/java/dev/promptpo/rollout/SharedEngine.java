package dev.promptpo.rollout;

import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;

/** An engine lent to many: whoever closes it does not end it for the others. */
record SharedEngine(RolloutEngine engine) implements RolloutEngine {

    @Override
    public CompletableFuture<RolloutResult> submit(
            RolloutRequest request, RolloutListener listener) {
        return engine.submit(request, listener);
    }

    @Override
    public CompletableFuture<FeedbackResult> submit(FeedbackRequest request) {
        return engine.submit(request);
    }

    @Override
    public Isolation isolation() {
        return engine.isolation();
    }

    @Override
    public int workers() {
        return engine.workers();
    }

    @Override
    public SortedMap<String, String> versions() {
        return engine.versions();
    }

    @Override
    public void close() {
        // Ends with the JVM.
    }
}
