package dev.promptpo.optimizer;

import dev.promptpo.rollout.Purpose;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A candidate measured on episodes of its own.
 *
 * @param round of the candidate
 * @param index of the candidate
 * @param purpose whose seeds were used
 * @param seeds one an episode that was asked for
 * @param returns one an episode that was completed
 * @param lengths likewise
 * @param successes likewise; empty where the environment does not say
 * @param score mean return or mean success; empty when a block of episodes failed
 * @param steps environment steps of all blocks
 * @param failure one line for the first block that failed
 */
public record Evaluation(
        int round,
        int index,
        Purpose purpose,
        List<Long> seeds,
        List<Double> returns,
        List<Integer> lengths,
        List<Optional<Boolean>> successes,
        OptionalDouble score,
        long steps,
        Optional<String> failure) {

    public Evaluation {
        seeds = List.copyOf(seeds);
        returns = List.copyOf(returns);
        lengths = List.copyOf(lengths);
        successes = List.copyOf(successes);
    }
}
