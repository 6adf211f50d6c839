package dev.promptpo.kernel.assist;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where in a cell's text the cursor is: in Java, in a string, in a magic. */
public final class CellText {
    private static final Pattern CELL_MAGIC = Pattern.compile("\\s*%%(\\w+)[^\\n]*");
    private static final Pattern LINE_MAGIC = Pattern.compile("(?m)^[ \\t]*%[A-Za-z]\\w*.*$");
    private static final Pattern NAME_OF_MAGIC = Pattern.compile("\\s*(%%?\\w*)");
    private static final Pattern ARGUMENT_OF_MAGIC = Pattern.compile("\\s*(%%?\\w+)[ \\t].*");

    private CellText() {}

    /** The beginning of a magic's name at the cursor, with its percent signs. */
    public static Optional<String> magicName(String source, int cursor) {
        return group(NAME_OF_MAGIC, line(source, cursor));
    }

    /** The magic in whose arguments the cursor stands, with its percent signs. */
    public static Optional<String> magicOfArgument(String source, int cursor) {
        return group(ARGUMENT_OF_MAGIC, line(source, cursor));
    }

    /** The magic that has the whole cell for itself; without its percent signs. */
    public static Optional<String> cellMagic(String source) {
        Matcher matcher = CELL_MAGIC.matcher(source);
        return matcher.lookingAt() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    private static Optional<String> group(Pattern pattern, String line) {
        Matcher matcher = pattern.matcher(line);
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    private static String line(String source, int cursor) {
        return source.substring(source.lastIndexOf('\n', cursor - 1) + 1, cursor);
    }

    /** The word that ends at the cursor: since the last white space or quote. */
    public static String word(String source, int cursor) {
        int start = cursor;
        while (start > 0
                && !Character.isWhitespace(source.charAt(start - 1))
                && source.charAt(start - 1) != '"'
                && source.charAt(start - 1) != '\'') {
            start--;
        }
        return source.substring(start, cursor);
    }

    /** The same text with spaces for magics: what is left is Java, at the same places. */
    public static String java(String source) {
        String rest = source;
        Matcher cell = CELL_MAGIC.matcher(source);
        if (cell.lookingAt()) {
            rest = blank(cell.group()) + source.substring(cell.end());
        }
        return rest.contains("%")
                ? LINE_MAGIC.matcher(rest).replaceAll(line -> blank(line.group()))
                : rest;
    }

    private static String blank(String text) {
        return text.replaceAll("[^\\n]", " ");
    }

    /** What a string literal that is open at the cursor holds up to there. */
    public static Optional<String> openString(String source, int cursor) {
        int start = -1;
        for (int i = 0; i < cursor; i++) {
            char c = source.charAt(i);
            if (start >= 0) {
                if (c == '\\') {
                    i++;
                } else if (c == '"' || c == '\n') {
                    start = -1;
                }
            } else if (source.startsWith("//", i)) {
                int end = source.indexOf('\n', i);
                i = end < 0 ? cursor : end;
            } else if (source.startsWith("/*", i)) {
                int end = source.indexOf("*/", i + 2);
                i = end < 0 ? cursor : end + 1;
            } else if (source.startsWith("\"\"\"", i)) {
                int end = source.indexOf("\"\"\"", i + 3);
                i = end < 0 ? cursor : end + 2;
            } else if (c == '\'') {
                int end = source.indexOf('\'', source.startsWith("\\", i + 1) ? i + 3 : i + 1);
                i = end < 0 ? cursor : end;
            } else if (c == '"') {
                start = i + 1;
            }
        }
        return start < 0 ? Optional.empty() : Optional.of(source.substring(start, cursor));
    }
}
