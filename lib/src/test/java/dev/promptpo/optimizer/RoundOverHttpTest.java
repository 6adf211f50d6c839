package dev.promptpo.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.promptpo.ledger.Event;
import dev.promptpo.llm.ModelSettings;
import dev.promptpo.llm.Models;
import dev.promptpo.llm.ProviderSource;
import dev.promptpo.llm.RetryPolicy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rounds of a run whose model is a real server on loopback that takes its time. */
@Timeout(60)
class RoundOverHttpTest {
    private static final RetryPolicy ONCE =
            new RetryPolicy(1, Duration.ZERO, Duration.ZERO, Duration.ofMinutes(1));

    /** What a request does before it is answered. */
    @FunctionalInterface
    private interface Delay {
        void await() throws InterruptedException;
    }

    @TempDir Path folder;

    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile Delay delay = () -> {};
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        end.countDown();
        server.stop(0);
    }

    /** Nobody is answered before all have asked: fewer at once, and the round never ends. */
    @ParameterizedTest
    @CsvSource({"1, false, 1", "10, false, 10", "10, true, 11", "31, true, 32"})
    void allRequestsOfARoundAreInFlightAtOnce(int candidates, boolean feedback, int requests) {
        CountDownLatch all = new CountDownLatch(requests);
        delay =
                () -> {
                    all.countDown();
                    all.await();
                };

        Run run = plan(candidates).feedback(feedback).run();

        assertThat(run.candidates(1)).hasSize(candidates);
        assertThat(most).hasValue(requests);
    }

    @Test
    void aVeryLargeRoundAsksThirtyTwoAtOnceAndNoMore() {
        CountDownLatch all = new CountDownLatch(32);
        delay =
                () -> {
                    all.countDown();
                    all.await();
                };

        assertThat(plan(60).run().candidates(1)).hasSize(60);
        assertThat(most).hasValue(32);
    }

    @Test
    void aStuckRequestEndsAtItsDeadlineAndTheOthersWereKeptBeforeIt() {
        delay =
                () -> {
                    if (asked.get() == 3) {
                        end.await();
                    }
                };
        PromptPO plan =
                plan(10).model(model().withRetries(ONCE))
                        .modelSettings(
                                new ModelSettings(
                                        OptionalDouble.empty(), 512, Duration.ofSeconds(5)));
        Run run = plan.start();

        assertThatThrownBy(run::run)
                .isInstanceOf(RunStoppedException.class)
                .hasMessageContaining("did not answer in whole within 5.0 s: nothing came");

        List<Event> replies =
                run.ledger().events().stream()
                        .filter(event -> event.type().equals(EventTypes.REPLY_RECEIVED))
                        .toList();
        assertThat(replies).hasSize(10);
        assertThat(replies.subList(0, 9))
                .allMatch(event -> event.fields().path("outcome").asText().equals("answer"));
        assertThat(replies.get(9).fields().path("reason").asText()).isEqualTo("TIMEOUT");
        assertThat(run.candidates(1)).hasSize(9);
        List<String> types = run.ledger().events().stream().map(Event::type).toList();
        assertThat(types.lastIndexOf(EventTypes.CANDIDATE_FINISHED))
                .as("all nine were rolled out meanwhile")
                .isLessThan(types.lastIndexOf(EventTypes.REPLY_RECEIVED));

        asked.set(100);
        delay = () -> {};
        assertThat(plan.run().finished()).isTrue();
        assertThat(asked).as("only the stuck one is asked again").hasValue(101);
    }

    /** The one place where the clock is asserted on: the promise is one of time. */
    @Test
    @Tag("slow")
    void aRoundOfTenAtTwentySecondsTakesUnderTwentyFive() {
        delay = () -> end.await(20, java.util.concurrent.TimeUnit.SECONDS);

        long begun = System.nanoTime();
        Run run = plan(10).feedback(true).run();
        double seconds = (System.nanoTime() - begun) / 1e9;

        assertThat(run.candidates(1)).hasSize(10).allMatch(Candidate::completed);
        assertThat(seconds).isBetween(20.0, 25.0);
    }

    private PromptPO plan(int candidates) {
        return PromptPO.on(LineSpec.spec())
                .model(model())
                .engine(new LineEngine())
                .seeds((seed, stage, round, episodes) ->
                        LongStream.range(0, episodes).boxed().toList())
                .candidates(candidates)
                .rounds(1)
                .feedback(false)
                .heldoutEpisodes(0)
                .directory(folder.resolve("run"));
    }

    private ProviderSource model() {
        return Models.openai("m", "http://localhost:" + server.getAddress().getPort() + "/v1");
    }

    private void answer(HttpExchange exchange) throws IOException {
        String prompt =
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        asked.incrementAndGet();
        most.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
        try {
            delay.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            inFlight.decrementAndGet();
        }
        String text =
                Stream.of("class `Feedback`").anyMatch(prompt::contains)
                        ? Script.code("Feedback", "# tells it went right")
                        : Script.policy("# gain 3");
        byte[] body =
                ("{\"choices\":[{\"message\":{\"content\":"
                                + new ObjectMapper().writeValueAsString(text)
                                + "},\"finish_reason\":\"stop\"}]}")
                        .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
