package dev.promptpo.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.promptpo.llm.Models;
import dev.promptpo.rollout.FailureKind;
import dev.promptpo.rollout.FeedbackRequest;
import dev.promptpo.rollout.FeedbackResult;
import dev.promptpo.rollout.Isolation;
import dev.promptpo.rollout.RolloutEngine;
import dev.promptpo.rollout.RolloutListener;
import dev.promptpo.rollout.RolloutRequest;
import dev.promptpo.rollout.RolloutResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RerollTest {
    @TempDir private Path folder;

    @Test
    void aPolicyThatRepeatsItselfIsEqualOnTheEpisodesOfItsRound() {
        Run run = played("# gain 7");
        LineEngine engine = new LineEngine();
        Reroll reroll = Reroll.of(run, run.best(), engine);
        assertThat(reroll.equal()).isTrue();
        assertThat(reroll.seeds()).containsExactly(100L, 101L, 102L);
        assertThat(engine.requests)
                .singleElement()
                .satisfies(request -> {
                    assertThat(request.seeds()).containsExactly(100L, 101L, 102L);
                    assertThat(request.policyClass()).isEqualTo(run.spec().policyClass());
                });
        assertThat(reroll.verdict())
                .isEqualTo("equal: all 3 returns are those of the run, bit for bit.");
        assertThat(reroll.toString()).contains("seed 100").contains("seed 102");
    }

    @Test
    void anotherReturnIsCalledDrifted() {
        Run run = played("# gain 7 # drifts");
        // Such a policy gains one more with each rollout of an engine; in the run it was the first.
        LineEngine used = new LineEngine();
        assertThat(Reroll.of(run, run.best(), used).equal()).isTrue();
        Reroll second = Reroll.of(run, run.best(), used);
        assertThat(second.equal()).isFalse();
        assertThat(second.verdict())
                .startsWith("drifted: 3 of 3 returns are not those of the run; their mean is")
                .contains("may depend on more than its seed");
    }

    @Test
    void packagesThatDifferAreNamed() {
        Run run = played("# gain 7");
        Reroll reroll =
                Reroll.of(run, run.best(), new Versioned(new LineEngine(), Map.of("numpy", "9")));
        assertThat(reroll.differences()).isEmpty();
        Run kept = played("# gain 8", Map.of("numpy", "1", "mujoco", "3"));
        Reroll other =
                Reroll.of(kept, kept.best(), new Versioned(new LineEngine(), Map.of("numpy", "9")));
        assertThat(other.differences()).containsExactly("numpy 1 in the run, 9 here");
        assertThat(other.verdict())
                .startsWith("equal: ")
                .contains("although not all is the same (numpy 1 in the run, 9 here)");
    }

    @Test
    void aPolicyThatFailsHereIsDriftedAndOneThatFailedInTheRunIsRefused() {
        Run run = played("# gain 7");
        Reroll failed = Reroll.of(run, run.best(), new Failing());
        assertThat(failed.equal()).isFalse();
        assertThat(failed.returns()).isEmpty();
        assertThat(failed.verdict()).startsWith("drifted: here the policy failed (TIMEOUT: slow)");

        Run broken = played("# fail EXCEPTION");
        assertThatThrownBy(() -> Reroll.of(broken, broken.candidate(1, 1), new LineEngine()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("only a candidate that completed");
    }

    @Test
    void nothingIsWrittenIntoTheRun() throws IOException {
        Run run = played("# gain 7");
        byte[] before = Files.readAllBytes(run.directory().resolve("events.jsonl"));
        Reroll.of(run, run.best(), new LineEngine());
        assertThat(Files.readAllBytes(run.directory().resolve("events.jsonl"))).isEqualTo(before);
    }

    @Test
    void aKeptRunIsFoundByItsNameAndAnotherNameSaysWhichThereAre() throws IOException {
        Path runs = folder.resolve("runs");
        assertThatThrownBy(() -> KeptRuns.open(runs, "line"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("there is none");
        Run run = played("# gain 7");
        Files.createDirectories(runs);
        Files.move(run.directory(), runs.resolve("line"));
        assertThat(KeptRuns.names(runs)).isEmpty();
        Files.writeString(runs.resolve("line").resolve("recording.json"), "{}");
        assertThat(KeptRuns.open(runs, "line").best().returns()).isEqualTo(run.best().returns());
        assertThatThrownBy(() -> KeptRuns.open(runs, "lime"))
                .hasMessageContaining("no kept run lime")
                .hasMessageEndingWith("there are line");
    }

    private Run played(String comment) {
        return played(comment, Map.of());
    }

    private Run played(String comment, Map<String, String> versions) {
        Path directory =
                folder.resolve("run-" + Integer.toHexString((comment + versions).hashCode()));
        try (Run run =
                PromptPO.on(LineSpec.spec())
                        .model(Models.scripted(request -> Script.policy(comment)))
                        .engine(new Versioned(new LineEngine(), versions))
                        .seeds((seed, stage, round, episodes) ->
                                LongStream.range(100L * round, 100L * round + episodes)
                                        .boxed()
                                        .toList())
                        .candidates(1)
                        .rounds(1)
                        .episodes(3)
                        .repairs(0)
                        .feedback(false)
                        .heldoutEpisodes(0)
                        .directory(directory)
                        .run()) {
            return Run.look(run.directory());
        }
    }

    private record Versioned(LineEngine engine, Map<String, String> of) implements RolloutEngine {
        @Override
        public CompletableFuture<RolloutResult> submit(
                RolloutRequest request, RolloutListener listener) {
            return engine.submit(request, listener);
        }

        @Override
        public CompletableFuture<FeedbackResult> submit(FeedbackRequest request) {
            return engine.submit(request);
        }

        @Override
        public Isolation isolation() {
            return engine.isolation();
        }

        @Override
        public int workers() {
            return engine.workers();
        }

        @Override
        public SortedMap<String, String> versions() {
            return new TreeMap<>(of);
        }

        @Override
        public void close() {
            engine.close();
        }
    }

    /** Fails whatever it is given. */
    private static final class Failing implements RolloutEngine {
        @Override
        public CompletableFuture<RolloutResult> submit(
                RolloutRequest request, RolloutListener listener) {
            return CompletableFuture.completedFuture(
                    new RolloutResult.Failed(
                            FailureKind.TIMEOUT, "act", "slow", "", 0, 0, 1, Isolation.PROCESS, 0));
        }

        @Override
        public CompletableFuture<FeedbackResult> submit(FeedbackRequest request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Isolation isolation() {
            return Isolation.PROCESS;
        }

        @Override
        public int workers() {
            return 1;
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }
}
