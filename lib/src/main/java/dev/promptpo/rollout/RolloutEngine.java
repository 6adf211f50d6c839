package dev.promptpo.rollout;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;

/**
 * Runs generated Python in separate, isolated processes and brings typed results back.
 *
 * <p>A policy that fails in any way gives a {@link RolloutResult.Failed}; the futures complete
 * exceptionally only when the engine itself is broken or closed ({@link RolloutEngineException}).
 * Cancelling a future ends its work in the pool.
 */
public interface RolloutEngine extends AutoCloseable {

    /** Queues a rollout; {@code listener} hears of its progress on a thread of the engine. */
    CompletableFuture<RolloutResult> submit(RolloutRequest request, RolloutListener listener);

    /** Queues the run of a {@code Feedback} class over a recorded trace. */
    CompletableFuture<FeedbackResult> submit(FeedbackRequest request);

    /**
     * Runs one rollout and waits for it.
     *
     * @throws InterruptedException when the calling thread is interrupted; the rollout is cancelled
     */
    default RolloutResult rollout(RolloutRequest request) throws InterruptedException {
        return Futures.await(submit(request, RolloutListener.SILENT));
    }

    /**
     * Runs one policy for an episode of each seed and waits for it.
     *
     * @param environment id; preset and lifetime are its specification's defaults
     * @param policySource Python: a class with {@code act(self, obs)}
     * @param limits what the policy may use, where it is not the engine's: {@code cpu_s_step},
     *     {@code memory_mb} and others, see {@link RolloutOptions#limits}
     * @throws InterruptedException when the calling thread is interrupted; the rollout is cancelled
     */
    default RolloutResult rollout(
            String environment, String policySource, List<Long> seeds, Map<String, Double> limits)
            throws InterruptedException {
        return rollout(RolloutRequest.of(environment, policySource, seeds, limits));
    }

    /** As {@link #rollout(String, String, List, Map)}, with the engine's limits. */
    default RolloutResult rollout(String environment, String policySource, List<Long> seeds)
            throws InterruptedException {
        return rollout(environment, policySource, seeds, Map.of());
    }

    /** The level proven at start, stamped on every result. */
    Isolation isolation();

    /** Environment workers, one a core. */
    int workers();

    /**
     * What numbers depend on besides the source: {@code python}, {@code numpy}, {@code gymnasium},
     * simulators, each with its version, by name. Empty where the engine cannot tell.
     */
    default SortedMap<String, String> versions() {
        return Collections.emptySortedMap();
    }

    @Override
    void close();
}
