package dev.promptpo.rollout;

import static dev.promptpo.rollout.Policies.cartPole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.promptpo.environment.EnvironmentSpec.Lifetime;
import dev.promptpo.environment.Seeds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class RolloutEngineTest {

    private static RolloutEngine engine;

    @BeforeAll
    static void start() {
        engine = RolloutEngines.start(new RolloutOptions(2, Isolation.SANDBOX));
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    @Test
    void aGoodPolicyIsMeasured() throws Exception {
        RolloutResult.Completed result = completed(engine.rollout(cartPole(Policies.BALANCES)));
        assertThat(result.returns()).hasSize(5).allMatch(value -> value == 500.0);
        assertThat(result.lengths()).hasSize(5).allMatch(length -> length == 500);
        assertThat(result.successes()).hasSize(5).allMatch(Optional::isEmpty);
        assertThat(result.score()).isEqualTo(500.0);
        assertThat(result.steps()).isEqualTo(2500);
        assertThat(result.isolation()).isEqualTo(Isolation.SANDBOX);
        assertThat(engine.versions()).containsKeys("python", "numpy", "gymnasium");
        assertThat(engine.versions().get("python")).startsWith("3.1");
        assertThat(result.actionsDigest()).matches("[0-9a-f]{64}");
        assertThat(result.seconds()).isPositive();
        assertThat(result.policyCpuSeconds()).isPositive();
        assertThat(result.trace()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    def broken(                                                    | SYNTAX       | load
                    x = 1                                                          | NO_CLASS     | load
                    class P:%n def __init__(self): 1 / 0%n def act(self, obs): pass| CONSTRUCTION | construct
                    class P:%n def act(self, obs): return obs.no_such_field        | EXCEPTION    | act
                    class P:%n def act(self, obs): return 'left'                   | BAD_ACTION   | act
                    class P:%n def act(self, obs): return [0] * 10 ** 10           | MEMORY       | act
                    import os%nclass P:%n def act(self, obs): os._exit(0)          | PROCESS_DIED | act
                    class P:%n def act(self, obs): open('/etc/passwd')             | FORBIDDEN    | act
                    import gymnasium%nclass P:%n def act(self, obs): return 0      | FORBIDDEN    | load
                    """)
    void aBadPolicyIsAResultThatSaysWhy(String source, FailureKind kind, String phase)
            throws Exception {
        RolloutResult result = engine.rollout(cartPole(source.replace("%n", "\n")));
        assertThat(result)
                .isInstanceOfSatisfying(
                        RolloutResult.Failed.class,
                        failed -> {
                            assertThat(failed.kind()).as(failed.toString()).isEqualTo(kind);
                            assertThat(failed.phase()).isEqualTo(phase);
                            assertThat(failed.message()).isNotBlank().doesNotContain("\n");
                            assertThat(failed.isolation()).isEqualTo(Isolation.SANDBOX);
                        });
    }

    @Test
    void aPolicyNeedsAnEnvironmentItsSourceAndSeeds() throws Exception {
        List<Long> seeds = Seeds.episodes(0, "evaluate", 0, 5);
        RolloutResult.Completed result =
                completed(engine.rollout("CartPole", Policies.BALANCES, seeds));
        assertThat(result.actionsDigest())
                .isEqualTo(completed(engine.rollout(cartPole(Policies.BALANCES))).actionsDigest());
    }

    @Test
    void aFailureSaysWhereTheLineAndOnWhichMachine() throws Exception {
        String source =
                """
                class CartPolePolicy:
                    def __init__(self):
                        self.calls = 0
                    def act(self, obs):
                        self.calls += 1
                        return 1 if self.calls < 4 else self.plan[0]
                """;
        RolloutResult result = engine.rollout("CartPole-v1", source, List.of(1L));
        assertThat(result.toString())
                .isEqualTo(
                        """
                        EXCEPTION in act, episode 1, step 4: AttributeError: 'CartPolePolicy' object\
                         has no attribute 'plan'
                        Traceback (most recent call last):
                          File "policy.py", line 6, in act
                            return 1 if self.calls < 4 else self.plan[0]
                                                            ^^^^^^^^^
                        AttributeError: 'CartPolePolicy' object has no attribute 'plan'\
                        """);
        assertThat(result.host()).isNotBlank();
        assertThat(engine.rollout(cartPole(Policies.BALANCES)).host()).isEqualTo(result.host());
    }

    @Test
    void aRolloutsOwnLimitsCountBeforeTheEngines() throws Exception {
        String slow =
                """
                class CartPolePolicy:
                    def act(self, obs):
                        return sum(range(30_000_000)) * 0
                """;
        RolloutResult result =
                engine.rollout("CartPole-v1", slow, List.of(1L), Map.of("cpu_s_step", 0.1));
        assertThat(result)
                .isInstanceOfSatisfying(
                        RolloutResult.Failed.class,
                        failed -> assertThat(failed.kind()).isEqualTo(FailureKind.TIMEOUT));
        assertThatThrownBy(
                        () -> engine.rollout("CartPole-v1", slow, List.of(1L), Map.of("cpu", 0.1)))
                .isInstanceOf(RolloutEngineException.class)
                .hasMessageContaining("unknown limit 'cpu'");
        assertThatThrownBy(() -> engine.rollout("CartPol", slow, List.of(1L)))
                .hasMessageContaining("CartPole-v1");
    }

    @Test
    void anEndlessPolicyRunsOutOfProcessorTime() throws Exception {
        RolloutResult result = engine.rollout(cartPole(Policies.NEVER_ANSWERS));
        assertThat(result)
                .isInstanceOfSatisfying(
                        RolloutResult.Failed.class,
                        failed -> {
                            assertThat(failed.kind()).isEqualTo(FailureKind.TIMEOUT);
                            assertThat(failed.phase()).isEqualTo("act");
                            assertThat(failed.steps()).isZero();
                        });
    }

    @Test
    void halfACharacterInTheSourceIsTheSourcesFault() throws Exception {
        RolloutResult result = engine.rollout(cartPole("x = '\ud800'\n" + Policies.BALANCES));
        assertThat(result)
                .isInstanceOfSatisfying(
                        RolloutResult.Failed.class,
                        failed -> assertThat(failed.kind()).isEqualTo(FailureKind.SYNTAX));
        assertThat(engine.rollout(cartPole(Policies.BALANCES)).steps()).isEqualTo(2500);
    }

    @Test
    void anUnknownEnvironmentIsTheCallersMistake() {
        RolloutRequest request =
                new RolloutRequest(
                        "CartPoll",
                        "paper",
                        Policies.BALANCES,
                        "",
                        List.of(1L),
                        Lifetime.EPISODE,
                        Purpose.EVALUATE,
                        1,
                        false);
        assertThatThrownBy(() -> engine.rollout(request))
                .isInstanceOf(RolloutEngineException.class)
                .hasMessageContaining("CartPole");
    }

    @Test
    void aTraceHoldsWhatHappened() throws Exception {
        RolloutResult.Completed result =
                completed(engine.rollout(cartPole(Policies.PUSHES_RIGHT, List.of(1L, 2L), true)));
        Trace trace = result.trace().orElseThrow();
        assertThat(trace.rows()).isEqualTo(result.lengths());
        assertThat(trace.observation()).isEqualTo(4);
        assertThat(trace.action()).isEqualTo(1);
        for (int episode = 0; episode < 2; episode++) {
            double sum = 0;
            for (int step = 0; step < trace.rows().get(episode); step++) {
                assertThat(trace.value(episode, step, 4)).as("action").isEqualTo(1.0);
                sum += trace.value(episode, step, 5);
            }
            assertThat(sum).isEqualTo(result.returns().get(episode));
            assertThat(trace.value(episode, 0, 0)).as("first position").isBetween(-0.05, 0.05);
        }
        assertThat(trace.value(1, 1, 1) - trace.value(1, 0, 1))
                .as("a push to the right, 0.02 s of about 9.8 m/s^2")
                .isCloseTo(0.195, within(0.01));
    }

    @Test
    void feedbackReadsTheTraceOfEachEpisode() throws Exception {
        RolloutResult.Completed result =
                completed(engine.rollout(cartPole(Policies.PUSHES_RIGHT, List.of(1L, 2L), true)));
        FeedbackRequest request =
                new FeedbackRequest(
                        "CartPole-v1",
                        "paper",
                        """
                        class Feedback:
                            def summarize_trajectory(self, traj):
                                return f"{len(traj)} steps, from {traj[0].vector[0]:.4f}"
                        """,
                        result.trace().orElseThrow());
        Trace trace = request.trace();
        assertThat(Futures.await(engine.submit(request)))
                .isInstanceOfSatisfying(
                        FeedbackResult.Completed.class,
                        completed ->
                                assertThat(completed.summaries())
                                        .containsExactly(summary(trace, 0), summary(trace, 1)));
        FeedbackRequest broken =
                new FeedbackRequest(
                        "CartPole-v1",
                        "paper",
                        """
                        class Feedback:
                            def summarize_trajectory(self, traj):
                                return traj[0].nothing
                        """,
                        trace);
        assertThat(Futures.await(engine.submit(broken)))
                .isInstanceOfSatisfying(
                        FeedbackResult.Failed.class,
                        failed -> {
                            assertThat(failed.kind()).isEqualTo(FailureKind.EXCEPTION);
                            assertThat(failed.traceback()).contains("traj[0].nothing");
                        });
    }

    private static String summary(Trace trace, int episode) {
        return String.format(
                "%d steps, from %.4f", trace.rows().get(episode), trace.value(episode, 0, 0));
    }

    @Test
    void manyAtOnceComeBackToTheirOwnCallers() {
        List<CompletableFuture<RolloutResult>> futures = new ArrayList<>();
        for (long seed = 0; seed < 12; seed++) {
            String source = seed % 2 == 0 ? Policies.BALANCES : Policies.PUSHES_RIGHT;
            futures.add(
                    engine.submit(cartPole(source, List.of(seed), false), RolloutListener.SILENT));
        }
        for (int i = 0; i < futures.size(); i++) {
            double score = completed(futures.get(i).join()).score();
            if (i % 2 == 0) {
                assertThat(score).isEqualTo(500.0);
            } else {
                assertThat(score).isBetween(8.0, 12.0);
            }
        }
    }

    @Test
    void theNumberOfWorkersChangesNoResult() throws Exception {
        String random =
                """
                import random
                import numpy
                class CartPolePolicy:
                    def act(self, obs):
                        return int(random.random() + numpy.random.random() < 1)
                """;
        List<Long> seeds = Seeds.episodes(4, "search", 1, 6);
        RolloutResult.Completed two = completed(engine.rollout(cartPole(random, seeds, true)));
        try (RolloutEngine single =
                RolloutEngines.start(new RolloutOptions(1, Isolation.SANDBOX))) {
            RolloutResult.Completed one = completed(single.rollout(cartPole(random, seeds, true)));
            assertThat(one.returns()).isEqualTo(two.returns()).doesNotHaveDuplicates();
            assertThat(one.actionsDigest()).isEqualTo(two.actionsDigest());
            assertThat(one.trace().orElseThrow().data())
                    .isEqualTo(two.trace().orElseThrow().data());
        }
    }

    @Test
    void progressIsHeardAndGrows() throws Exception {
        List<Long> steps = Collections.synchronizedList(new ArrayList<>());
        RolloutResult result =
                engine.submit(
                                cartPole(Policies.SLOW, List.of(1L, 2L), false),
                                (taken, episodes) -> steps.add(taken))
                        .join();
        assertThat(steps).isNotEmpty().isSorted().allMatch(taken -> taken <= result.steps());
    }

    @Test
    void aListenerThatFailsHarmsNobody() {
        RolloutResult result =
                engine.submit(
                                cartPole(Policies.SLOW, List.of(1L), false),
                                (taken, episodes) -> {
                                    throw new IllegalStateException("a listener's own fault");
                                })
                        .join();
        assertThat(completed(result).score()).isEqualTo(500.0);
    }

    @Test
    void aCancelledRolloutMakesRoomForTheNext() throws Exception {
        try (RolloutEngine single =
                RolloutEngines.start(new RolloutOptions(1, Isolation.SANDBOX))) {
            CountDownLatch running = new CountDownLatch(1);
            List<CompletableFuture<RolloutResult>> endless = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                endless.add(single.submit(slow(200), (steps, episodes) -> running.countDown()));
            }
            running.await();
            endless.forEach(future -> future.cancel(true));
            // Each of them would have taken minutes.
            assertThat(completed(single.rollout(cartPole(Policies.BALANCES))).score())
                    .isEqualTo(500.0);
            for (CompletableFuture<RolloutResult> future : endless) {
                assertThatThrownBy(future::join).isInstanceOf(CancellationException.class);
            }
        }
    }

    @Test
    void anInterruptedWaitLeavesNoWork() throws Exception {
        try (RolloutEngine single =
                RolloutEngines.start(new RolloutOptions(1, Isolation.SANDBOX))) {
            CountDownLatch running = new CountDownLatch(1);
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread caller =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    Futures.await(
                                            single.submit(
                                                    slow(200),
                                                    (steps, done) -> running.countDown()));
                                } catch (Throwable e) {
                                    thrown.set(e);
                                }
                            });
            running.await();
            caller.interrupt();
            caller.join();
            assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
            assertThat(completed(single.rollout(cartPole(Policies.BALANCES))).score())
                    .isEqualTo(500.0);
        }
    }

    private static RolloutRequest slow(int episodes) {
        return cartPole(Policies.SLOW, Seeds.episodes(0, "heldout", 0, episodes), false);
    }

    @Test
    void theSharedEngineIsOneAndStaysOpen() throws Exception {
        RolloutEngine first = RolloutEngines.shared();
        first.close();
        assertThat(RolloutEngines.shared()).isEqualTo(first);
        assertThat(first.isolation()).isEqualTo(Isolation.SANDBOX);
        assertThat(completed(first.rollout(cartPole(Policies.BALANCES))).score()).isEqualTo(500.0);
    }

    private static RolloutResult.Completed completed(RolloutResult result) {
        assertThat(result).isInstanceOf(RolloutResult.Completed.class);
        return (RolloutResult.Completed) result;
    }
}
