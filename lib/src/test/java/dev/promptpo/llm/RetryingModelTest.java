package dev.promptpo.llm;

import static dev.promptpo.llm.Asking.request;
import static dev.promptpo.llm.Asking.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.promptpo.llm.ModelReply.Answer;
import dev.promptpo.llm.ModelReply.Effect;
import dev.promptpo.llm.ModelReply.NoAnswer;
import dev.promptpo.llm.ModelReply.Reason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RetryingModelTest {
    private static final RetryPolicy POLICY =
            new RetryPolicy(
                    4, Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofMinutes(10));

    private final FakeWaiting waiting = new FakeWaiting();
    private final List<String> heard = new ArrayList<>();
    private final AttemptListener listener =
            (request, attempt, failure, wait) ->
                    heard.add(request.role() + " " + attempt + " " + failure.reason());

    @Test
    void anAnswerAfterFaultsIsTheAnswer() throws Exception {
        ModelReply reply =
                ask(
                        NoAnswer.of(Reason.OVERLOADED, "busy"),
                        NoAnswer.of(Reason.EMPTY, "nothing"),
                        Answer.of("text"));

        assertThat(reply).isInstanceOf(Answer.class);
        assertThat(heard).containsExactly("policy/1/1 1 OVERLOADED", "policy/1/1 2 EMPTY");
    }

    @Test
    void waitsDoubleUpToTheLongestAndKeepHalfToChance() throws Exception {
        NoAnswer busy = NoAnswer.of(Reason.OVERLOADED, "busy");
        NoAnswer last = (NoAnswer) ask(busy, busy, busy, busy);

        assertThat(last.reason()).isEqualTo(Reason.OVERLOADED);
        assertThat(last.message()).isEqualTo("busy; gave up after 4 attempts");
        assertThat(waiting.waits()).hasSize(3);
        assertThat(waiting.waits().get(0)).isBetween(seconds(1), seconds(2));
        assertThat(waiting.waits().get(1)).isBetween(seconds(2), seconds(4));
        assertThat(waiting.waits().get(2)).isBetween(seconds(2.5), seconds(5));
    }

    @Test
    void theServersOwnWaitIsHonoured() throws Exception {
        ask(limited(seconds(37)), Answer.of("text"));

        assertThat(waiting.waits()).containsExactly(seconds(37));
    }

    @Test
    void aWaitBeyondTheOverallDeadlineIsNotBegun() throws Exception {
        NoAnswer none = (NoAnswer) ask(limited(seconds(400)), limited(seconds(300)));

        assertThat(none.message())
                .contains("gave up after 2 attempts", "would come 700 s after the first");
        assertThat(waiting.waits()).containsExactly(seconds(400));
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void onlyWhatAskingAgainCanMendIsAskedAgain(Reason reason) throws Exception {
        ask(NoAnswer.of(reason, "x"), Answer.of("text"));

        assertThat(waiting.waits()).hasSize(reason.effect() == Effect.RETRY ? 1 : 0);
    }

    @Test
    void throughAProviderA429AndA500EndInTheAnswer() throws Exception {
        Sample sample = Sample.of(ProviderKind.OPENAI);
        Deque<FaultServer.Play> plays =
                new ArrayDeque<>(
                        List.of(
                                c -> c.json(429, sample.error("x", "slow"), "Retry-After: 0"),
                                c -> c.json(500, sample.error("x", "oops"), "Retry-After: 0"),
                                c -> c.json(200, sample.good("text"))));
        RunContext run = new RunContext("NoiseWorld1", "paper", 1, 1, 5, 0, "episode", listener);
        try (FaultServer server = new FaultServer(c -> plays.pop().answer(c));
                LanguageModel model =
                        Models.openai("m", server.url() + "/v1")
                                .withEnvironment(Asking.keys(""))
                                .open(run)) {
            Answer answer = (Answer) model.ask(request("policy/1/1", "p"));

            assertThat(answer.text()).isEqualTo("text");
            assertThat(heard)
                    .containsExactly("policy/1/1 1 RATE_LIMITED", "policy/1/1 2 OVERLOADED");
            assertThat(server.received()).hasSize(3);
        }
    }

    private ModelReply ask(ModelReply... replies) throws InterruptedException {
        Deque<ModelReply> left = new ArrayDeque<>(List.of(replies));
        LanguageModel inner =
                Models.scriptedReplies(request -> left.pop()).open(run("NoiseWorld1", 1, 1));
        return new RetryingModel(inner, POLICY, listener, new Random(1), waiting)
                .ask(request("policy/1/1", "p"));
    }

    private static NoAnswer limited(Duration wait) {
        return new NoAnswer(
                Reason.RATE_LIMITED,
                "slow down",
                "",
                TokenUsage.UNKNOWN,
                Duration.ZERO,
                new byte[0],
                Optional.of(wait));
    }

    private static Duration seconds(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1000));
    }
}
