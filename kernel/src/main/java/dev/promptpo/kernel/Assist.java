package dev.promptpo.kernel;

import dev.promptpo.kernel.assist.CellText;
import dev.promptpo.kernel.assist.Completions;
import dev.promptpo.kernel.assist.FileNames;
import dev.promptpo.kernel.assist.Javadoc;
import dev.promptpo.kernel.assist.Sources;
import dev.promptpo.kernel.assist.TypeIndex;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.SourceCodeAnalysis.Documentation;
import jdk.jshell.SourceCodeAnalysis.Suggestion;
import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;

/** Help with a cell that is being written: is it complete, what could follow, what is this. */
final class Assist {
    private static final int MOST_TYPES = 40;

    /** The cell magics whose cells are Java. */
    private static final Set<String> JAVA_CELLS = Set.of("time");

    /**
     * A variable or a type, as one may stand in a block. Read from its text: to make snippets of
     * what was never evaluated leaves JShell's own help in disorder.
     */
    private static final Pattern DECLARATION =
            Pattern.compile(
                    "(?:(?:final|abstract|sealed|static)\\s+)*(?:(?:record|class|enum|interface)\\b"
                            + "|[\\w.$]+(?:<[^;={(]*>)?(?:\\[\\])*\\s+\\w+\\s*(?:\\[\\])*\\s*[=;,])");

    private final SourceCodeAnalysis analysis;
    private final Set<String> magics;
    private final Function<String, Optional<String>> magicHelp;
    private final Supplier<List<Path>> classPath;
    private final TypeIndex types;
    private final Sources sources;

    /**
     * @param magics the names of all magics, with their percent signs
     * @param magicHelp what there is to say of one of them
     */
    Assist(Session session, Set<String> magics, Function<String, Optional<String>> magicHelp) {
        this.analysis = session.analysis();
        this.magics = magics;
        this.magicHelp = magicHelp;
        this.classPath = session::classPath;
        this.types = session.types();
        this.sources = new Sources(Sources.fromEnvironment(), types);
    }

