package dev.promptpo.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.promptpo.llm.Budget;
import dev.promptpo.llm.LanguageModel;
import dev.promptpo.llm.ModelReply.Answer;
import dev.promptpo.llm.ModelRequest;
import dev.promptpo.llm.ModelSource;
import dev.promptpo.llm.Models;
import dev.promptpo.llm.Price;
import dev.promptpo.llm.RunContext;
import dev.promptpo.llm.TokenCount;
import dev.promptpo.llm.TokenUsage;
import dev.promptpo.prompt.History;
import dev.promptpo.rollout.Purpose;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class EstimateTest {
    /** A provider that counts a prompt's tokens one and a half times as {@link TokenCount} does. */
    private static final double RATIO = 1.5;

    private static final String LONG =
            "    # walks to the right as long as nothing is in its way\n".repeat(60);

    @TempDir Path folder;

    private boolean failing;
    private int gain = 3;

    private final LineEngine engine = new LineEngine();
    private final List<ModelRequest> asked = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({
        // N, R, repairs, feedback, reflection, at least, at most
        "3, 2, 2, true, true, 8, 22",
        "3, 2, 0, true, true, 8, 8",
        "3, 2, 1, false, false, 6, 12",
        "10, 5, 2, true, true, 55, 157",
        "1, 1, 2, false, true, 1, 3",
    })
    void countsCallsFromTheSettings(
            int candidates,
            int rounds,
            int repairs,
            boolean feedback,
            boolean reflection,
            int least,
            int most) {
        Estimate estimate =
                plan("run")
                        .candidates(candidates)
                        .rounds(rounds)
                        .repairs(repairs)
                        .feedback(feedback)
                        .reflection(reflection)
                        .estimate();
        assertThat(estimate.calls()).isEqualTo(new Range(least, least, most));
        assertThat(asked).isEmpty();
        assertThat(engine.requests).isEmpty();
        assertThat(Files.exists(folder.resolve("run"))).isFalse();
    }

    @Test
    void withoutEarlierRunsItSaysWhatItDoesNotKnow() {
        Estimate estimate = plan("run").model(named("relay:answers")).estimate();
        // 2 rounds x 3 candidates x 2 episodes, 2 audits of 2, 30 held out: at most 10 steps each
        assertThat(estimate.steps().likely()).isEqualTo((12 + 4 + 30) * 10);
        assertThat(estimate.steps().low()).isEqualTo(12 + 4 + 30);
        assertThat(estimate.steps().high()).isEqualTo(12 * 30 + (4 + 30) * 10);
        assertThat(estimate.money()).isEmpty();
        assertThat(estimate.seconds()).isEmpty();
        assertThat(estimate.toString())
                .contains("asking relay:answers")
                .containsPattern("(?m)^money +unknown$")
                .containsPattern("(?m)^wall time +unknown$")
                .contains("the price of relay:answers is not known: write it into promptpo-prices")
                .contains("no earlier run tells how long relay:answers takes")
                .contains("no earlier run tells how long episodes of Line last");
    }

    @Test
    void theHistoryMakesLaterPromptsLonger() {
        double one = input(1);
        double two = input(2);
        double three = input(3);
        double four = input(4);
        assertThat(two - one).isGreaterThan(one);
        assertThat(three - two).isGreaterThan(two - one);
        // Each round adds the same to the history, so the second differences are equal.
        assertThat((four - three) - (three - two))
                .isCloseTo((three - two) - (two - one), within(60.0));
    }

    @Test
    void aShorterHistoryAndAPolicyToStartFromAreCounted() {
        double full = input(4);
        Estimate best = plan("run").rounds(4).history(History.best()).estimate();
        Estimate none = plan("run").rounds(4).history(History.none()).estimate();
        Estimate start = plan("run").rounds(4).startFrom("class LinePolicy: pass").estimate();
        assertThat(best.inputTokens().likely()).isBetween(none.inputTokens().likely(), full);
        assertThat(best.calls().low()).as("no comparison is sure").isEqualTo(13);
        assertThat(best.calls().likely()).isEqualTo(16);
        assertThat(none.calls().likely()).isEqualTo(12);
        assertThat(start.calls().likely()).as("the first round compares too").isEqualTo(17);
        assertThat(start.inputTokens().likely()).isGreaterThan(full);
    }

    @Test
    void calibratedOnARunItForetellsTheSameRunAgain() {
        Run run = plan("earlier").run();
        double input = run.usage().tokens().input();
        Estimate estimate = plan("planned").seed(1).estimate();

        assertThat(run.usage().calls()).isEqualTo(8);
        assertThat(estimate.calls()).isEqualTo(new Range(8, 8, 10));
        assertThat(estimate.outputTokens().likely()).isEqualTo(8 * 700.0);
        assertThat(estimate.steps()).isEqualTo(Range.exactly(run.steps().total()));
        assertThat(estimate.inputTokens().likely()).isGreaterThan(input);
        assertThat(estimate.seconds()).isPresent();
        assertThat(estimate.toString())
                .contains("times 1.50, as scripted counted in the run earlier")
                .contains("episodes as long as in the run earlier")
                .contains("scripted costs nothing");
    }

    /** Replies take three seconds each; all of a round at once, or one after the other. */
    @Test
    void wallTimeFollowsFromHowManyRequestsGoAtOnce() {
        plan("earlier").run();
        Range atOnce = plan("planned").estimate().seconds().orElseThrow();
        Range oneAtATime = plan("planned").model(oneAtATime()).estimate().seconds().orElseThrow();

        // Two rounds and a comparison between them; or six policies, Feedback and it.
        assertThat(atOnce.likely()).isGreaterThan(3 * 3);
        assertThat(oneAtATime.likely() - atOnce.likely()).isCloseTo((8 - 3) * 3, within(1e-6));
    }

    /** Each setting that changes what a run takes, foretold from a run with another seed. */
    @ParameterizedTest
    @CsvSource({
        // history, summarised episodes, repairs, feedback, reflection, start, held out
        "full, 2, 0, true, true, false, 30",
        "compact:1, 2, 0, true, true, false, 30",
        "best, 2, 0, true, true, false, 30",
        "none, 2, 0, true, true, false, 30",
        "full, 1, 0, true, true, false, 30",
        "full, 2, 2, true, true, false, 30",
        "full, 2, 0, false, true, false, 30",
        "full, 2, 0, true, false, false, 30",
        "full, 2, 0, true, true, true, 30",
        "full, 2, 0, true, true, false, 0",
    })
    void whatASettingCostsIsForetoldFromARunThatHadIt(
            String history,
            int summarised,
            int repairs,
            boolean feedback,
            boolean reflection,
            boolean start,
            int heldout) {
        Function<String, PromptPO> plan =
                name -> {
                    PromptPO settings =
                            plan(name)
                                    .model(Models.scriptedReplies(this::longReply))
                                    .rounds(4)
                                    .history(History.parse(history))
                                    .feedbackEpisodes(summarised)
                                    .repairs(repairs)
                                    .feedback(feedback)
                                    .reflection(reflection)
                                    .heldoutEpisodes(heldout);
                    return start ? settings.startFrom(LONG + "# gain 1\n") : settings;
                };
        failing = repairs > 0;
        plan.apply("earlier").run();
        Estimate estimate = plan.apply("planned").seed(1).estimate();
        Run run = plan.apply("planned").seed(1).run();

        assertThat((double) run.usage().calls())
                .isBetween(estimate.calls().low(), estimate.calls().high())
                .isCloseTo(estimate.calls().likely(), withinPercentage(1));
        assertThat((double) run.steps().total())
                .isCloseTo(estimate.steps().likely(), withinPercentage(1));
        assertThat((double) run.usage().tokens().output())
                .isCloseTo(estimate.outputTokens().likely(), withinPercentage(5));
        assertThat((double) run.usage().tokens().input())
                .isCloseTo(estimate.inputTokens().likely(), withinPercentage(2));
    }

    @Test
    void aRunOfAnotherModelTellsOfTheEnvironmentAlone() {
        plan("earlier").run();
        Estimate estimate = plan("planned").model(named("gemini:some")).estimate();
        assertThat(estimate.steps().low()).isEqualTo(460);
        assertThat(estimate.seconds()).isEmpty();
        assertThat(estimate.calls().high()).isEqualTo(22);
    }

    @Test
    void whatTheRunHasSpentAlreadyIsSaidApart() throws Exception {
        Run run = plan("run").budget(Budget.limits().calls(4)).run();
        Files.createDirectories(folder.resolve("broken"));
        Files.writeString(folder.resolve("broken/run.json"), "no run");
        Estimate estimate = plan("run").estimate();
        assertThat(estimate.spent().calls()).isEqualTo(4);
        assertThat(estimate.spent().tokens()).isEqualTo(run.usage().tokens());
        assertThat(estimate.toString()).contains("Already spent of this: 4 calls");
    }

    @ParameterizedTest
    @CsvSource({
        "7, will end the run before all rounds are played",
        "8, may end the run early",
        "22, ''",
    })
    void saysWhetherTheBudgetCoversIt(int calls, String warning) {
        Estimate estimate = plan("run").budget(Budget.limits().calls(calls)).estimate();
        if (warning.isEmpty()) {
            assertThat(estimate.warnings()).isEmpty();
        } else {
            assertThat(estimate.warnings())
                    .containsExactly("the budget of " + calls + " calls " + warning);
            assertThat(estimate.toString()).contains("Warning: " + estimate.warnings().getFirst());
        }
    }

    @Test
    void moneyIsTokensTimesTheirPrice() {
        Price price = new Price(2, 1, 10, "EUR", "of this test");
        Estimate estimate = plan("run").budget(Budget.limits().money(1e-6, price)).estimate();
        Range money = estimate.money().orElseThrow();
        assertThat(money.likely())
                .isCloseTo(
                        price.of(
                                new TokenUsage(
                                        Math.round(estimate.inputTokens().likely()),
                                        0,
                                        Math.round(estimate.outputTokens().likely()))),
                        within(1e-5));
        assertThat(estimate.toString()).contains("money, EUR", "of this test");
        assertThat(estimate.warnings()).hasSize(1);
    }

    private double input(int rounds) {
        return plan("run").rounds(rounds).estimate().inputTokens().likely();
    }

    private PromptPO plan(String name) {
        return PromptPO.on(LineSpec.spec())
                .model(Models.scriptedReplies(this::reply))
                .engine(engine)
                .seeds((seed, stage, round, episodes) -> {
                    long first = stage == Purpose.HELDOUT ? 10_000 : 100L * round;
                    return LongStream.range(first, first + episodes).boxed().toList();
                })
                .heldoutEpisodes(30)
                .directory(folder.resolve(name));
    }

    private synchronized Answer reply(ModelRequest request) {
        asked.add(request);
        int prompt = TokenCount.approximate(request.prompt().text());
        String text =
                request.role().equals("feedback")
                        ? Script.code("Feedback", "# tells it went right")
                        : Script.policy("# gain 3");
        return new Answer(
                text,
                "m",
                new TokenUsage(Math.round(prompt * RATIO), 0, 700),
                Duration.ofSeconds(3),
                new byte[0],
                Optional.empty());
    }

    /** A policy as long as those of models, one of three with a fault; tokens as they are. */
    private synchronized Answer longReply(ModelRequest request) {
        String code =
                request.role().equals("feedback")
                        ? Script.code("Feedback", LONG + "    # tells it went right")
                        : request.role().startsWith("reflection")
                                ? "It goes further than the one before. ".repeat(20)
                                : Script.code(
                                        "LinePolicy",
                                        LONG
                                                + (failing && request.role().matches("policy/./1")
                                                        ? "    # fail EXCEPTION"
                                                        : "    # gain " + gain++));
        return new Answer(
                code,
                "m",
                new TokenUsage(
                        TokenCount.approximate(request.prompt().text()),
                        0,
                        TokenCount.approximate(code)),
                Duration.ofSeconds(3),
                new byte[0],
                Optional.empty());
    }

    private static ModelSource oneAtATime() {
        return new ModelSource() {
            @Override
            public String name() {
                return "scripted";
            }

            @Override
            public int atOnce(int candidates) {
                return 1;
            }

            @Override
            public LanguageModel open(RunContext run) {
                throw new AssertionError("an estimate asks nobody");
            }
        };
    }

    /** A model that is only planned with. */
    private static ModelSource named(String name) {
        return Models.parse(name);
    }
}
