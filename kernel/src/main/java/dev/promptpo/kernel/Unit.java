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
 */
record Unit(String source, int offset, boolean complete) {

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
