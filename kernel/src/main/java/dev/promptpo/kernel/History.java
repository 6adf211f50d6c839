package dev.promptpo.kernel;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.dflib.jjava.jupyter.kernel.history.HistoryEntry;
import org.dflib.jjava.jupyter.kernel.history.HistoryManager;

/** The cells of this session, as clients ask for them; earlier sessions are not kept. */
final class History implements HistoryManager {
    private final List<Entry> entries = new ArrayList<>();

    private record Entry(int cell, String input, String output) {
        HistoryEntry asked(Set<ResultFlag> flags) {
            return new HistoryEntry(
                    0, cell, input, flags.contains(ResultFlag.INCLUDE_OUTPUT) ? output : null);
        }
    }

    synchronized void add(int cell, String input, String output) {
        entries.add(new Entry(cell, input, output));
    }

    @Override
    public synchronized List<HistoryEntry> lookupRange(
            int session, int start, int end, Set<ResultFlag> flags) {
        return session == 0
                ? entries.stream()
                        .filter(entry -> entry.cell() >= start && entry.cell() < end)
                        .map(entry -> entry.asked(flags))
                        .toList()
                : List.of();
    }

    @Override
    public synchronized List<HistoryEntry> lookupTail(int length, Set<ResultFlag> flags) {
        return tail(entries, length).stream().map(entry -> entry.asked(flags)).toList();
    }

    @Override
    public synchronized List<HistoryEntry> search(String glob, int length, Set<ResultFlag> flags) {
        Pattern pattern = pattern(glob);
        List<Entry> found =
                entries.stream().filter(entry -> pattern.matcher(entry.input()).matches()).toList();
        if (flags.contains(ResultFlag.UNIQUE)) {
            Map<String, Entry> latest = new LinkedHashMap<>();
            for (Entry entry : found) {
                latest.remove(entry.input());
                latest.put(entry.input(), entry);
            }
            found = List.copyOf(latest.values());
        }
        return tail(found, length).stream().map(entry -> entry.asked(flags)).toList();
    }

    // A client that leaves the length out asks for all.
    private static List<Entry> tail(List<Entry> all, int length) {
        return length <= 0 ? all : all.subList(Math.max(0, all.size() - length), all.size());
    }

    /** SQLite's GLOB: {@code *}, {@code ?} and {@code [...]}. */
    private static Pattern pattern(String glob) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            int close = c == '[' ? glob.indexOf(']', i + 2) : -1;
            if (c == '*') {
                regex.append(".*");
            } else if (c == '?') {
                regex.append('.');
            } else if (close > 0) {
                String inside = glob.substring(i + 1, close).replace("\\", "\\\\");
                regex.append('[')
                        .append(inside.replace("[", "\\[").replace("&", "\\&"))
                        .append(']');
                i = close;
            } else {
                regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }
}