    /** One of {@link BaseKernel}'s answers, or the next line's indent for what is not complete. */
    String isComplete(String source) {
        String rest = CellText.java(source);
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

    /** What could stand at the cursor: magics, files, members, names, types to import. */
    Completions complete(String source, int cursor) {
        Optional<String> magic = CellText.magicName(source, cursor);
        if (magic.isPresent()) {
            return magics(magic.get(), cursor);
        }
        Optional<Completions> argument =
                CellText.magicOfArgument(source, cursor)
                        .filter(name -> magics.contains(name))
                        .map(name -> argument(name, CellText.word(source, cursor), cursor));
        if (argument.isPresent()) {
            return argument.get();
        }
        boolean java = CellText.cellMagic(source).map(JAVA_CELLS::contains).orElse(true);
        if (!java) {
            return FileNames.of(CellText.word(source, cursor), cursor);
        }
        String text = CellText.java(source);
        return CellText.openString(text, cursor)
                .map(typed -> FileNames.of(typed, cursor))
                .orElseGet(() -> java(text, cursor));
    }

    private Completions magics(String typed, int cursor) {
        return new Completions(
                magics.stream()
                        .filter(name -> name.startsWith(typed) || name.startsWith("%" + typed))
                        .map(name -> new Completions.Option(name, "magic"))
                        .toList(),
                cursor - typed.length(),
                cursor);
    }

    private Completions argument(String magic, String typed, int cursor) {
        return switch (magic) {
            case "%help" -> magics(typed, cursor);
            case "%env" ->
                    new Completions(
                            System.getenv().keySet().stream()
                                    .filter(name -> name.startsWith(typed))
                                    .sorted()
                                    .map(name -> new Completions.Option(name, "variable"))
                                    .toList(),
                            cursor - typed.length(),
                            cursor);
            case "%jars", "%classpath", "%load" -> FileNames.of(typed, cursor);
            default -> Completions.none(cursor);
        };
    }

    private Completions java(String source, int cursor) {
        Part part = part(source, cursor);
        Completions known = suggestions(part);
        if (known.options().isEmpty() && part.offset() > 0) {
            known = suggestions(part.inItsCell(analysis, source));
        }
        String name = nameBefore(source, cursor);
        boolean type = name.length() >= 2 && Character.isUpperCase(name.charAt(0));
        if (type) {
            return withTypes(known, name, cursor);
        }
        return known.options().isEmpty() ? packages(source, cursor, known) : known;
    }

    /** Packages behind a dotted name: JShell has them only once its own index is whole. */
    private Completions packages(String source, int cursor, Completions none) {
        int start = cursor;
        while (start > 0
                && (Character.isJavaIdentifierPart(source.charAt(start - 1))
                        || source.charAt(start - 1) == '.')) {
            start--;
        }
        String typed = source.substring(start, cursor);
        if (typed.isEmpty()) {
            return none;
        }
        types.update(classPath.get());
        int last = start + typed.lastIndexOf('.') + 1;
        return new Completions(
                types.packagesBeginningWith(typed).stream()
                        .map(name -> new Completions.Option(name + ".", "module"))
                        .toList(),
                last,
                cursor);
    }

    private Completions suggestions(Part part) {
        int[] anchor = {-1};
        List<Completions.Option> options =
                analysis.completionSuggestions(part.source(), part.cursor(), anchor).stream()
                        .sorted((a, b) -> Boolean.compare(b.matchesType(), a.matchesType()))
                        .map(Suggestion::continuation)
                        .distinct()
                        .map(text -> new Completions.Option(text, kind(text)))
                        .collect(Collectors.toList());
        int end = part.offset() + part.cursor();
        return new Completions(options, anchor[0] < 0 ? end : part.offset() + anchor[0], end);
    }

    private static String kind(String continuation) {
        return continuation.contains("(")
                ? "function"
                : Character.isUpperCase(continuation.charAt(0)) ? "class" : "variable";
    }

    /** Types that are not imported yet, by their qualified names, behind what is known. */
    private Completions withTypes(Completions known, String name, int cursor) {
        types.update(classPath.get());
        Set<String> there =
                known.options().stream()
                        .map(option -> option.text().replaceFirst("\\W.*$", ""))
                        .collect(Collectors.toSet());
        List<Completions.Option> options = new ArrayList<>(known.options());
        for (String qualified : types.beginningWith(name, MOST_TYPES)) {
            if (!there.contains(qualified.substring(qualified.lastIndexOf('.') + 1))) {
                options.add(new Completions.Option(qualified, "class"));
            }
        }
        int start = known.options().isEmpty() ? cursor - name.length() : known.start();
        return new Completions(options, start, cursor);
    }

    /** The name that ends at the cursor; empty behind a dot, where it is a member's. */
    private static String nameBefore(String source, int cursor) {
        int start = cursor;
        while (start > 0 && Character.isJavaIdentifierPart(source.charAt(start - 1))) {
            start--;
        }
        return start > 0 && source.charAt(start - 1) == '.' ? "" : source.substring(start, cursor);
    }

    /** What is at the cursor: its signatures, and what is written about the first of them. */
    Optional<DisplayData> inspect(String source, int cursor) {
        Optional<String> magic =
                CellText.magicOfArgument(source + " ", endOfName(source, cursor) + 1)
                        .filter(name -> magics.contains(name));
        if (magic.isPresent()) {
            return magicHelp.apply(magic.get()).map(DisplayData::new);
        }
        String text = CellText.java(source);
        Part part = part(text, endOfName(text, cursor));
        List<Documentation> found = documentation(part);
        if (found.isEmpty() && part.offset() > 0) {
            found = documentation(part.inItsCell(analysis, text));
        }
        return found.isEmpty() ? Optional.empty() : Optional.of(tooltip(found));
    }

    private List<Documentation> documentation(Part part) {
        List<Documentation> found = analysis.documentation(part.source(), part.cursor(), true);
        if (found.isEmpty()) {
            // On a method's name, the documentation is there behind its parenthesis.
            found =
                    analysis.documentation(
                            part.source().substring(0, part.cursor()) + "(",
                            part.cursor() + 1,
                            true);
        }
        return found;
    }

    private DisplayData tooltip(List<Documentation> found) {
        types.update(classPath.get());
        Map<String, Optional<String>> comments = new LinkedHashMap<>();
        for (Documentation one : found) {
            comments.computeIfAbsent(
                    one.signature(),
                    signature ->
                            Optional.ofNullable(one.javadoc())
                                    .or(() -> sources.comment(signature, classPath.get()))
                                    .filter(text -> !text.isBlank())
                                    .map(Javadoc::html));
        }
        StringBuilder html = new StringBuilder();
        StringBuilder plain = new StringBuilder();
        if (comments.size() > 1 && comments.values().stream().anyMatch(Optional::isPresent)) {
            // Which there are is seen before the first one's long story.
            html.append("<p><code>")
                    .append(
                            comments.keySet().stream()
                                    .map(Javadoc::escape)
                                    .collect(Collectors.joining("<br>")))
                    .append("</code></p><hr>");
        }
        comments.forEach((signature, comment) -> {
            html.append("<p><b><code>").append(Javadoc.escape(signature)).append("</code></b></p>");
            plain.append(plain.isEmpty() ? "" : "\n").append(signature);
            comment.ifPresent(text -> {
                html.append("<div>").append(text).append("</div>");
                plain.append("\n    ").append(Javadoc.plain(text).replace("\n", "\n    "));
            });
        });
        DisplayData data = new DisplayData(plain.toString());
        data.putHTML(html.toString());
        return data;
    }

    private static int endOfName(String source, int cursor) {
        int end = Math.min(cursor, source.length());
        while (end < source.length() && Character.isJavaIdentifierPart(source.charAt(end))) {
            end++;
        }
        return end;
    }

    /** The piece of a cell that holds the cursor. */
    private record Part(String source, int cursor, int offset) {
        /**
         * The same with the variables and types around it that the cell declares before, which
         * JShell does not know until the cell has run: all of it as one block.
         */
        Part inItsCell(SourceCodeAnalysis analysis, String cell) {
            StringBuilder block = new StringBuilder("{ ");
            for (Unit unit : Unit.split(analysis, cell.substring(0, offset))) {
                if (unit.complete() && DECLARATION.matcher(unit.source()).lookingAt()) {
                    block.append(unit.source()).append('\n');
                }
            }
            return new Part(block + source, block.length() + cursor, offset - block.length());
        }
    }

    private Part part(String source, int cursor) {
        String upTo = source.substring(0, Math.min(cursor, source.length()));
        List<Unit> units = Unit.split(analysis, upTo);
        int offset = units.isEmpty() ? 0 : units.getLast().offset();
        return new Part(source.substring(offset), upTo.length() - offset, offset);
    }
}
