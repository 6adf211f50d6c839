package dev.promptpo.environment;

import dev.promptpo.python.PythonException;
import dev.promptpo.python.PythonThread;
import java.util.List;

/** Seeds of episodes: the same for all candidates of a round, new for each round and stage. */
public final class Seeds {
    private Seeds() {}

    /**
     * The seeds of the first episodes of a stage; asking for more never changes the earlier ones.
     *
     * @param runSeed 0 or more
     * @param stage {@code search}, {@code validation}, {@code audit}, {@code heldout}, {@code
     *     render} or {@code evaluate}
     * @param round 0 or more
     * @param episodes how many, 0 or more
     * @return each from 0 to 2^32 - 1
     * @throws IllegalArgumentException for an unknown stage or a negative number
     */
    public static List<Long> episodes(long runSeed, String stage, int round, int episodes) {
        try {
            return PythonThread.rollout()
                    .run(python -> {
                        List<?> seeds =
                                python.call(
                                        List.class,
                                        "promptpo_envs.seeds",
                                        "episode_seeds",
                                        runSeed,
                                        stage,
                                        round,
                                        episodes);
                        return seeds.stream().map(s -> ((Number) s).longValue()).toList();
                    });
        } catch (PythonException e) {
            if (e.type().equals("ValueError")) {
                throw new IllegalArgumentException(e.detail(), e);
            }
            throw e;
        }
    }
}
