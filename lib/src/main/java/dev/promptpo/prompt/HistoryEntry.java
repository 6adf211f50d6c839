package dev.promptpo.prompt;

import java.util.List;
import java.util.Optional;

/**
 * The best policy of one round, as later prompts tell of it.
 *
 * @param round from 1
 * @param source the policy
 * @param score its mean over the round's episodes: what ranked it
 * @param returns one an episode
 * @param summaries one an episode, from the run's {@code Feedback} class; empty where there is none
 * @param reflection the comparison with earlier rounds; empty where there is none yet
 */
public record HistoryEntry(
        int round,
        String source,
        double score,
        List<Double> returns,
        List<String> summaries,
        Optional<String> reflection) {

    public HistoryEntry {
        returns = List.copyOf(returns);
        summaries = List.copyOf(summaries);
    }
}
