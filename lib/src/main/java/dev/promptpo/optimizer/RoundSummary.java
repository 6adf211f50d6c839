package dev.promptpo.optimizer;

import java.util.List;
import java.util.Optional;

/**
 * A round that is closed.
 *
 * @param round from 1
 * @param candidates all of them, by index
 * @param winner the one with the best score, the first of equals; empty when all failed
 * @param audit what re-rolling the winner showed
 * @param summaries what {@code Feedback} says of the winner's episodes, one each; may be empty
 * @param note why there are no summaries, where there should be some; else empty
 * @param reflection the comparison that was asked for before this round, of the winner before it;
 *     empty where none was
 */
public record RoundSummary(
        int round,
        List<Candidate> candidates,
        Optional<Candidate> winner,
        Audit audit,
        List<String> summaries,
        String note,
        Optional<String> reflection) {

    public RoundSummary {
        candidates = List.copyOf(candidates);
        summaries = List.copyOf(summaries);
    }

    /** What a second rollout of the winner, one episode at a time in a fresh process, showed. */
    public enum Audit {
        /** The same returns, bit for bit. */
        DETERMINISTIC,
        /** Other returns, or it failed: the policy has a source of chance of its own. */
        NON_DETERMINISTIC,
        /** There was no winner. */
        NONE;

        /** The name used in files. */
        public String id() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }
}
