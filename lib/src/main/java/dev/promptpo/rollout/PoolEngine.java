package dev.promptpo.rollout;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptpo.environment.EnvironmentFiles;
import dev.promptpo.environment.Environments;
import dev.promptpo.rollout.PoolConnection.Message;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine over a pool on this machine.
 *
 * <p>One thread owns the queue and the pool. It hands the pool a few jobs a worker, so that none
 * waits for work and a cancelled job is mostly still here; it polls while any is out and sleeps
 * while none is.
 */
final class PoolEngine implements RolloutEngine {
    private static final Logger LOG = LoggerFactory.getLogger(PoolEngine.class);

    private static final int JOBS_PER_WORKER = 2;
    // What waits for a poll to end (a new job, a cancellation) waits at most so long.
    private static final double POLL_SECONDS = 0.01;
    // Longer than any rollout may be silent within its limits.
    private static final Duration SILENCE = Duration.ofMinutes(30);
    private static final int DEATHS = 3;
    private static final Duration CLOSING = Duration.ofSeconds(5);

    private final RolloutOptions options;
    private final SortedMap<String, String> versions;
    private final LinkedBlockingQueue<Runnable> requests = new LinkedBlockingQueue<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean closing;

    // All below belongs to the engine's thread.
    private Optional<PoolConnection> pool;
    private final Deque<RolloutJob<?>> waiting = new ArrayDeque<>();
    private final Map<Long, RolloutJob<?>> out = new HashMap<>();
    private int deathsInARow;
    private long lastHeard;

    private PoolEngine(RolloutOptions options, PoolConnection pool) {
        this.options = options;
        this.pool = Optional.of(pool);
        this.versions = pool.versions();
    }

    static PoolEngine start(RolloutOptions options) {
        PoolEngine engine = new PoolEngine(options, PoolConnection.start(options));
        Thread thread = new Thread(engine::serve, "rollout-engine");
        thread.setDaemon(true);
        thread.start();
        return engine;
    }

    @Override
    public CompletableFuture<RolloutResult> submit(
            RolloutRequest request, RolloutListener listener) {
        Optional<EnvironmentFiles> files = Environments.files(request.environment());
        return submit(
                new RolloutJob<>(
                        RolloutJson.request(
                                request, named(request.environment(), files), options.limits()),
                        files,
                        new byte[0],
                        RolloutJson::rolloutResult,
                        listener));
    }

    @Override
    public CompletableFuture<FeedbackResult> submit(FeedbackRequest request) {
        Optional<EnvironmentFiles> files = Environments.files(request.environment());
        return submit(
                new RolloutJob<>(
                        RolloutJson.request(
                                request, named(request.environment(), files), options.limits()),
                        files,
                        request.trace().data(),
                        RolloutJson::feedbackResult,
                        RolloutListener.SILENT));
    }

    private static String named(String environment, Optional<EnvironmentFiles> files) {
        return files.map(EnvironmentFiles::reference).orElse(environment);
    }

    @Override
    public Isolation isolation() {
        return options.isolation();
    }

    @Override
    public int workers() {
        return options.workers();
    }

    /** Of the first pool; one that takes its place comes from the same virtual environment. */
    @Override
    public SortedMap<String, String> versions() {
        return versions;
    }

