package dev.promptpo.cli;

import java.io.PrintWriter;
import java.util.List;

/** Columns of text, as wide as they need to be; the first row is the header. */
final class TextTable {
    private TextTable() {}

    static void print(List<String[]> rows, PrintWriter out) {
        int columns = rows.getFirst().length;
        int[] width = new int[columns];
        for (String[] row : rows) {
            for (int i = 0; i < columns; i++) {
                width[i] = Math.max(width[i], row[i].length());
            }
        }
        for (int r = 0; r < rows.size(); r++) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                String cell = rows.get(r)[i];
                line.append(cell).repeat(' ', width[i] - cell.length() + 2);
            }
            out.println(line.toString().stripTrailing());
            if (r == 0) {
                StringBuilder rule = new StringBuilder();
                for (int w : width) {
                    rule.repeat('-', w).append("  ");
                }
                out.println(rule.toString().stripTrailing());
            }
        }
    }
}
