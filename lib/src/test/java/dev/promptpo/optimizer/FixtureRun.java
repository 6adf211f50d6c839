package dev.promptpo.optimizer;

import dev.promptpo.analysis.Tables;
import dev.promptpo.llm.ModelReply;
import dev.promptpo.llm.ModelReply.Answer;
import dev.promptpo.llm.ModelReply.NoAnswer;
import dev.promptpo.llm.ModelReply.Reason;
import dev.promptpo.llm.ModelRequest;
import dev.promptpo.llm.Models;
import dev.promptpo.rollout.FeedbackRequest;
import dev.promptpo.rollout.FeedbackResult;
import dev.promptpo.rollout.Isolation;
import dev.promptpo.rollout.RolloutEngine;
import dev.promptpo.rollout.RolloutEngines;
import dev.promptpo.rollout.RolloutListener;
import dev.promptpo.rollout.RolloutRequest;
import dev.promptpo.rollout.RolloutResult;
import dev.promptpo.rollout.RolloutResult.Completed;
import dev.promptpo.rollout.RolloutResult.Failed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import tech.tablesaw.api.Table;

/**
 * Makes a run to be kept for good as a fixture of a format: real rollouts on NoiseWorld's board 0,
 * two sessions, a repaired, a refused and a lost candidate. It names no machine.
 */
final class FixtureRun {
    private static final String WALK =
            """
            A walk.

            ```python
            import numpy as np


            class NoiseWorld0Policy:
                \"""A staircase, %s.\"""

                def act(self, obs):
                    if np.random.random() < %s:
                        return int(np.random.randint(4))
                    if obs.agent_row <= obs.agent_col and obs.agent_row < obs.goal_row:
                        return 1
                    return %s
            ```
            """;
    private static final Map<String, String> REPLIES =
            Map.of(
                    "feedback",
                    """
                    ```python
                    class Feedback:
                        def summarize_trajectory(self, traj):
                            last = traj[-1]
                            return f"{len(traj)} steps, ended near row {last.agent_row:.2f}"
                    ```
                    """,
                    "reflection/2",
                    "Fewer random moves, fewer steps.",
                    "policy/1/1",
                    WALK.formatted("often at random", ".5", "3"),
                    "policy/1/2",
                    WALK.formatted("with a slip", ".3", "rigth"),
                    "repair/1/2/1",
                    WALK.formatted("the slip mended", ".3", "3"),
                    "policy/1/3",
                    "Nothing comes to mind.",
                    "repair/1/3/1",
                    "Still nothing.",
                    "policy/2/1",
                    WALK.formatted("seldom at random", ".1", "3"),
                    "policy/2/3",
                    WALK.formatted("never at random", "0", "3"));

    private FixtureRun() {}

    /**
     * Argument: the folder to make, whose name says the format; it ends in {@code steered} for a
     * run that a person steered between its sessions.
     */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        try (RolloutEngine engine = new Unnamed(RolloutEngines.shared())) {
            Run first = plan(folder, engine).start();
            first.step();
            if (folder.getFileName().toString().endsWith("steered")) {
                first.hint("Fewer random moves.");
                first.insert(
                        "class NoiseWorld0Policy:\n    def act(self, obs):\n        return 1\n");
                first.choose(first.candidate(1, first.best().index() == 1 ? 2 : 1));
            }
            first.close();
            plan(folder, engine).run().close();
        }
        Files.delete(folder.resolve("lock"));
        Path tables = Files.createDirectories(folder.resolve("tables"));
        for (Table table : tables(folder)) {
            table.write().csv(tables.resolve(table.name() + ".csv").toFile());
        }
        System.exit(0);
    }

    /** All tables of one run. */
    static List<Table> tables(Path run) {
        return List.of(
                Tables.rounds(run),
                Tables.candidates(run),
                Tables.episodes(run),
                Tables.requests(run),
                Tables.evaluations(run));
    }

    private static PromptPO plan(Path folder, RolloutEngine engine) {
        return PromptPO.on("NoiseWorld0")
                .model(Models.scriptedReplies(FixtureRun::reply))
                .engine(engine)
                .candidates(3)
                .rounds(2)
                .episodes(3)
                .repairs(1)
                .heldoutEpisodes(40)
                .directory(folder);
    }

    private static ModelReply reply(ModelRequest request) {
        return request.role().equals("policy/2/2")
                ? NoAnswer.of(Reason.TRUNCATED, "the reply reached its limit of tokens")
                : Answer.of(REPLIES.get(request.role()));
    }

    /** An engine that does not say on which host it ran. */
    private record Unnamed(RolloutEngine engine) implements RolloutEngine {
        @Override
        public CompletableFuture<RolloutResult> submit(
                RolloutRequest request, RolloutListener listener) {
            return engine.submit(request, listener).thenApply(Unnamed::withoutHost);
        }

        private static RolloutResult withoutHost(RolloutResult result) {
            return switch (result) {
                case Completed done ->
                        new Completed(
                                done.returns(),
                                done.lengths(),
                                done.successes(),
                                done.score(),
                                done.steps(),
                                done.actionsDigest(),
                                done.isolation(),
                                done.seconds(),
                                done.policyCpuSeconds(),
                                done.workerCpuSeconds(),
                                "fixture",
                                done.trace());
                case Failed failed ->
                        new Failed(
                                failed.kind(),
                                failed.phase(),
                                failed.message(),
                                failed.traceback(),
                                failed.episode(),
                                failed.step(),
                                failed.steps(),
                                failed.isolation(),
                                failed.seconds(),
                                "fixture");
            };
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
            return engine.versions();
        }

        @Override
        public void close() {
            engine.close();
        }
    }
}
