package dev.promptpo.kernel;

import java.util.ArrayList;
import java.util.List;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.SourceCodeAnalysis.CompletionInfo;

/**
 * A piece of a cell that JShell evaluates in one go: a statement, an expression, a declaration.
 *
 * @param source the piece, completed by a semicolon where one was missing
 * @param offset where it starts in the cell
 * @param complete false for a piece that is not valid as it stands; such a piece holds all the rest
 *     of the cell
 * @param publics where {@code public} was written in, each in the text as it was then
 */
record Unit(String source, int offset, boolean complete, List<Integer> publics) {
    private static final String PUBLIC = "public ";

    Unit {
        publics = List.copyOf(publics);
    }

    Unit(String source, int offset, boolean complete) {
        this(source, offset, complete, List.of());
    }

    /** The same with {@code public} written before what stands there. */
    Unit withPublicAt(int position) {
        List<Integer> more = new ArrayList<>(publics);
        more.add(position);
        return new Unit(
                source.substring(0, position) + PUBLIC + source.substring(position),
                offset,
                complete,
                more);
    }

    /** Where in the cell a character of the source comes from. */
    int offsetInCell(int position) {
        int inUnit = position;
        // The last that was written in counts positions with those before it.
        for (int i = publics.size() - 1; i >= 0; i--) {
            int at = publics.get(i);
            inUnit = inUnit <= at ? inUnit : Math.max(at, inUnit - PUBLIC.length());
        }
        return offset + inUnit;
    }

    /** Cuts a cell's source into units, in order; comments alone give none. */
    static List<Unit> split(SourceCodeAnalysis analysis, String source) {
        List<Unit> units = new ArrayList<>();
        String rest = afterComments(source);
        while (!rest.isEmpty()) {
            int offset = source.length() - rest.length();
            CompletionInfo info = analysis.analyzeCompletion(rest);
            switch (info.completeness()) {
                case EMPTY -> {
                    return units;
                }
                case COMPLETE, COMPLETE_WITH_SEMI, CONSIDERED_INCOMPLETE -> {
                    units.add(new Unit(info.source(), offset, true));
                    rest = afterComments(info.remaining());
                }
                case DEFINITELY_INCOMPLETE, UNKNOWN -> {
                    units.add(new Unit(rest, offset, false));
                    return units;
                }
            }
        }
        return units;
    }

    // JShell counts a statement's lines from its first token; so units start there.
    private static String afterComments(String source) {
        int at = 0;
        while (at < source.length()) {
            if (Character.isWhitespace(source.charAt(at))) {
                at++;
            } else if (source.startsWith("//", at)) {
                int end = source.indexOf('\n', at);
                at = end < 0 ? source.length() : end;
            } else if (source.startsWith("/*", at) && source.indexOf("*/", at + 2) >= 0) {
                at = source.indexOf("*/", at + 2) + 2;
            } else {
                break;
            }
        }
        return source.substring(at);
    }
}
