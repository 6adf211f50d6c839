package dev.promptpo.optimizer;

import dev.promptpo.rollout.Purpose;
import java.util.List;

/** Where episode seeds come from: by stage, round and episode, never by candidate. */
@FunctionalInterface
interface SeedSource {
    /**
     * @param runSeed of the run
     * @param stage whose stream is drawn from
     * @param round from 1; 0 where there is none
     * @return one 32-bit seed an episode
     */
    List<Long> seeds(long runSeed, Purpose stage, int round, int episodes);
}
