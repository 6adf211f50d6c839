package dev.promptpo.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptpo.environment.EnvironmentSpec.Lifetime;
import dev.promptpo.ledger.LedgerReader;
import dev.promptpo.llm.Models;
import dev.promptpo.optimizer.RoundSummary.Audit;
import dev.promptpo.prompt.ContextForm;
import dev.promptpo.rollout.FailureKind;
import dev.promptpo.rollout.Purpose;
import dev.promptpo.rollout.RolloutEngine;
import dev.promptpo.rollout.RolloutEngines;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The loop with a scripted model through real rollouts, on NoiseWorld's board 0 (5 x 5). */
@Timeout(300)
class RolloutsOfARunTest {
    private static final String UP =
            """
            ```python
            class NoiseWorld0Policy:
                def act(self, obs):
                    return 0
            ```
            """;

    private static RolloutEngine engine;

    @TempDir Path folder;

    private final Map<String, String> replies = new HashMap<>();

    @BeforeAll
    static void start() {
        engine = RolloutEngines.shared();
    }

    @Test
    void theKeptRecordingFitsTheDefaultPromptsByteForByte() {
        Path kept =
                Path.of(
                        System.getProperty("promptpo.home"),
                        "notebooks/recordings/noiseworld2-n10-r3.json");
        Run run =
                PromptPO.on("NoiseWorld2")
                        .model(Models.replay(kept))
                        .candidates(10)
                        .rounds(3)
                        .episodes(5)
                        .heldoutEpisodes(0)
                        .engine(engine)
                        .directory(folder.resolve("run"))
                        .run();
        assertThat(run.usage().calls()).isEqualTo(33);
        assertThat(run.usage().drifted()).isZero();
    }

    @Test
    void anAnonymousPolicyAndItsFeedbackSeeAnonymousNames() {
        replies.put(
                "feedback",
                fenced(
                        """
                        class Feedback:
                            def summarize_trajectory(self, traj):
                                last = traj[-1]
                                assert not hasattr(last, "agent_row")
                                return f"{last.o4.shape} {len(last.vector)} {last!r:.15}"
                        """));
        replies.put(
                "policy/1/1",
                fenced(
                        """
                        class Policy:
                            def act(self, obs):
                                assert not hasattr(obs, "goal_row")
                                return 1 if obs.o0 < obs.o2 else 3
                        """));
        replies.put("policy/1/2", acting("return 1 if obs.agent_row < obs.goal_row else 3"));
        Run run = plan(2, 1, 0).context(ContextForm.ANONYMOUS).feedback(true).run();

        assertThat(run.candidate(1, 1).completed()).isTrue();
        assertThat(run.candidate(1, 2).failure()).contains(FailureKind.EXCEPTION);
        assertThat(run.candidate(1, 2).toString()).contains("has no attribute 'agent_row'");
        assertThat(run.rounds().getFirst().audit()).isEqualTo(Audit.DETERMINISTIC);
        assertThat(run.rounds().getFirst().summaries())
                .hasSize(run.settings().episodes())
                .containsOnly("(5, 5) 29 Observation(o0=");
    }

    @Test
    void everyKindOfFailureCostsOnlyItsCandidate() {
        replies.put("policy/1/1", "I cannot write code today.");
        replies.put("policy/1/2", fenced("class NoiseWorld0Policy:\n    def act(self, obs)\n"));
        replies.put("policy/1/3", fenced("def act(obs):\n    return 0\n"));
        replies.put("policy/1/4", acting("raise ValueError('no way \\udc00')"));
        replies.put("policy/1/5", acting("while True: pass"));
        replies.put("policy/1/6", acting("import os; os._exit(3)"));
        replies.put("policy/1/7", acting("return float('nan')"));
        replies.put("policy/1/8", acting("return open('/etc/passwd').read()"));
        replies.put("policy/1/9", acting("return bytearray(64 << 30)"));
        replies.put(
                "policy/1/10",
                fenced(
                        """
                        class NoiseWorld0Policy:
                            def __init__(self):
                                self.table = undefined
                            def act(self, obs):
                                return 0
                        """));
        replies.put("policy/1/11", UP);
        Run run = plan(11, 1, 0).run();

        assertThat(run.candidates(1))
                .extracting(candidate -> candidate.failure().orElse(null))
                .containsExactly(
                        FailureKind.NO_CODE,
                        FailureKind.SYNTAX,
                        FailureKind.NO_CLASS,
                        FailureKind.EXCEPTION,
                        FailureKind.TIMEOUT,
                        FailureKind.PROCESS_DIED,
                        FailureKind.BAD_ACTION,
                        FailureKind.FORBIDDEN,
                        FailureKind.MEMORY,
                        FailureKind.CONSTRUCTION,
                        null);
        assertThat(run.best().index()).isEqualTo(11);
        assertThat(run.rounds().getFirst().audit()).isEqualTo(Audit.DETERMINISTIC);
        assertThat(run.finished()).isTrue();
        assertThat(run.heldout().orElseThrow().returns()).hasSize(10);
    }

    @Test
    void aRepairMendsAndFeedbackReadsTheWinnersEpisodes() {
        replies.put("policy/1/1", acting("return obs.nothing"));
        replies.put("repair/1/1/1", UP);
        replies.put(
                "feedback",
                fenced(
                        """
                        class Feedback:
                            def summarize_trajectory(self, traj):
                                return f"{len(traj)} steps, first at row {traj[0].agent_row:g}"
                        """));
        Run run = plan(1, 1, 1).feedback(true).run();

        Candidate candidate = run.candidate(1, 1);
        assertThat(candidate.attempts()).hasSize(2);
        assertThat(run.rounds().getFirst().summaries())
                .hasSize(3)
                .allMatch(text -> text.matches("\\d+ steps, first at row [\\d.]+"));
        List<String> lengths =
                candidate.lengths().stream().map(length -> length + " steps").toList();
        assertThat(run.rounds().getFirst().summaries())
                .extracting(text -> text.split(",", -1)[0])
                .isEqualTo(lengths);
        assertThat(run.steps().of(Purpose.SEARCH)).isEqualTo(candidate.steps());
        assertThat(run.steps().of(Purpose.AUDIT))
                .isEqualTo(candidate.lengths().stream().mapToInt(n -> n).sum());
    }

