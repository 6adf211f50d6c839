package dev.promptpo.llm;

import dev.promptpo.prompt.Prompt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How far prompts of a run begin as the ones before them did. With its whole history a prompt
 * repeats the one of the round before but for its end; a provider that is told so keeps that part,
 * and charges a fraction for it the next time. What has not repeated yet is not worth keeping,
 * since keeping is charged too: a short history, for example, changes from one round to the next.
 */
final class RepeatedBeginnings {
    /** Characters, about 1,024 tokens: shorter ones are kept by nobody. */
    static final int LEAST = 4096;

    /** So long is kept what is not asked for again. */
    static final Duration KEPT = Duration.ofMinutes(5);

    private final Waiting clock;
    private final Map<String, Seen> last = new HashMap<>();

    RepeatedBeginnings(Waiting clock) {
        this.clock = clock;
    }

    /**
     * @param ends of the beginnings that have repeated, ascending
     * @param asked when it was last asked
     */
    private record Seen(String text, List<Integer> ends, long asked) {}

    /**
     * A prompt in parts: all but the last repeat what earlier prompts of its template began with,
     * cut where those were cut. One part where nothing repeats in time.
     */
    synchronized List<String> parts(Prompt prompt) {
        String text = prompt.text();
        long now = clock.nanoTime();
        Seen before = last.get(prompt.template());
        List<Integer> ends = before == null ? List.of() : ends(text, before, now);
        last.put(prompt.template(), new Seen(text, ends, now));
        List<String> parts = new ArrayList<>();
        int begin = 0;
        for (int end : ends) {
            parts.add(text.substring(begin, end));
            begin = end;
        }
        parts.add(text.substring(begin));
        return parts;
    }

    private static List<Integer> ends(String text, Seen before, long now) {
        if (text.equals(before.text())) {
            return before.ends();
        }
        if (now - before.asked() > KEPT.toNanos()) {
            // At this pace what is kept now would be gone when the next prompt comes.
            return List.of();
        }
        int common = lineEnd(text, before.text());
        // No part is empty.
        int longest = Math.min(common, text.stripTrailing().length() - 1);
        List<Integer> ends = new ArrayList<>();
        before.ends().stream().filter(end -> end <= longest).forEach(ends::add);
        if (common == longest && common - (ends.isEmpty() ? 0 : ends.getLast()) >= LEAST) {
            ends.add(common);
        }
        return List.copyOf(ends);
    }

    /** How long both are the same, in whole lines. */
    private static int lineEnd(String one, String other) {
        int least = Math.min(one.length(), other.length());
        int same = 0;
        while (same < least && one.charAt(same) == other.charAt(same)) {
            same++;
        }
        return one.lastIndexOf('\n', same - 1) + 1;
    }
}
