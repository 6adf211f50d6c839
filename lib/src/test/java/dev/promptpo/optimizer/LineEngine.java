package dev.promptpo.optimizer;

import dev.promptpo.rollout.FailureKind;
import dev.promptpo.rollout.FeedbackRequest;
import dev.promptpo.rollout.FeedbackResult;
import dev.promptpo.rollout.Isolation;
import dev.promptpo.rollout.Purpose;
import dev.promptpo.rollout.RolloutEngine;
import dev.promptpo.rollout.RolloutListener;
import dev.promptpo.rollout.RolloutRequest;
import dev.promptpo.rollout.RolloutResult;
import dev.promptpo.rollout.Trace;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Rolls out without Python what a comment in the source says: {@code # gain 2.5} (the mean return),
 * {@code # fail EXCEPTION}, {@code # drifts} (other returns each time), {@code # hangs}, {@code #
 * fails when audited}; for a Feedback class {@code # tells TEXT} or {@code # fail EXCEPTION}.
 */
final class LineEngine implements RolloutEngine {
    private static final Pattern GAIN = Pattern.compile("# gain (\\S+)");
    private static final Pattern FAIL = Pattern.compile("# fail (\\w+)");
    private static final Pattern TELLS = Pattern.compile("# tells (.*)");
    private static final int LENGTH = 10;

    final ConcurrentLinkedQueue<RolloutRequest> requests = new ConcurrentLinkedQueue<>();
    final ConcurrentLinkedQueue<FeedbackRequest> feedback = new ConcurrentLinkedQueue<>();
    final ConcurrentLinkedQueue<CompletableFuture<RolloutResult>> hanging =
            new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();

    /** Whether what hangs is rolled out all the same. */
    volatile boolean patient;

    @Override
    public CompletableFuture<RolloutResult> submit(
            RolloutRequest request, RolloutListener listener) {
        requests.add(request);
        listener.progress(3, 0);
        if (!patient && request.source().contains("# hangs")) {
            CompletableFuture<RolloutResult> never = new CompletableFuture<>();
            hanging.add(never);
            return never;
        }
        return CompletableFuture.completedFuture(result(request));
    }

    private RolloutResult result(RolloutRequest request) {
        Matcher fail = FAIL.matcher(request.source());
        if (fail.find()) {
            return failed(FailureKind.valueOf(fail.group(1)));
        }
        if (request.purpose() == Purpose.AUDIT
                && request.source().contains("# fails when audited")) {
            return failed(FailureKind.EXCEPTION);
        }
        Matcher gain = GAIN.matcher(request.source());
        if (!gain.find()) {
            return failed(FailureKind.NO_CLASS);
        }
        double base = Double.parseDouble(gain.group(1));
        double drift = request.source().contains("# drifts") ? count.incrementAndGet() : 0;
        List<Double> returns =
                request.seeds().stream().map(seed -> base + drift + seed % 3 - 1.0).toList();
        List<Integer> lengths = request.seeds().stream().map(seed -> LENGTH).toList();
        return new RolloutResult.Completed(
                returns,
                lengths,
                lengths.stream().map(length -> Optional.<Boolean>empty()).toList(),
                returns.stream().mapToDouble(Double::doubleValue).average().orElseThrow(),
                (long) LENGTH * request.seeds().size(),
                "digest",
                Isolation.PROCESS,
                0.5,
                0.25,
                0.125,
                "host",
                request.trace()
                        ? Optional.of(new Trace(lengths, 1, 1, new byte[lengths.size() * 240]))
                        : Optional.empty());
    }

    private static RolloutResult failed(FailureKind kind) {
        return new RolloutResult.Failed(
                kind, "act", "it broke", "  line 3, in act", 0, 2, 3, Isolation.PROCESS, 0.5);
    }

    @Override
    public CompletableFuture<FeedbackResult> submit(FeedbackRequest request) {
        feedback.add(request);
        Matcher tells = TELLS.matcher(request.source());
        FeedbackResult result =
                tells.find()
                        ? new FeedbackResult.Completed(
                                request.trace().rows().stream().map(r -> tells.group(1)).toList())
                        : new FeedbackResult.Failed(
                                FailureKind.EXCEPTION, "feedback", "no such field", "  line 2");
        return CompletableFuture.completedFuture(result);
    }

    @Override
    public Isolation isolation() {
        return Isolation.PROCESS;
    }

    @Override
    public int workers() {
        return 2;
    }

    @Override
    public void close() {}
}