    /**
     * The policy's generator is the episode's own, so chance is no lack of determinism. On CartPole
     * five episodes of equal lengths twice are all but impossible; on a board most fail alike.
     */
    @Test
    void aPolicyWithTheEpisodesChanceIsDeterministicAndOneWithTheClocksIsNot() {
        replies.put("policy/1/1", fenced(chance("np.random.randint(2)")));
        Run fair = plan("CartPole-v1", 1, 1, 0).directory(folder.resolve("fair")).run();
        assertThat(fair.rounds().getFirst().audit()).isEqualTo(Audit.DETERMINISTIC);

        replies.put("policy/1/1", fenced(chance("time.perf_counter_ns() // 64 % 2")));
        Run clock =
                plan("CartPole-v1", 1, 1, 0).episodes(5).directory(folder.resolve("clock")).run();
        assertThat(clock.rounds().getFirst().audit()).isEqualTo(Audit.NON_DETERMINISTIC);
    }

    /** Pushing to where the pole leans with its speed holds it for all of CartPole's 500 steps. */
    @Test
    void anEnvironmentOfGymnasiumNeedsNoMoreThanItsName() {
        replies.put(
                "policy/1/1",
                """
                ```python
                class CartPolePolicy:
                    def act(self, obs):
                        x, speed, angle, turn = obs.vector
                        return int(angle + 0.3 * turn + 0.02 * x + 0.05 * speed > 0)
                ```
                """);
        Run run = plan("CartPole-v1", 1, 1, 0).heldoutEpisodes(5).run();
        assertThat(run.best().returns()).containsExactly(500.0, 500.0, 500.0);
        assertThat(run.heldout().orElseThrow().score()).hasValue(500);
        assertThat(run.steps().of(Purpose.HELDOUT)).isEqualTo(2500);
    }

    @Test
    void onePolicyObjectLivesThroughItsEpisodesWhereAskedFor() {
        replies.put(
                "policy/1/1",
                fenced(
                        """
                        class NoiseWorld0Policy:
                            calls = 0
                            def act(self, obs):
                                NoiseWorld0Policy.calls += 1
                                if NoiseWorld0Policy.calls > 60:
                                    raise RuntimeError("lived through %d" % self.calls)
                                return 0
                        """));
        Run each = plan(1, 1, 0).heldoutEpisodes(0).directory(folder.resolve("each")).run();
        assertThat(each.candidate(1, 1).completed()).isTrue();
        Run all =
                plan(1, 1, 0)
                        .lifetime(Lifetime.CANDIDATE)
                        .heldoutEpisodes(0)
                        .directory(folder.resolve("all"))
                        .run();
        assertThat(all.candidate(1, 1).failure()).contains(FailureKind.EXCEPTION);
    }

    @Test
    void anInterruptEndsARolloutAndTheRunGoesOn() throws Exception {
        replies.put("policy/1/1", acting("import time; time.sleep(.02); return 0"));
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        AtomicBoolean begun = new AtomicBoolean();
        Run run =
                plan(1, 1, 0)
                        .observer(event ->
                                begun.compareAndSet(
                                        false, event instanceof RunEvent.RolloutStarted))
                        .start();
        Thread cell =
                new Thread(() -> {
                    try {
                        run.run();
                    } catch (RuntimeException e) {
                        thrown.set(e);
                    }
                });
        cell.start();
        while (!begun.get()) {
            Thread.sleep(2);
        }
        cell.interrupt();
        cell.join(TimeUnit.SECONDS.toMillis(30));
        assertThat(thrown.get()).isInstanceOf(RunInterruptedException.class);

        Run resumed = plan(1, 1, 0).run();
        assertThat(resumed.finished()).isTrue();
        assertThat(resumed.usage().calls()).isEqualTo(1);
        Run uncut = plan(1, 1, 0).directory(folder.resolve("uncut")).run();
        assertThat(RunContent.of(LedgerReader.open(folder.resolve("run"))))
                .isEqualTo(RunContent.of(uncut.ledger()));
    }

    private PromptPO plan(int candidates, int rounds, int repairs) {
        return plan("noise-world-0", candidates, rounds, repairs);
    }

    private PromptPO plan(String environment, int candidates, int rounds, int repairs) {
        return PromptPO.on(environment)
                .model(
                        Models.scripted(request -> {
                            String reply = replies.get(request.role());
                            if (reply == null) {
                                throw new AssertionError("not scripted: " + request.role());
                            }
                            return reply;
                        }))
                .engine(engine)
                .candidates(candidates)
                .rounds(rounds)
                .episodes(3)
                .repairs(repairs)
                .feedback(false)
                .heldoutEpisodes(10)
                .directory(folder.resolve("run"));
    }

    private static String fenced(String source) {
        return "```python\n" + source + "```\n";
    }

    private static String acting(String statement) {
        return fenced(
                "class NoiseWorld0Policy:\n    def act(self, obs):\n        " + statement + "\n");
    }

    private static String chance(String action) {
        return "import time\nimport numpy as np\n"
                + "class CartPolePolicy:\n    def act(self, obs):\n        return int("
                + action
                + ")\n";
    }
}
