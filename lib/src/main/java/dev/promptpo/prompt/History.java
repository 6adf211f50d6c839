package dev.promptpo.prompt;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** How much of the earlier rounds a prompt tells. */
public sealed interface History {

    /** Rounds whose code {@link Compact} shows unless asked otherwise. */
    int COMPACT_BEST = 3;

    /** The best policy of every round: code, returns, summaries and reflection, as in the paper. */
    record Full() implements History {}

    /**
     * The returns of every round's best policy; code, summaries and reflection of the best few.
     *
     * @param best how many, at least 1
     */
    record Compact(int best) implements History {
        public Compact {
            if (best < 1) {
                throw new IllegalArgumentException(
                        "a compact history shows the code of 1 policy or more; got " + best);
            }
        }
    }

    /** Only the best policy so far. */
    record Best() implements History {}

    /** Nothing: every round asks with the first round's prompt. */
    record None() implements History {}

    /** {@link Full}: the default. */
    static History full() {
        return new Full();
    }

    /** {@link Compact} with the code of the best {@value #COMPACT_BEST}. */
    static History compact() {
        return new Compact(COMPACT_BEST);
    }

    /** {@link Compact} with the code of the best {@code k}. */
    static History compact(int k) {
        return new Compact(k);
    }

    /** {@link Best}. */
    static History best() {
        return new Best();
    }

    /** {@link None}. */
    static History none() {
        return new None();
    }

    /**
     * Reads {@code full}, {@code compact}, {@code compact:k}, {@code best} or {@code none}.
     *
     * @throws IllegalArgumentException when it is none of them
     */
    static History parse(String text) {
        String number = text.startsWith("compact:") ? text.substring("compact:".length()) : "";
        if (number.matches("[0-9]{1,6}")) {
            return compact(Integer.parseInt(number));
        }
        return switch (text) {
            case "full" -> full();
            case "compact" -> compact();
            case "best" -> best();
            case "none" -> none();
            default ->
                    throw new IllegalArgumentException(
                            "history must be full, compact, compact:k (k a whole number from 1),"
                                    + " best or none; got "
                                    + text);
        };
    }

    /** What {@link #parse} reads: {@code compact:3}. */
    default String id() {
        return switch (this) {
            case Full ignored -> "full";
            case Compact compact -> "compact:" + compact.best();
            case Best ignored -> "best";
            case None ignored -> "none";
        };
    }

    /** The entries that a prompt mentions, oldest first. */
    default List<HistoryEntry> listed(List<HistoryEntry> all) {
        return switch (this) {
            case Full ignored -> all;
            case Compact ignored -> all;
            case Best ignored -> bestOf(all, 1);
            case None ignored -> List.of();
        };
    }

    /** The entries whose code, summaries and reflection it shows, oldest first. */
    default List<HistoryEntry> detailed(List<HistoryEntry> all) {
        return switch (this) {
            case Full ignored -> all;
            case Compact compact -> bestOf(all, compact.best());
            case Best ignored -> bestOf(all, 1);
            case None ignored -> List.of();
        };
    }

    /** What is left out once never comes back: later rounds only push entries further down. */
    private static List<HistoryEntry> bestOf(List<HistoryEntry> all, int count) {
        // A score that is not a number is no better than any other.
        Comparator<HistoryEntry> bestFirst =
                Comparator.<HistoryEntry>comparingDouble(entry ->
                                Double.isNaN(entry.score())
                                        ? Double.NEGATIVE_INFINITY
                                        : entry.score())
                        .reversed()
                        .thenComparingInt(HistoryEntry::round);
        Stream<HistoryEntry> best = all.stream().sorted(bestFirst).limit(count);
        return best.sorted(Comparator.comparingInt(HistoryEntry::round)).toList();
    }
}
