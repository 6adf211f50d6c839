package dev.promptpo.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Set;

/** Columns of text, as wide as they need to be; the first row is the header. */
final class TextTable {
    static final int GAP = 2;

    private TextTable() {}

    static void print(List<String[]> rows, PrintWriter out) {
        print(rows, Set.of(), out);
    }

    /**
     * As {@link #print(List, PrintWriter)}.
     *
     * @param right columns, from 0, that stand at the right end of their width, as numbers do
     */
    static void print(List<String[]> rows, Set<Integer> right, PrintWriter out) {
        int[] width = widths(rows);
        for (int r = 0; r < rows.size(); r++) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < width.length; i++) {
                String cell = rows.get(r)[i];
                int room = width[i] - cell.length();
                line.repeat(' ', right.contains(i) ? room : 0)
                        .append(cell)
                        .repeat(' ', (right.contains(i) ? 0 : room) + GAP);
            }
            out.println(line.toString().stripTrailing());
            if (r == 0) {
                StringBuilder rule = new StringBuilder();
                for (int w : width) {
                    rule.repeat('-', w).repeat(' ', GAP);
                }
                out.println(rule.toString().stripTrailing());
            }
        }
    }

    /** Of each column, in characters. */
    static int[] widths(List<String[]> rows) {
        int[] width = new int[rows.getFirst().length];
        for (String[] row : rows) {
            for (int i = 0; i < width.length; i++) {
                width[i] = Math.max(width[i], row[i].length());
            }
        }
        return width;
    }
}
