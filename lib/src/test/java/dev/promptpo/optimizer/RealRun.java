package dev.promptpo.optimizer;

import dev.promptpo.llm.Models;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/** A run to be killed, with real rollouts on NoiseWorld's board 0. */
final class RealRun {
    private static final String CHANCE =
            """
            ```python
            import numpy as np
            class NoiseWorld0Policy:
                def act(self, obs):
                    return int(np.random.randint(%s))
            ```
            """;
    private static final String FEEDBACK =
            """
            ```python
            class Feedback:
                def summarize_trajectory(self, traj):
                    return f"{len(traj)} steps"
            ```
            """;
    private static final Map<String, String> REPLIES =
            Map.of(
                    "feedback", FEEDBACK,
                    "reflection/2", "Similar.",
                    "policy/1/1", CHANCE.formatted("obs.nothing"),
                    "repair/1/1/1", CHANCE.formatted("4"),
                    "policy/1/2", CHANCE.formatted("1, 4"),
                    "policy/2/1", CHANCE.formatted("2, 4"),
                    "policy/2/2", "Nothing comes to mind.",
                    "repair/2/2/1", CHANCE.formatted("0, 2"));

    private RealRun() {}

    /** Arguments: the run's folder, the log of requests. */
    public static void main(String[] args) {
        plan(Path.of(args[0]), Path.of(args[1])).run();
    }

    static PromptPO plan(Path folder, Path log) {
        return PromptPO.on("NoiseWorld0")
                .model(
                        Models.scripted(request -> {
                            note(log, request.role());
                            return REPLIES.get(request.role());
                        }))
                .candidates(2)
                .rounds(2)
                .episodes(3)
                .heldoutEpisodes(60)
                .directory(folder);
    }

    private static void note(Path log, String role) {
        try {
            Files.writeString(
                    log,
                    "request " + role + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
