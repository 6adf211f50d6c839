package dev.promptpo.kernel;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.SourceCodeAnalysis.Documentation;
import jdk.jshell.SourceCodeAnalysis.Suggestion;
import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.dflib.jjava.jupyter.kernel.ReplacementOptions;

/** Help with a cell that is being written: is it complete, what could follow, what is this. */
final class Assist {
    private final SourceCodeAnalysis analysis;

    Assist(SourceCodeAnalysis analysis) {
        this.analysis = analysis;
    }

    /** One of {@link BaseKernel}'s answers, or the next line's indent for what is not complete. */
    String isComplete(String source) {
        String rest = source;
        while (!rest.isBlank()) {
            SourceCodeAnalysis.CompletionInfo info = analysis.analyzeCompletion(rest);
            switch (info.completeness()) {
                case COMPLETE, COMPLETE_WITH_SEMI, CONSIDERED_INCOMPLETE -> rest = info.remaining();
                case EMPTY -> {
                    return isOpenComment(rest) ? indent(source) : BaseKernel.IS_COMPLETE_YES;
                }
                case DEFINITELY_INCOMPLETE -> {
                    return indent(source);
                }
                case UNKNOWN -> {
                    return BaseKernel.IS_COMPLETE_BAD;
                }
            }
        }
        return BaseKernel.IS_COMPLETE_YES;
    }

    private static boolean isOpenComment(String comments) {
        return comments.lastIndexOf("/*") > comments.lastIndexOf("*/");
    }

    /** The last line's indent, a level deeper for every bracket that the line leaves open. */
    private static String indent(String source) {
        String line = source.stripTrailing();
        line = line.substring(line.lastIndexOf('\n') + 1);
        String indent = line.substring(0, line.length() - line.stripLeading().length());
        long open = line.chars().filter(c -> c == '{' || c == '(').count();
        long closed = line.chars().filter(c -> c == '}' || c == ')').count();
        return open > closed ? indent + "    " : indent;
    }

    ReplacementOptions complete(String source, int cursor) {
        Part part = part(source, cursor);
        int[] anchor = {-1};
        List<String> replacements =
                analysis.completionSuggestions(part.source(), part.cursor(), anchor).stream()
                        .sorted((a, b) -> Boolean.compare(b.matchesType(), a.matchesType()))
                        .map(Suggestion::continuation)
                        .distinct()
                        .collect(Collectors.toList());
        int start = anchor[0] < 0 ? cursor : part.offset() + anchor[0];
        return new ReplacementOptions(replacements, start, cursor);
    }

    /** The signatures of what is at the cursor, one a line. */
    Optional<String> inspect(String source, int cursor) {
        Part part = part(source, endOfName(source, cursor));
        List<Documentation> found = analysis.documentation(part.source(), part.cursor(), false);
        if (found.isEmpty()) {
            // On a method's name, the documentation is there behind its parenthesis.
            found =
                    analysis.documentation(
                            part.source().substring(0, part.cursor()) + "(",
                            part.cursor() + 1,
                            false);
        }
        String text =
                found.stream()
                        .map(Documentation::signature)
                        .distinct()
                        .collect(Collectors.joining("\n"));
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    private static int endOfName(String source, int cursor) {
        int end = Math.min(cursor, source.length());
        while (end < source.length() && Character.isJavaIdentifierPart(source.charAt(end))) {
            end++;
        }
        return end;
    }

    /** The piece of a cell that holds the cursor. */
    private record Part(String source, int cursor, int offset) {}

    private Part part(String source, int cursor) {
        String upTo = source.substring(0, Math.min(cursor, source.length()));
        List<Unit> units = Unit.split(analysis, upTo);
        int offset = units.isEmpty() ? 0 : units.getLast().offset();
        return new Part(source.substring(offset), upTo.length() - offset, offset);
    }
}
