package dev.promptpo.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.promptpo.ledger.Event;
import dev.promptpo.llm.Budget;
import dev.promptpo.llm.Meter;
import dev.promptpo.llm.ModelReply.Answer;
import dev.promptpo.llm.ModelReply.NoAnswer;
import dev.promptpo.llm.ModelReply.Reason;
import dev.promptpo.llm.ModelRequest;
import dev.promptpo.llm.ModelSettings;
import dev.promptpo.llm.Models;
import dev.promptpo.llm.Price;
import dev.promptpo.llm.TokenUsage;
import dev.promptpo.rollout.Purpose;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two rounds of three candidates without Feedback ask seven times: 3, a reflection, 3. */
@Timeout(60)
class RunBudgetTest {
    private static final int OUTPUT = 10;

    @TempDir Path folder;

    private final LineEngine engine = new LineEngine();
    private final Script script = Script.good();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1 | 0 | 1 | 2 of 3 candidates of round 1, and round 2 (of 2)",
                "2 | 0 | 1 | 1 of 3 candidates of round 1, and round 2 (of 2)",
                "3 | 1 | 1 | round 2 (of 2)",
                "4 | 1 | 1 | round 2 (of 2)",
                "5 | 1 | 2 | 2 of 3 candidates of round 2 (of 2)",
                "6 | 1 | 2 | 1 of 3 candidates of round 2 (of 2)"
            })
    void aSpentBudgetEndsTheRunWithItsBestResultAndSaysWhatItDidNotDo(
            int calls, int rounds, int bestRound, String notDone) {
        Run run = plan("cut").budget(Budget.limits().calls(calls)).run();

        assertThat(script.asked).hasSize(calls);
        assertThat(run.usage().calls()).as("what was refused was not called").isEqualTo(calls);
        assertThat(run.finished()).isFalse();
        assertThat(run.over()).isTrue();
        assertThat(run.rounds()).hasSize(rounds);
        assertThat(run.endedByBudget().orElseThrow().reason())
                .isEqualTo("the budget of " + calls + " calls is spent; raise it and run again");
        assertThat(run.endedByBudget().orElseThrow().notDone()).isEqualTo(notDone);
        assertThat(run.best().round()).isEqualTo(bestRound);
        assertThat(run.heldout().orElseThrow().returns()).hasSize(30);
        assertThat(run.heldout().orElseThrow().round()).isEqualTo(bestRound);
        assertThat(run.toString()).contains("ended by its budget", notDone);
        assertThat(last(run, "session_closed").fields().path("reason").asText())
                .isEqualTo("budget");

        Run seen = Run.look(run.directory());
        assertThat(seen.endedByBudget()).isEqualTo(run.endedByBudget());
        assertThat(seen.best().role()).isEqualTo(run.best().role());

        Run whole = plan("cut").budget(Budget.limits().calls(7)).run();
        assertThat(whole.finished()).isTrue();
        assertThat(whole.endedByBudget()).isEmpty();
        assertThat(whole.best().source()).contains("# gain 23");
        assertThat(whole.heldout().orElseThrow().round()).isEqualTo(2);
        assertThat(script.roles()).as("nothing is paid for twice").hasSize(7);
        assertThat(found(whole)).isEqualTo(found(plan("uncut").run()));
    }

    @Test
    void theSameBudgetOrASmallerOneAsksAndWritesNothingMore() {
        Run run = plan("cut").budget(Budget.limits().calls(5)).run();
        int events = run.ledger().events().size();

        run.run();
        for (Budget same :
                List.of(
                        Budget.limits().calls(5),
                        Budget.limits().calls(4).tokens(1_000_000),
                        Budget.limits().calls(5).wallTime(Duration.ofHours(1)))) {
            Run again = plan("cut").budget(same).run();
            assertThat(again.over()).isTrue();
            assertThat(again.heldout()).isPresent();
            assertThatThrownBy(again::step)
                    .isInstanceOf(RunStoppedException.class)
                    .hasMessageContaining("the run ended: the budget of 5 calls is spent");
        }

        assertThat(script.asked).hasSize(5);
        assertThat(run.ledger().events()).hasSize(events);
    }

    @Test
    void aStepThatTheBudgetCutsShortEndsTheRun() {
        Run run = plan("cut").budget(Budget.limits().calls(4)).start();
        assertThat(run.step().round()).isEqualTo(1);
        assertThatThrownBy(run::step)
                .isInstanceOf(RunStoppedException.class)
                .hasMessage(
                        "the run ended: the budget of 4 calls is spent; raise it and run again. Not"
                                + " done: round 2 (of 2)");
        assertThat(run.heldout()).isPresent();
    }

    @Test
    void itsCandidatesCanStillBeMeasured() {
        Run run = plan("cut").budget(Budget.limits().calls(3)).run();
        assertThat(run.evaluate(run.candidate(1, 1), 30).returns()).hasSize(30);
        assertThat(run.endedByBudget()).isPresent();
        assertThat(script.asked).hasSize(3);
    }

    @Test
    void aResumedRunKeepsWhatItHasSpentCountedOrNot() {
        for (boolean counted : List.of(true, false)) {
            String name = "counted-" + counted;
            AtomicBoolean broken = new AtomicBoolean();
            List<ModelRequest> asked = new ArrayList<>();
            PromptPO uncut = line(name + "-uncut", counted, asked, new AtomicBoolean());
            // What the first four calls take, and less than the fifth may take.
            uncut.run();
            long budget = 0;
            for (ModelRequest request : asked.subList(0, 4)) {
                budget += counted ? 9 : worst(request);
            }
            budget += counted ? worst(asked.get(3)) - 9 : 0;
            asked.clear();

            line(name + "-once", counted, asked, broken)
                    .budget(Budget.limits().tokens(budget))
                    .run();
            assertThat(asked).as(name).hasSize(4);
            asked.clear();

            PromptPO plan = line(name + "-twice", counted, asked, broken);
            plan.budget(Budget.limits().tokens(budget));
            Run first = plan.start();
            first.step();
            broken.set(true);
            assertThatThrownBy(first::step).hasMessageContaining("the key is wrong");
            broken.set(false);
            plan.run();
            assertThat(asked).as(name + ", one of which cost nothing").hasSize(5);
        }
    }

    @Test
    void wallTimeIsKeptOverSessions() {
        Run none = plan("timed").budget(Budget.limits().wallTime(Duration.ofNanos(1))).run();
        assertThat(script.asked).isEmpty();
        assertThat(none.bestSoFar()).isEmpty();
        assertThat(none.heldout()).isEmpty();
        assertThat(none.endedByBudget().orElseThrow().notDone()).isEqualTo("rounds 1 to 2 (of 2)");
        double worked =
                last(none, "session_closed").fields().path("timing").path("worked_s").asDouble(-1);
        assertThat(worked).isNotNegative();

        Run hour = plan("timed").budget(Budget.limits().wallTime(Duration.ofHours(1))).run();
        assertThat(hour.finished()).isTrue();
    }

    @Test
    void observersHearOfHalfAndOfFourFifths() {
        List<String> warnings = new ArrayList<>();
        plan("warned")
                .budget(Budget.limits().calls(7))
                .observer(event -> {
                    if (event instanceof RunEvent.BudgetWarning warning) {
                        warnings.add(warning.message());
                    }
                })
                .run();
        assertThat(warnings)
                .containsExactly(
                        "50 % of the budget of 7 calls is spent (4)",
                        "80 % of the budget of 7 calls is spent (6)");
    }

    @Test
    void moneyNeedsAPriceBeforeAnythingIsDone() {
        assertThat(plan("free").budget(Budget.limits().money(1)).run().finished()).isTrue();
        assertThatThrownBy(() ->
                        plan("dear")
                                .model(Models.relay(folder.resolve("answers")))
                                .budget(Budget.limits().money(1))
                                .start())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("promptpo-prices.json");
        assertThat(Files.exists(folder.resolve("dear"))).isFalse();

        Price price = new Price(0, 0, 1e6 / OUTPUT, "EUR", "of this test");
        Run run = plan("priced").budget(Budget.limits().money(3.5, price)).run();
        assertThat(run.usage().calls()).as("a call may cost 1 EUR").isEqualTo(3);
        assertThat(run.endedByBudget().orElseThrow().reason())
                .startsWith("the budget of 3.50 EUR does not cover the next call: 3.00 EUR is");
    }

    @Test
    void aModelThatIsOverABudgetOfItsOwnEndsTheRunUntilItIsStartedAgain() {
        script.on("policy/2/2", request -> NoAnswer.of(Reason.BUDGET, "its own budget is spent"));
        Run run = plan("own").run();
        assertThat(run.endedByBudget().orElseThrow().reason()).isEqualTo("its own budget is spent");
        script.on("policy/2/2", Script.policy("# gain 22"));
        assertThat(plan("own").run().finished()).isTrue();
    }

    @Test
    void theBudgetIsNoSetting() {
        Run run = plan("cut").budget(Budget.limits().calls(1)).run();
        assertThat(run.settings().digest()).isEqualTo(plan("other").start().settings().digest());
    }

    private PromptPO plan(String name) {
        return PromptPO.on(LineSpec.spec())
                .model(script.model())
                .modelSettings(
                        new ModelSettings(OptionalDouble.empty(), OUTPUT, Duration.ofMinutes(1)))
                .engine(engine)
                .seeds(RunBudgetTest::seeds)
                .feedback(false)
                .heldoutEpisodes(30)
                .directory(folder.resolve(name));
    }

    /** Four rounds of one candidate, one request after the other; nine tokens a reply, or none. */
    private PromptPO line(
            String name, boolean counted, List<ModelRequest> asked, AtomicBoolean broken) {
        return plan(name)
                .model(
                        Models.scriptedReplies(request -> {
                            asked.add(request);
                            if (broken.get()) {
                                return NoAnswer.of(Reason.UNAUTHORIZED, "the key is wrong");
                            }
                            return new Answer(
                                    Script.policy("# gain 3"),
                                    "m",
                                    counted ? new TokenUsage(4, 0, 5) : TokenUsage.UNKNOWN,
                                    Duration.ZERO,
                                    new byte[0],
                                    Optional.empty());
                        }))
                .candidates(1)
                .rounds(4)
                .reflection(false);
    }

    private static long worst(ModelRequest request) {
        TokenUsage worst = Meter.worstCase(request.prompt().text(), OUTPUT);
        return worst.input() + worst.output();
    }

    private static List<Long> seeds(long seed, Purpose stage, int round, int episodes) {
        long first = stage == Purpose.HELDOUT ? 10_000 : 100L * round;
        return LongStream.range(first, first + episodes).boxed().toList();
    }

    /** What the run found, without the measurements of the best so far. */
    private static List<String> found(Run run) {
        return RunContent.of(run.ledger()).stream()
                .filter(line ->
                        !line.startsWith("evaluation") && !line.contains("\"purpose\":\"heldout\""))
                .toList();
    }

    private static Event last(Run run, String type) {
        return run.ledger().events().stream()
                .filter(event -> event.type().equals(type))
                .reduce((first, second) -> second)
                .orElseThrow();
    }
}
