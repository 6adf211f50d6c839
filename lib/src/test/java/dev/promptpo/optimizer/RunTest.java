package dev.promptpo.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.promptpo.environment.EnvironmentSpec.Lifetime;
import dev.promptpo.ledger.Event;
import dev.promptpo.ledger.LedgerException;
import dev.promptpo.llm.ModelReply;
import dev.promptpo.llm.ModelReply.Answer;
import dev.promptpo.llm.ModelReply.NoAnswer;
import dev.promptpo.llm.ModelReply.Reason;
import dev.promptpo.llm.ModelRequest;
import dev.promptpo.llm.Models;
import dev.promptpo.optimizer.RoundSummary.Audit;
import dev.promptpo.rollout.FailureKind;
import dev.promptpo.rollout.Purpose;
import dev.promptpo.rollout.RolloutRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RunTest {
    @TempDir Path folder;

    private final LineEngine engine = new LineEngine();
    private final Script script = Script.good();

    @Test
    void improvesRoundByRoundAndMeasuresTheBest() {
        Run run = plan().run();

        assertThat(run.finished()).isTrue();
        assertThat(run.rounds()).hasSize(2);
        assertThat(run.rounds().get(0).winner().orElseThrow().index()).isEqualTo(3);
        assertThat(run.rounds().get(0).winner().orElseThrow().returns()).isEqualTo(returns(13, 1));
        assertThat(run.best().round()).isEqualTo(2);
        assertThat(run.best().index()).isEqualTo(3);
        assertThat(run.best().source()).contains("# gain 23");
        assertThat(run.rounds()).extracting(RoundSummary::audit).containsOnly(Audit.DETERMINISTIC);
        assertThat(run.rounds().get(0).summaries()).containsExactly("went right", "went right");
        Evaluation held = run.heldout().orElseThrow();
        assertThat(held.returns()).hasSize(30);
        assertThat(held.score().orElseThrow())
                .isCloseTo(
                        held.returns().stream().mapToDouble(r -> r).average().orElseThrow(),
                        within(1e-12));
        assertThat(script.roles())
                .containsExactly(
                        "feedback",
                        "policy/1/1",
                        "policy/1/2",
                        "policy/1/3",
                        "policy/2/1",
                        "policy/2/2",
                        "policy/2/3",
                        "reflection/2");
        // 2 rounds x 3 candidates x 2 episodes x 10 steps; an audit a round; 30 episodes held out
        assertThat(run.steps().of(Purpose.SEARCH)).isEqualTo(120);
        assertThat(run.steps().of(Purpose.AUDIT)).isEqualTo(40);
        assertThat(run.steps().of(Purpose.HELDOUT)).isEqualTo(300);
        assertThat(run.steps().search()).isEqualTo(120);
        assertThat(run.steps().lowerBound()).isFalse();
        assertThat(run.usage().calls()).isEqualTo(8);
        assertThat(run.usage().answers()).isEqualTo(8);
    }

    @Test
    void theNextPromptTellsOfTheWinnerItsEpisodesAndTheReflection() {
        plan().run();
        assertThat(script.prompt("policy/1/1")).doesNotContain("# gain");
        assertThat(script.prompt("policy/2/1"))
                .contains("# gain 13")
                .doesNotContain("# gain 12")
                .contains("went right")
                .contains("Better than before round 2.");
        assertThat(script.prompt("reflection/2")).contains("# gain 13").contains("went right");
    }

    /** So that a provider's cache of beginnings serves all but the last round. */
    @Test
    void eachPromptBeginsAsTheOneBeforeUpToTheRoundThatIsNew() {
        plan().rounds(5).run();
        String task = "";
        for (int round = 2; round <= 5; round++) {
            String before = script.prompt("policy/" + (round - 1) + "/1");
            String now = script.prompt("policy/" + round + "/1");
            for (int index = 2; index <= 3; index++) {
                assertThat(script.prompt("policy/" + round + "/" + index)).isEqualTo(now);
            }
            String repeated = now.substring(0, Arrays.mismatch(chars(before), chars(now)));
            assertThat(repeated).startsWith(task);
            for (int shown = 1; shown <= round - 2; shown++) {
                assertThat(repeated)
                        .contains("# gain " + (10 * shown + 3))
                        .contains("Better than before round " + (shown + 1) + ".");
            }
            assertThat(repeated).doesNotContain("# gain " + (10 * (round - 1) + 3));
            task = round == 2 ? repeated : task;
        }
        assertThat(task).contains("# What to write").hasSizeGreaterThan(1000);
    }

    private static char[] chars(String text) {
        return text.toCharArray();
    }

    @Test
    void allCandidatesOfARoundMeetTheSameEpisodesAndRoundsMeetOthers() {
        plan().run();
        assertThat(search(1)).hasSize(3).containsOnly(seeds(Purpose.SEARCH, 1, 2));
        assertThat(search(2)).hasSize(3).containsOnly(seeds(Purpose.SEARCH, 2, 2));
        assertThat(requests(Purpose.AUDIT))
                .allSatisfy(audit -> {
                    assertThat(audit.lockstep()).isEqualTo(1);
                    assertThat(audit.trace()).isTrue();
                });
        assertThat(requests(Purpose.HELDOUT).stream().flatMap(r -> r.seeds().stream()))
                .containsExactlyInAnyOrderElementsOf(seeds(Purpose.HELDOUT, 0, 30));
    }

    @Test
    void aFailureIsRepairedWithItsTraceback() {
        script.on("policy/1/3", Script.policy("# fail EXCEPTION"));
        script.on("repair/1/3/1", "No code at all.");
        script.on("repair/1/3/2", Script.policy("# gain 19"));
        Run run = plan().run();
        Candidate candidate = run.candidate(1, 3);

        assertThat(candidate.completed()).isTrue();
        assertThat(candidate.attempts())
                .extracting(Attempt::role)
                .containsExactly("policy/1/3", "repair/1/3/1", "repair/1/3/2");
        assertThat(candidate.steps()).as("steps of failed attempts count").isEqualTo(3 + 20);
        assertThat(run.rounds().get(0).winner()).contains(candidate);
        assertThat(script.prompt("repair/1/3/1"))
                .contains("# fail EXCEPTION")
                .contains("EXCEPTION in act, episode 1, step 3: it broke")
                .contains("line 3, in act");
        assertThat(script.prompt("repair/1/3/2"))
                .contains("No code at all.")
                .contains("NO_CODE in reply");
    }

    @Test
    void aCandidateThatStaysFailedCostsOnlyItself() {
        script.on("policy/1/3", Script.policy("# fail TIMEOUT"));
        script.on("repair/1/3/1", Script.policy("# fail MEMORY"));
        script.on("repair/1/3/2", Script.policy("# fail PROCESS_DIED"));
        Run run = plan().run();

        assertThat(run.candidate(1, 3).failure()).contains(FailureKind.PROCESS_DIED);
        assertThat(run.candidate(1, 3).score()).isEmpty();
        assertThat(run.candidate(1, 3).attempts()).hasSize(3);
        assertThat(run.rounds().get(0).winner().orElseThrow().index()).isEqualTo(2);
        assertThat(run.finished()).isTrue();
        assertThatThrownBy(() -> run.evaluate(run.candidate(1, 3), 5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("only a candidate that completed");
        Candidate stranger = new Candidate(1, 1, run.candidate(1, 2).attempts());
        assertThatThrownBy(() -> run.evaluate(stranger, 5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a run measures its own candidates");
    }

    @Test
    void aRefusedReplyCostsTheCandidateAndIsNotRepaired() {
        script.on("policy/1/1", none(Reason.FILTERED, "the provider refused"));
        Run run = plan().run();
        assertThat(run.candidate(1, 1).failure()).contains(FailureKind.NO_CODE);
        assertThat(run.candidate(1, 1).attempts()).hasSize(1);
        assertThat(run.finished()).isTrue();
    }

    @Test
    void ofEqualScoresTheFirstWins() {
        for (int round = 1; round <= 2; round++) {
            for (int index = 1; index <= 3; index++) {
                script.on("policy/" + round + "/" + index, Script.policy("# gain 5"));
            }
        }
        // the same seeds in both rounds, so that all six scores are equal
        Run run =
                plan().seeds((seed, stage, round, n) -> LongStream.range(0, n).boxed().toList())
                        .run();
        assertThat(run.best().round()).isEqualTo(1);
        assertThat(run.best().index()).isEqualTo(1);
    }

    @Test
    void aRoundWithoutAWinnerLeavesTheHistoryAndTheRunGoesOn() {
        for (int index = 1; index <= 3; index++) {
            script.on("policy/2/" + index, Script.policy("# fail SYNTAX"));
        }
        Run run = plan().rounds(3).repairs(0).run();

        assertThat(run.rounds().get(1).winner()).isEmpty();
        assertThat(run.rounds().get(1).audit()).isEqualTo(Audit.NONE);
        assertThat(script.prompt("policy/3/1"))
                .isEqualTo(script.prompt("policy/2/1"))
                .contains("# gain 13");
        assertThat(script.roles()).contains("reflection/2").doesNotContain("reflection/3");
        assertThat(run.best().round()).isEqualTo(3);
    }

    @Test
    void aRunWithoutAnyWinnerFinishesAndSaysSo() {
        for (int round = 1; round <= 2; round++) {
            for (int index = 1; index <= 3; index++) {
                script.on("policy/" + round + "/" + index, "I would rather not.");
            }
        }
        Run run = plan().repairs(0).run();
        assertThat(run.finished()).isTrue();
        assertThat(run.bestSoFar()).isEmpty();
        assertThat(run.heldout()).isEmpty();
        assertThatThrownBy(run::best)
                .isInstanceOf(NoSuchElementException.class)
                .hasMessageContaining("no candidate has completed");
        assertThat(script.roles()).doesNotContain("reflection/2");
    }

    @Test
    void aWinnerWithOtherReturnsTheSecondTimeIsStamped() {
        script.on("policy/1/3", Script.policy("# gain 13\n    # drifts"));
        script.on("policy/2/3", Script.policy("# gain 30\n    # fails when audited"));
        Run run = plan().run();
        assertThat(run.rounds())
                .extracting(RoundSummary::audit)
                .containsExactly(Audit.NON_DETERMINISTIC, Audit.NON_DETERMINISTIC);
        assertThat(run.deterministic()).isFalse();
        assertThat(run.rounds().get(0).summaries()).hasSize(2);
        assertThat(run.rounds().get(1).summaries()).isEmpty();
        assertThat(run.rounds().get(1).note()).contains("failed when it was rolled out again");
    }

    @Test
    void aFeedbackClassIsRepairedOnceForTheWholeRun() {
        script.on("feedback", Script.code("Feedback", "# fail EXCEPTION"));
        script.on("repair/feedback/1", Script.code("Feedback", "# tells mended"));
        Run run = plan().run();
        assertThat(run.rounds()).allSatisfy(r -> assertThat(r.summaries()).contains("mended"));
        assertThat(script.roles()).containsOnlyOnce("feedback", "repair/feedback/1");
        assertThat(script.prompt("repair/feedback/1")).contains("no such field").contains("line 2");
        assertThat(engine.feedback).hasSize(3);
    }

    @Test
    void withoutAWorkingFeedbackClassTheRunGoesOnAndSaysSo() {
        script.on("feedback", "Statistics would be nice.");
        script.on("repair/feedback/1", Script.code("Feedback", "# fail EXCEPTION"));
        script.on("repair/feedback/2", Script.code("Feedback", "# fail EXCEPTION"));
        Run run = plan().run();
        assertThat(run.finished()).isTrue();
        assertThat(run.rounds().get(0).note()).contains("goes on without its summaries");
        assertThat(run.rounds().get(1).note()).contains("failed in an earlier round");
        assertThat(run.rounds()).allSatisfy(r -> assertThat(r.summaries()).isEmpty());
        assertThat(engine.feedback).hasSize(2);
    }

    @Test
    void feedbackAndReflectionCanBeLeftOut() {
        Run run = plan().feedback(false).reflection(false).run();
        assertThat(script.roles()).allMatch(role -> role.startsWith("policy/"));
        assertThat(run.rounds().get(0).note()).isEmpty();
        assertThat(engine.feedback).isEmpty();
    }

    @Test
    void aPolicyThatLivesThroughItsEpisodesIsMeasuredInWholeLives() {
        Run run = plan().lifetime(Lifetime.CANDIDATE).episodes(4).heldoutEpisodes(10).run();
        assertThat(requests(Purpose.HELDOUT))
                .hasSize(3)
                .allSatisfy(r -> {
                    assertThat(r.seeds()).hasSize(4);
                    assertThat(r.lifetime()).isEqualTo(Lifetime.CANDIDATE);
                });
        assertThat(run.heldout().orElseThrow().returns()).hasSize(12);
    }

    @Test
    void measuringAgainReusesTheEpisodesThatWerePlayed() {
        Run run = plan().heldoutEpisodes(50).run();
        int before = engine.requests.size();
        Evaluation longer = run.evaluate(run.best(), 100);
        assertThat(engine.requests).hasSize(before + 2);
        assertThat(longer.returns().subList(0, 50))
                .isEqualTo(run.heldout().orElseThrow().returns());
        assertThat(run.evaluations()).hasSize(2);
        Evaluation other = run.evaluate(run.candidate(1, 1), 50);
        assertThat(other.seeds()).isEqualTo(run.heldout().orElseThrow().seeds());
    }

    @Test
    void aFinishedRunIsOpenedWithoutAskingOrRollingOut() {
        plan().run();
        int asked = script.asked.size();
        int rolled = engine.requests.size();
        List<Event> events = plan().start().ledger().events();
        Run again = plan().run();

        assertThat(again.finished()).isTrue();
        assertThat(again.best().source()).contains("# gain 23");
        assertThat(again.heldout()).isPresent();
        assertThat(script.asked).hasSize(asked);
        assertThat(engine.requests).hasSize(rolled);
        assertThat(again.ledger().events()).isEqualTo(events);
        assertThatThrownBy(again::step).isInstanceOf(IllegalStateException.class);
        Run looked = Run.look(folder.resolve("run"));
        assertThat(looked.best()).isEqualTo(again.best());
        assertThat(looked.spec()).isEqualTo(again.spec());
        assertThat(looked.usage()).isEqualTo(again.usage());
    }

    @Test
    void steppingPlaysOneRound() {
        Run run = plan().start();
        assertThat(script.asked).as("nothing is spent by starting").isEmpty();
        assertThat(run.step().round()).isEqualTo(1);
        assertThat(run.rounds()).hasSize(1);
        assertThat(run.finished()).isFalse();
        run.close();
        Run later = plan().start();
        assertThat(later.rounds()).hasSize(1);
        assertThat(later.step().round()).isEqualTo(2);
        assertThat(later.finished()).isTrue();
        assertThat(later.heldout()).isPresent();
        assertThat(script.roles()).doesNotHaveDuplicates();
    }

    @Test
    void aCellThatIsRunAgainTakesTheIdleRunOver() {
        Run first = plan().start();
        first.step();
        Run second = plan().start();
        assertThat(second.rounds()).hasSize(1);
        second.step();
        assertThat(second.finished()).isTrue();
    }

    @Test
    void aFaultOfTheModelStopsTheRunWhichGoesOnLater() {
        script.on("policy/2/2", none(Reason.UNAUTHORIZED, "401: set OPENAI_API_KEY"));
        List<RunEvent> heard = new ArrayList<>();
        assertThatThrownBy(() -> plan().observer(heard::add).run())
                .isInstanceOf(RunStoppedException.class)
                .hasMessageContaining("the run stopped at policy/2/2: 401: set OPENAI_API_KEY")
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
        assertThat(heard.getLast()).isInstanceOf(RunEvent.RunStopped.class);
        List<String> before = script.roles();

        script.on("policy/2/2", Script.policy("# gain 50"));
        Run run = plan().run();
        assertThat(run.best().source()).contains("# gain 50");
        List<String> asked = new ArrayList<>(script.roles());
        before.forEach(asked::remove);
        assertThat(asked)
                .contains("policy/2/2")
                .isSubsetOf("policy/2/1", "policy/2/2", "policy/2/3");
        assertThat(script.roles())
                .filteredOn(role -> !role.equals("policy/2/2"))
                .doesNotHaveDuplicates();
        assertThat(closings(run)).containsExactly("stopped", "finished");
        assertThat(RunContent.of(run.ledger()))
                .isEqualTo(RunContent.of(other("uncut", script).run().ledger()));
    }

    @Test
    void whatOthersHaveUnderWayWhenOneStopsIsKept() throws InterruptedException {
        CountDownLatch refused = new CountDownLatch(1);
        script.on("policy/1/1", none(Reason.UNPAID, "the account is empty"));
        script.on(
                "policy/1/2",
                request -> {
                    await(refused);
                    return Answer.of(Script.policy("# gain 12"));
                });
        RunObserver opener =
                event -> {
                    if (event instanceof RunEvent.ReplyReceived reply
                            && reply.role().equals("policy/1/1")) {
                        refused.countDown();
                    }
                };
        Run run = plan().observer(opener).start();
        assertThatThrownBy(run::run).isInstanceOf(RunStoppedException.class);
        assertThat(run.ledger().events())
                .filteredOn(e -> e.type().equals("reply_received"))
                .extracting(e -> e.fields().path("role").asText())
                .contains("policy/1/2");
    }

    @Test
    void anInterruptCancelsRolloutsAndTheRunGoesOnLater() throws Exception {
        script.on("policy/1/2", Script.policy("# gain 12\n    # hangs"));
        Run run = plan().start();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread cell =
                new Thread(() -> {
                    try {
                        run.run();
                    } catch (RunInterruptedException e) {
                        thrown.set(e);
                        assertThat(Thread.currentThread().isInterrupted()).isFalse();
                    }
                });
        cell.start();
        while (engine.hanging.isEmpty()) {
            Thread.onSpinWait();
        }
        cell.interrupt();
        cell.join(TimeUnit.SECONDS.toMillis(20));

        assertThat(thrown.get()).isInstanceOf(RunInterruptedException.class);
        assertThat(engine.hanging.peek()).isCancelled();
        assertThat(run.steps().lowerBound()).isTrue();
        // two candidates of 20 steps, and the 3 steps that the third had reported
        assertThat(run.steps().of(Purpose.SEARCH)).isEqualTo(43);
        assertThat(closings(run)).containsExactly("interrupted");

        // the reply whose rollout hung was paid for and stays; this time it does not hang
        List<RunEvent> heard = new ArrayList<>();
        engine.patient = true;
        Run resumed = plan().observer(heard::add).run();
        assertThat(resumed.finished()).isTrue();
        assertThat(resumed.candidate(1, 2).source()).contains("# hangs");
        assertThat(script.roles()).doesNotHaveDuplicates();
        assertThat(heard.get(1)).isInstanceOf(RunEvent.Resumed.class);
    }

    @Test
    void aRunThatIsAtWorkRefusesASecondDriver() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        script.on(
                "policy/1/1",
                request -> {
                    asked.countDown();
                    await(go);
                    return Answer.of(Script.policy("# gain 11"));
                });
        Run run = plan().start();
        CompletableFuture<Run> first = CompletableFuture.supplyAsync(run::run);
        asked.await();
        assertThatThrownBy(run::run)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("at work in another thread");
        assertThatThrownBy(() -> plan().start())
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("is being written by this process");
        go.countDown();
        assertThat(first.get(20, TimeUnit.SECONDS).finished()).isTrue();
    }

    @Test
    void observersHearEverythingInOrderAndHurtNobody() {
        List<RunEvent> own = new ArrayList<>();
        List<RunEvent> everywhere = new ArrayList<>();
        try (var registration = RunObservers.register(everywhere::add)) {
            assertThat(registration).isNotNull();
            plan().observer(
                            event -> {
                                throw new IllegalStateException("a broken display");
                            })
                    .observer(own::add)
                    .run();
        }
        plan().run();

        assertThat(own).isEqualTo(everywhere);
        assertThat(own.getFirst()).isInstanceOf(RunEvent.RunStarted.class);
        assertThat(own.getLast()).isInstanceOf(RunEvent.RunClosed.class);
        assertThat(own).filteredOn(e -> e instanceof RunEvent.RoundClosed).hasSize(2);
        assertThat(own).filteredOn(e -> e instanceof RunEvent.CandidateFinished).hasSize(6);
        assertThat(own).filteredOn(e -> e instanceof RunEvent.RequestStarted).hasSize(8);
        assertThat(own).filteredOn(e -> e instanceof RunEvent.ReplyReceived).hasSize(8);
        assertThat(own).filteredOn(e -> e instanceof RunEvent.Evaluated).hasSize(1);
    }

    @Test
    void badSettingsAreRefusedInOneLine() {
        for (Runnable bad :
                List.<Runnable>of(
                        () -> plan().candidates(0),
                        () -> plan().rounds(0),
                        () -> plan().episodes(-1),
                        () -> plan().repairs(-1),
                        () -> plan().seed(-1),
                        () -> plan().heldoutEpisodes(-1))) {
            assertThatThrownBy(bad::run)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageMatching("\\w+ must be at least [01]; got -?\\d");
        }
    }

    @Test
    void aFolderWithOtherSettingsIsRefusedAndNamesThem() {
        plan().run();
        assertThatThrownBy(() -> plan().candidates(4).seed(7).start())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("candidates 3, asked for 4; seed 0, asked for 7")
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    }

    @Test
    void aModelThatCannotBeOpenedLeavesNoFolder() {
        Path place = folder.resolve("none");
        assertThatThrownBy(() ->
                        PromptPO.on(LineSpec.spec())
                                .model(Models.replay(folder.resolve("missing.json")))
                                .engine(engine)
                                .directory(place)
                                .start())
                .isInstanceOf(RuntimeException.class);
        assertThat(Files.exists(place)).isFalse();
    }

    @Test
    void aBrokenLineIsNamedWhenTheRunIsOpened() throws Exception {
        plan().run();
        Path events = folder.resolve("run/events.jsonl");
        String text = Files.readString(events);
        Files.writeString(events, text.replaceFirst("session_started", "session_startet"));
        assertThatThrownBy(() -> plan().start())
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("line 1 of ");
    }

    private PromptPO plan() {
        return other("run", script);
    }

    private PromptPO other(String name, Script model) {
        return PromptPO.on(LineSpec.spec())
                .model(model.model())
                .engine(engine)
                .seeds(RunTest::seeds)
                .heldoutEpisodes(30)
                .directory(folder.resolve(name));
    }

    private static List<Long> seeds(Purpose stage, int round, int episodes) {
        return seeds(0, stage, round, episodes);
    }

    /** 100 and on in round 1, 200 and on in round 2; held-out episodes from 10000 on. */
    private static List<Long> seeds(long seed, Purpose stage, int round, int episodes) {
        long first = stage == Purpose.HELDOUT ? 10_000 : 100L * round;
        return LongStream.range(first, first + episodes).boxed().toList();
    }

    private static List<Double> returns(double gain, int round) {
        return seeds(Purpose.SEARCH, round, 2).stream().map(s -> gain + s % 3 - 1.0).toList();
    }

    private List<List<Long>> search(int round) {
        return requests(Purpose.SEARCH).stream()
                .map(RolloutRequest::seeds)
                .filter(seeds -> seeds.getFirst() / 100 == round)
                .toList();
    }

    private List<RolloutRequest> requests(Purpose purpose) {
        return engine.requests.stream().filter(r -> r.purpose() == purpose).toList();
    }

    private static List<String> closings(Run run) {
        return run.ledger().events().stream()
                .filter(e -> e.type().equals("session_closed"))
                .map(e -> e.fields().path("reason").asText())
                .toList();
    }

    private static Function<ModelRequest, ModelReply> none(Reason reason, String message) {
        return request -> NoAnswer.of(reason, message);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