    /** Ends the pool; what is unfinished fails with {@link RolloutEngineException}. */
    @Override
    public void close() {
        closing = true;
        requests.add(() -> {});
        try {
            // Python may be held up by a cell: the pool then ends with its socket, later.
            if (!ended.await(CLOSING.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("the rollout pool is not closed after {}", CLOSING);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private <T> CompletableFuture<T> submit(RolloutJob<T> job) {
        requests.add(() -> waiting.add(job));
        if (closing) {
            // The engine's thread may have looked for the last time.
            job.fail(closed());
        }
        job.future()
                .whenComplete((result, failure) -> {
                    if (job.future().isCancelled()) {
                        requests.add(() -> withdraw(job));
                    }
                });
        return job.future();
    }

    private void serve() {
        try {
            while (!closing) {
                takeRequests();
                try {
                    work();
                } catch (RolloutEngineException e) {
                    bury(e);
                } catch (RuntimeException e) {
                    bury(new RolloutEngineException("the rollout engine failed: " + e, e));
                }
            }
        } catch (InterruptedException e) {
            LOG.warn("the rollout engine's thread was interrupted; the engine closes");
            closing = true;
        } finally {
            end();
        }
    }

    private void takeRequests() throws InterruptedException {
        if (waiting.isEmpty() && out.isEmpty()) {
            requests.take().run();
        }
        for (Runnable next = requests.poll(); next != null; next = requests.poll()) {
            next.run();
        }
    }

    private void work() {
        if (out.isEmpty() && !waiting.isEmpty()) {
            lookAtIdlePool();
        }
        while (!waiting.isEmpty() && out.size() < options.workers() * JOBS_PER_WORKER) {
            send(waiting.remove());
        }
        if (out.isEmpty()) {
            return;
        }
        List<Message> messages = pool().poll(POLL_SECONDS);
        if (!messages.isEmpty()) {
            lastHeard = System.nanoTime();
        } else if (System.nanoTime() - lastHeard > SILENCE.toNanos()) {
            throw new RolloutEngineException(
                    "the rollout pool has said nothing for " + SILENCE.toMinutes() + " minutes");
        }
        messages.forEach(this::hear);
    }

    /** A pool that died while nobody needed it costs no job. */
    private void lookAtIdlePool() {
        try {
            if (pool.isPresent()) {
                pool.get().poll(0).forEach(this::hear);
            }
        } catch (RolloutEngineException e) {
            drop(e);
        }
    }

    private void send(RolloutJob<?> job) {
        if (!job.wanted()) {
            return;
        }
        if (out.isEmpty()) {
            lastHeard = System.nanoTime();
        }
        try {
            PoolConnection to = pool();
            job.files().ifPresent(to::learn);
            out.put(to.submit(job.request(), job.blob()), job);
        } catch (RolloutEngineException e) {
            job.fail(e);
            throw e;
        }
    }

    private void hear(Message message) {
        ObjectNode json = RolloutJson.read(message.json());
        long id = json.path("id").asLong(-1);
        switch (json.path("event").asText()) {
            case "progress" ->
                    Optional.ofNullable(out.get(id))
                            .ifPresent(job ->
                                    tell(
                                            job,
                                            json.path("steps").asLong(),
                                            json.path("episodes").asInt()));
            case "result" ->
                    Optional.ofNullable(out.remove(id))
                            .ifPresent(job -> result(job, json, message.blob()));
            case "error" -> {
                String reason = json.path("message").asText();
                RolloutJob<?> job = out.remove(id);
                if (job == null) {
                    throw new RolloutEngineException(reason);
                }
                if (job.wanted() && job.tryAgain(0)) {
                    waiting.addFirst(job);
                } else {
                    job.fail(new RolloutEngineException(reason));
                }
            }
            default ->
                    throw new RolloutEngineException(
                            "the rollout pool sent an unknown event: " + message.json());
        }
    }

    private void result(RolloutJob<?> job, ObjectNode json, byte[] blob) {
        deathsInARow = 0;
        if (!job.wanted()) {
            return;
        }
        if (RolloutJson.decidedByWallClock(json) && job.tryAgain(json.path("steps").asLong())) {
            waiting.addFirst(job);
        } else {
            job.finish(json, blob);
        }
    }

    private static void tell(RolloutJob<?> job, long steps, int episodes) {
        try {
            job.progress(steps, episodes);
        } catch (RuntimeException e) {
            LOG.warn("a listener of a rollout failed and hears no more of it", e);
            job.silence();
        }
    }

    private void withdraw(RolloutJob<?> job) {
        if (waiting.remove(job)) {
            return;
        }
        List<Long> ids = new ArrayList<>();
        out.forEach((id, other) -> {
            if (other == job) {
                ids.add(id);
            }
        });
        try {
            ids.forEach(id -> pool().cancel(id));
        } catch (RolloutEngineException e) {
            bury(e);
        }
    }

    private PoolConnection pool() {
        if (pool.isEmpty()) {
            if (deathsInARow >= DEATHS) {
                throw new RolloutEngineException(
                        "the rollout pool failed "
                                + deathsInARow
                                + " times without a result in between; this engine starts no more:"
                                + " see the earlier errors, and ./promptpo doctor");
            }
            pool = Optional.of(PoolConnection.start(options));
        }
        return pool.get();
    }

    /** The pool is gone: everything fails, and the next request starts another. */
    private void bury(RolloutEngineException reason) {
        if (pool.isPresent()) {
            drop(reason);
        } else {
            deathsInARow++;
        }
        failAll(reason);
    }

    private void drop(RolloutEngineException reason) {
        LOG.warn("{}", reason.getMessage());
        deathsInARow++;
        pool.ifPresent(PoolEngine::closeQuietly);
        pool = Optional.empty();
    }

    private void failAll(RolloutEngineException reason) {
        out.values().forEach(job -> job.fail(reason));
        waiting.forEach(job -> job.fail(reason));
        out.clear();
        waiting.clear();
    }

    private void end() {
        closing = true;
        try {
            failAll(closed());
            pool.ifPresent(PoolEngine::closeQuietly);
            for (Runnable next = requests.poll(); next != null; next = requests.poll()) {
                next.run();
            }
            failAll(closed());
        } finally {
            ended.countDown();
        }
    }

    private static RolloutEngineException closed() {
        return new RolloutEngineException("the rollout engine is closed: start another");
    }

    private static void closeQuietly(PoolConnection connection) {
        try {
            connection.close();
        } catch (RuntimeException e) {
            LOG.debug("closing the rollout pool", e);
        }
    }
}
