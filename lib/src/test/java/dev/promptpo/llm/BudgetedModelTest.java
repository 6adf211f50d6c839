package dev.promptpo.llm;

import static dev.promptpo.llm.Asking.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.promptpo.llm.ModelReply.Answer;
import dev.promptpo.llm.ModelReply.NoAnswer;
import dev.promptpo.llm.ModelReply.Reason;
import dev.promptpo.prompt.Prompt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class BudgetedModelTest {
    /** 100 characters and at most 50 tokens back: 150 tokens at worst. */
    private static final ModelRequest REQUEST =
            new ModelRequest(
                    "policy/1/1",
                    Prompt.of("policy/1", "x".repeat(100), ""),
                    new ModelSettings(OptionalDouble.empty(), 50, Duration.ofSeconds(1)));

    private static final TokenUsage CHEAP = new TokenUsage(20, 10, 10);

    private final AtomicInteger asked = new AtomicInteger();

    @Test
    void whatACallDidNotUseIsGivenBack() throws Exception {
        LanguageModel model = model(Budget.limits().tokens(200), Spending.NONE);

        assertThat(model.ask(REQUEST)).isInstanceOf(Answer.class);
        assertThat(model.ask(REQUEST)).isInstanceOf(Answer.class);
        NoAnswer none = (NoAnswer) model.ask(REQUEST);

        assertThat(none.reason()).isEqualTo(Reason.BUDGET);
        assertThat(none.message())
                .isEqualTo(
                        "the budget of 200 tokens does not cover the next call: 60 are spent, and"
                                + " it may take 150; raise it and run again");
        assertThat(asked).hasValue(2);
    }

    @Test
    void whatAResumedRunHasSpentCounts() throws Exception {
        Spending before = new Spending(7, new TokenUsage(40, 0, 11), Duration.ZERO);

        assertThat(model(Budget.limits().tokens(200), before).ask(REQUEST))
                .isInstanceOf(NoAnswer.class);
        assertThat(model(Budget.limits().tokens(201), before).ask(REQUEST))
                .isInstanceOf(Answer.class);
        assertThat(model(Budget.limits().calls(7), before).ask(REQUEST))
                .isInstanceOf(NoAnswer.class);
        assertThat(model(Budget.limits().calls(8), before).ask(REQUEST)).isInstanceOf(Answer.class);
    }

    @Test
    void moneyIsCountedWithTheCheaperCache() throws Exception {
        Price price = new Price(2.0, 0.5, 10.0, "EUR", "of this test");
        assertThat(price.of(new TokenUsage(1_000_000, 400_000, 100_000)))
                .isCloseTo(0.6 * 2 + 0.4 * 0.5 + 0.1 * 10, within(1e-12));
        double worst = price.of(new TokenUsage(100, 0, 50));

        LanguageModel model =
                model(Budget.limits().money(worst + price.of(CHEAP), price), Spending.NONE);
        assertThat(model.ask(REQUEST)).isInstanceOf(Answer.class);
        assertThat(model.ask(REQUEST)).isInstanceOf(Answer.class);
        assertThat(((NoAnswer) model.ask(REQUEST)).reason()).isEqualTo(Reason.BUDGET);

        assertThatThrownBy(() -> model(Budget.limits().money(1), Spending.NONE))
                .hasMessageContaining("expected a price");
    }

    @Test
    void whatIsWrittenToACacheIsCountedAtItsOwnPriceAndReservedAtIt() throws Exception {
        Price price = new Price(2.0, 0.5, 10.0, 2.5, "EUR", "of this test");
        assertThat(price.of(new TokenUsage(1_000_000, 400_000, 100_000, 200_000)))
                .isCloseTo(0.4 * 2 + 0.4 * 0.5 + 0.2 * 2.5 + 0.1 * 10, within(1e-12));

        TokenUsage worst =
                Meter.worstCase(REQUEST.prompt().text(), REQUEST.settings().maxOutputTokens());
        double dearest = price.of(worst);
        assertThat(dearest)
                .isGreaterThan(price.of(new TokenUsage(worst.input(), 0, worst.output())));
        assertThat(model(Budget.limits().money(dearest, price), Spending.NONE).ask(REQUEST))
                .isInstanceOf(Answer.class);
        assertThat(model(Budget.limits().money(dearest * 0.999, price), Spending.NONE).ask(REQUEST))
                .isInstanceOf(NoAnswer.class);
    }

    @Test
    void manyAtOnceWaitForWhatIsGivenBackAndNeverOverspend() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        LanguageModel model =
                budgeted(
                        Budget.limits().tokens(150 + 9 * 30),
                        Spending.NONE,
                        request -> {
                            if (asked.incrementAndGet() == 2) {
                                first.countDown();
                            }
                            try {
                                // Two fit beside each other, so the first waits for the second.
                                first.await();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                            return answer(CHEAP);
                        });

        List<ModelReply> replies = new ArrayList<>();
        try (ExecutorService askers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<ModelReply>> pending = new ArrayList<>();
            for (int k = 1; k <= 15; k++) {
                pending.add(askers.submit(() -> model.ask(REQUEST)));
            }
            for (Future<ModelReply> one : pending) {
                replies.add(one.get());
            }
        }

        // Ten calls of 30 tokens: the tenth is begun with 270 spent and 150 to spare.
        assertThat(replies.stream().filter(reply -> reply instanceof Answer)).hasSize(10);
        assertThat(asked).hasValue(10);
    }

    @Test
    void whatNobodyCountedIsBookedAtItsWorst() throws Exception {
        LanguageModel uncounted =
                budgeted(
                        Budget.limits().tokens(299),
                        Spending.NONE,
                        request -> answer(TokenUsage.UNKNOWN));
        LanguageModel refused =
                budgeted(
                        Budget.limits().tokens(299),
                        Spending.NONE,
                        request -> NoAnswer.of(Reason.OVERLOADED, "busy"));

        assertThat(uncounted.ask(REQUEST)).isInstanceOf(Answer.class);
        assertThat(((NoAnswer) uncounted.ask(REQUEST)).reason()).isEqualTo(Reason.BUDGET);
        assertThat(((NoAnswer) refused.ask(REQUEST)).reason()).isEqualTo(Reason.OVERLOADED);
        assertThat(((NoAnswer) refused.ask(REQUEST)).reason()).isEqualTo(Reason.OVERLOADED);
    }

    @Test
    void asksForNoLongerThanItsTimeLastsAndForNothingAfterIt() throws Exception {
        FakeWaiting clock = new FakeWaiting();
        List<Duration> deadlines = new ArrayList<>();
        Meter meter =
                new Meter(
                        Budget.limits().wallTime(Duration.ofSeconds(10)),
                        new Spending(3, TokenUsage.UNKNOWN, Duration.ofMillis(8_500)),
                        (percent, message) -> {},
                        clock);
        LanguageModel model =
                meter.over(
                        Models.scriptedReplies(
                                        request -> {
                                            deadlines.add(request.settings().deadline());
                                            return answer(CHEAP);
                                        })
                                .open(run("NoiseWorld1", 10, 1)));

        clock.sleep(Duration.ofHours(1));
        meter.start();
        model.ask(REQUEST);
        clock.sleep(Duration.ofSeconds(1));
        model.ask(REQUEST);
        meter.stop();
        clock.sleep(Duration.ofHours(1));
        model.ask(REQUEST);
        meter.start();
        clock.sleep(Duration.ofMillis(500));
        NoAnswer none = (NoAnswer) model.ask(REQUEST);

        assertThat(deadlines)
                .as("the request's own second, then what is left; no time passes while stopped")
                .containsExactly(
                        Duration.ofSeconds(1), Duration.ofMillis(500), Duration.ofMillis(500));
        assertThat(none.reason()).isEqualTo(Reason.BUDGET);
        assertThat(none.message()).isEqualTo("the budget of 10 s is spent; raise it and run again");
        assertThat(meter.spent().time()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void warnsOnceAtHalfAndOnceAtFourFifthsOfEachLimit() throws Exception {
        List<String> warnings = new ArrayList<>();
        Price price = new Price(1e6, 1e6, 1e6, "EUR", "of this test");
        LanguageModel model =
                Meter.of(
                                Budget.limits().calls(6).tokens(1_000).money(300, price),
                                Spending.NONE,
                                (percent, message) -> warnings.add(percent + ": " + message))
                        .over(
                                Models.scriptedReplies(request -> answer(CHEAP))
                                        .open(run("NoiseWorld1", 10, 1)));

        for (int k = 1; k <= 6; k++) {
            model.ask(REQUEST);
        }

        // 30 tokens a call: 180 tokens, of which one costs one.
        assertThat(warnings)
                .containsExactly(
                        "50: 50 % of the budget of 6 calls is spent (3)",
                        "80: 80 % of the budget of 6 calls is spent (5)",
                        "50: 50 % of the budget of 300.00 EUR is spent (150.00 EUR)");
    }

    @Test
    void whatAnEarlierSessionWarnedOfIsNotToldAgain() throws Exception {
        List<Integer> warnings = new ArrayList<>();
        LanguageModel model =
                Meter.of(
                                Budget.limits().calls(10),
                                new Spending(6, TokenUsage.UNKNOWN, Duration.ZERO),
                                (percent, message) -> warnings.add(percent))
                        .over(
                                Models.scriptedReplies(request -> answer(CHEAP))
                                        .open(run("NoiseWorld1", 10, 1)));
        model.ask(REQUEST);
        assertThat(warnings).isEmpty();
        model.ask(REQUEST);
        assertThat(warnings).containsExactly(80);
    }

    @Test
    void knowsWhichBudgetAllowsMore() {
        Budget some = Budget.limits().calls(5).tokens(100);
        assertThat(some.raises(some)).isFalse();
        assertThat(some.calls(4).raises(some)).isFalse();
        assertThat(some.wallTime(Duration.ofSeconds(1)).raises(some)).isFalse();
        assertThat(some.calls(6).raises(some)).isTrue();
        assertThat(some.calls(4).tokens(101).raises(some)).isTrue();
        assertThat(Budget.UNLIMITED.raises(some)).isTrue();
        assertThat(some.raises(Budget.UNLIMITED)).isFalse();
        assertThat(Budget.limits().money(2).raises(Budget.limits().money(1))).isTrue();
        assertThat(
                        Budget.limits()
                                .wallTime(Duration.ofSeconds(2))
                                .raises(Budget.limits().wallTime(Duration.ofSeconds(2))))
                .isFalse();
        assertThatThrownBy(() -> Budget.limits().calls(0)).hasMessageContaining("got 0");
    }

    private LanguageModel model(Budget budget, Spending before) {
        return budgeted(
                budget,
                before,
                request -> {
                    asked.incrementAndGet();
                    return answer(CHEAP);
                });
    }

    private static LanguageModel budgeted(
            Budget budget, Spending before, Function<ModelRequest, ModelReply> replies) {
        return Meter.of(budget, before, (percent, message) -> {})
                .over(Models.scriptedReplies(replies).open(run("NoiseWorld1", 10, 1)));
    }

    private static Answer answer(TokenUsage usage) {
        return new Answer("x", "m", usage, Duration.ZERO, new byte[0], Optional.empty());
    }
}
