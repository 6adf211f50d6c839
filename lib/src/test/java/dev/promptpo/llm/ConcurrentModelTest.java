package dev.promptpo.llm;

import static dev.promptpo.llm.Asking.request;
import static dev.promptpo.llm.Asking.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.promptpo.llm.ModelReply.Answer;
import dev.promptpo.llm.ModelReply.NoAnswer;
import dev.promptpo.llm.ModelReply.Reason;
import java.time.Duration;
import java.util.ArrayList;
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
                            try {
                                // Nobody leaves before three are in: at least three at once.
                                three.await();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
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
                                try {
                                    others.await();
                                } catch (InterruptedException e) {
                                    Thread.currentThread().interrupt();
                                }
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
