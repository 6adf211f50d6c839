package dev.promptpo.kernel;

import java.util.Objects;

/**
 * The source of one cell.
 *
 * @param number what the notebook shows as {@code In [number]}
 * @param source the cell's text as the user wrote it
 */
public record Cell(int number, String source) {
    public Cell {
        Objects.requireNonNull(source, "a cell needs source, and there is none");
    }

    /** The 1-based line that holds the character at {@code offset}. */
    int lineAt(int offset) {
        int line = 1;
        for (int i = 0; i < Math.min(offset, source.length()); i++) {
            if (source.charAt(i) == '\n') {
                line++;
            }
        }
        return line;
    }

    /** The text of a 1-based line, or an empty string where the cell has no such line. */
    String line(int line) {
        String[] lines = source.split("\n", -1);
        return line >= 1 && line <= lines.length ? lines[line - 1] : "";
    }

    /** The offset of the first character of the line that holds {@code offset}. */
    int lineStart(int offset) {
        return source.lastIndexOf('\n', Math.min(offset, source.length()) - 1) + 1;
    }
}
