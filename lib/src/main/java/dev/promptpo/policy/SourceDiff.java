package dev.promptpo.policy;

import java.util.ArrayList;
import java.util.List;

/**
 * What changed from one source to another, line by line: as few lines as possible are taken away
 * and added.
 *
 * @param before what the first is called, for a person
 * @param after what the second is called
 * @param lines all lines of both, in order; those that both have once
 */
public record SourceDiff(String before, String after, List<Line> lines) {
    /** Lines around a change that {@link #toString} shows. */
    private static final int AROUND = 3;

    /** Where a line is. */
    public enum Side {
        BOTH(' '),
        BEFORE('-'),
        AFTER('+');

        private final char mark;

        Side(char mark) {
            this.mark = mark;
        }

        /** What stands before the line: a space, minus or plus. */
        public char mark() {
            return mark;
        }
    }

    /** One line, without its end. */
    public record Line(Side side, String text) {}

    public SourceDiff {
        lines = List.copyOf(lines);
    }

    /** What changed from one text to another. */
    public static SourceDiff of(String before, String from, String after, String to) {
        return new SourceDiff(before, after, lines(from.lines().toList(), to.lines().toList()));
    }

    /** Along a longest common subsequence; policies have hundreds of lines, so a table does. */
    private static List<Line> lines(List<String> from, List<String> to) {
        int[][] common = new int[from.size() + 1][to.size() + 1];
        for (int i = from.size() - 1; i >= 0; i--) {
            for (int j = to.size() - 1; j >= 0; j--) {
                common[i][j] =
                        from.get(i).equals(to.get(j))
                                ? common[i + 1][j + 1] + 1
                                : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        List<Line> lines = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < from.size() || j < to.size()) {
            if (i < from.size() && j < to.size() && from.get(i).equals(to.get(j))) {
                lines.add(new Line(Side.BOTH, from.get(i)));
                i++;
                j++;
            } else if (i < from.size()
                    && (j == to.size() || common[i + 1][j] >= common[i][j + 1])) {
                lines.add(new Line(Side.BEFORE, from.get(i++)));
            } else {
                lines.add(new Line(Side.AFTER, to.get(j++)));
            }
        }
        return lines;
    }

    /** Whether both are the same. */
    public boolean same() {
        return count(Side.BOTH) == lines.size();
    }

    /** How many lines are on a side. */
    public int count(Side side) {
        return (int) lines.stream().filter(line -> line.side() == side).count();
    }

    /** Whether a line is near enough to a change to be shown. */
    public boolean near(int index) {
        for (int i = Math.max(0, index - AROUND);
                i <= Math.min(lines.size() - 1, index + AROUND);
                i++) {
            if (lines.get(i).side() != Side.BOTH) {
                return true;
            }
        }
        return false;
    }

    /** One line: from what to what, and how much. */
    public String summary() {
        return before
                + " -> "
                + after
                + (same()
                        ? ": the same"
                        : ": "
                                + count(Side.AFTER)
                                + " lines added, "
                                + count(Side.BEFORE)
                                + " taken away, "
                                + count(Side.BOTH)
                                + " kept");
    }

    /** The changes with a few lines around each, as {@code diff -u} shows them. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(summary()).append('\n');
        boolean gap = false;
        for (int i = 0; i < lines.size(); i++) {
            if (near(i)) {
                text.append(gap ? "  ...\n" : "");
                text.append(lines.get(i).side().mark()).append(' ');
                text.append(lines.get(i).text()).append('\n');
                gap = false;
            } else {
                gap = true;
            }
        }
        return text.toString().stripTrailing();
    }
}
