package dev.promptpo.llm;

import static dev.promptpo.llm.Asking.request;
import static dev.promptpo.llm.Asking.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.promptpo.llm.ModelReply.Answer;
import dev.promptpo.llm.ModelReply.NoAnswer;
import dev.promptpo.llm.ModelReply.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ConcurrentModelTest {
    private final FakeWaiting waiting = new FakeWaiting();

    @Test
    void soManyAtOnceAndNoMore() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch three = new CountDownLatch(3);
        LanguageModel model =
                model(
                        3,
                        request -> {
                            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                            three.countDown();
                            // Nobody leaves before three are in: at least three at once.
                            await(three);
                            inside.decrementAndGet();
                            return Answer.of("x");
                        });

        askAll(model, 10);

        assertThat(most).hasValue(3);
    }

    @Test
    void aStuckRequestHoldsNoOtherUp() throws Exception {
        CountDownLatch others = new CountDownLatch(9);
        LanguageModel model =
                model(
                        2,
                        request -> {
                            if (request.role().equals("policy/1/1")) {
                                await(others);
                                return NoAnswer.of(Reason.TIMEOUT, "stuck");
                            }
                            others.countDown();
                            return Answer.of("x");
                        });

        List<ModelReply> replies = askAll(model, 10);

        assertThat(replies.getFirst()).isInstanceOf(NoAnswer.class);
        assertThat(replies.subList(1, 10)).allMatch(reply -> reply instanceof Answer);
    }

    @Test
    void afterA429EveryoneWaitsAsLongAsTheServerAsks() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        LanguageModel model =
                model(
                        1,
                        request ->
                                asked.incrementAndGet() == 1
                                        ? limited(Optional.of(Duration.ofSeconds(9)))
                                        : Answer.of("x"));

        model.ask(request("policy/1/1", "p"));
        model.ask(request("policy/1/2", "p"));
        model.ask(request("policy/1/3", "p"));

        assertThat(waiting.waits()).containsExactly(Duration.ofSeconds(9));
    }

    /** The clock stands until everyone waits, so who asks when is a matter of order alone. */
    @Test
    void afterA429NobodyAsksUntilTheWaitIsOverWhoeverHeardIt() throws Exception {
        StoppedClock clock = new StoppedClock();
        CountDownLatch inFlight = new CountDownLatch(3);
        CountDownLatch braked = new CountDownLatch(1);
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        LanguageModel model =
                new ConcurrentModel(
                        Models.scriptedReplies(
                                        request -> {
                                            order.add(clock.seconds() + " asked");
                                            inFlight.countDown();
                                            await(inFlight);
                                            if (request.role().equals("policy/1/1")) {
                                                return limited(Optional.of(Duration.ofSeconds(9)));
                                            }
                                            await(braked);
                                            return Answer.of("x");
                                        })
                                .open(run("NoiseWorld1", 6, 1)),
                        3,
                        clock);
        try (ExecutorService askers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<ModelReply>> pending = new ArrayList<>();
            for (int k = 1; k <= 3; k++) {
                ModelRequest request = request("policy/1/" + k, "p");
                pending.add(askers.submit(() -> model.ask(request)));
            }
            inFlight.await();
            for (int k = 4; k <= 6; k++) {
                ModelRequest request = request("policy/1/" + k, "p");
                pending.add(askers.submit(() -> model.ask(request)));
            }
            // One has the place of the one that was told to wait, and waits for it.
            clock.awaitSleepers(1);
            braked.countDown();
            clock.awaitSleepers(3);
            assertThat(order).containsExactly("0 asked", "0 asked", "0 asked");
            clock.advance(Duration.ofSeconds(8));
            clock.awaitSleepers(3);
            assertThat(order).hasSize(3);
            clock.advance(Duration.ofSeconds(1));
            for (Future<ModelReply> one : pending) {
                one.get();
            }
        }

        assertThat(order.subList(3, 6)).containsExactly("9 asked", "9 asked", "9 asked");
    }

    @Test
    void thePauseDoublesWhileItGoesOnAndStartsAfreshAfterAnAnswer() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        LanguageModel model =
                model(
                        1,
                        request ->
                                asked.incrementAndGet() == 4
                                        ? Answer.of("x")
                                        : limited(Optional.empty()));

        for (int k = 1; k <= 6; k++) {
            model.ask(request("policy/1/" + k, "p"));
        }

        assertThat(waiting.waits())
                .containsExactly(
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(8),
                        Duration.ofSeconds(2));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private LanguageModel model(int places, Function<ModelRequest, ModelReply> replies) {
        return new ConcurrentModel(
                Models.scriptedReplies(replies).open(run("NoiseWorld1", 10, 1)), places, waiting);
    }

    private static List<ModelReply> askAll(LanguageModel model, int requests) throws Exception {
        try (ExecutorService askers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<ModelReply>> pending = new ArrayList<>();
            for (int k = 1; k <= requests; k++) {
                ModelRequest request = request("policy/1/" + k, "p");
                pending.add(askers.submit(() -> model.ask(request)));
            }
            List<ModelReply> replies = new ArrayList<>();
            for (Future<ModelReply> one : pending) {
                replies.add(one.get());
            }
            return replies;
        }
    }

    private static NoAnswer limited(Optional<Duration> wait) {
        return new NoAnswer(
                Reason.RATE_LIMITED,
                "slow down",
                "",
                TokenUsage.UNKNOWN,
                Duration.ZERO,
                new byte[0],
                wait);
    }
}
