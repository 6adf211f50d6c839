package dev.promptpo.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import jdk.jshell.DeclarationSnippet;
import jdk.jshell.EvalException;
import jdk.jshell.JShell;
import jdk.jshell.JShellException;
import jdk.jshell.Snippet;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.UnresolvedReferenceException;

/** Exceptions as a notebook's reader sees them: in cells and lines, with their causes. */
final class Traces {
    private static final int LONGEST_CHAIN = 50;
    private static final Pattern WRAPPER = Pattern.compile("REPL\\.\\$JShell\\$\\w+[.$]");

    private static final Pattern COMPILED = Pattern.compile("REPL\\.\\$JShell\\$\\w+");

    private final JShell shell;
    private final Origins origins;

    Traces(JShell shell, Origins origins) {
        this.shell = shell;
        this.origins = origins;
    }

    /**
     * An exception of a cell and its causes.
     *
     * @param translated as JShell gives it, with frames in snippets
     * @param thrown what was really thrown, where it is known
     */
    List<Outcome.Link> ofCell(JShellException translated, Optional<Throwable> thrown) {
        List<Outcome.Link> chain = new ArrayList<>();
        Throwable link = translated;
        Optional<Throwable> raw = thrown;
        while (link != null) {
            chain.add(link(link, raw));
            link = link.getCause();
            raw = raw.map(Throwable::getCause);
        }
        return chain;
    }

    /** An exception of code that is not a cell's, and its causes. */
    List<Outcome.Link> ofLibrary(Throwable thrown) {
        List<Outcome.Link> chain = new ArrayList<>();
        for (Throwable link = thrown;
                link != null && chain.size() < LONGEST_CHAIN;
                link = link.getCause()) {
            String message = message(link).orElse("");
            String type = link.getClass().getName();
            chain.add(
                    new Outcome.Link(
                            type,
                            message,
                            message.isEmpty() ? type : type + ": " + message,
                            frames(aboveMachinery(link.getStackTrace()))));
        }
        return chain;
    }

    private static StackTraceElement[] aboveMachinery(StackTraceElement[] elements) {
        for (int i = elements.length - 1; i >= 0; i--) {
            if (elements[i].getClassName().equals(SnippetControl.class.getName())) {
                return Arrays.copyOf(elements, i);
            }
        }
        return elements;
    }

    private Outcome.Link link(Throwable translated, Optional<Throwable> raw) {
        List<Outcome.Frame> frames = frames(translated.getStackTrace());
        return switch (translated) {
            case UnresolvedReferenceException unresolved -> {
                DeclarationSnippet snippet = unresolved.getSnippet();
                String missing =
                        shell.unresolvedDependencies(snippet)
                                .sorted()
                                .collect(Collectors.joining(", "));
                String message = snippet.name() + " was used, but this is not declared: " + missing;
                yield new Outcome.Link(
                        "UnresolvedReference", message, "UnresolvedReference: " + message, frames);
            }
            case EvalException eval -> {
                String type = cellName(eval.getExceptionClassName());
                String message =
                        raw.flatMap(Traces::message)
                                .orElse(Objects.requireNonNullElse(eval.getMessage(), ""));
                String named = message.isEmpty() ? type : type + ": " + message;
                String text = raw.flatMap(Traces::ownText).orElse(named);
                yield new Outcome.Link(type, message, text, frames);
            }
            default ->
                    new Outcome.Link(
                            translated.getClass().getName(),
                            String.valueOf(translated.getMessage()),
                            translated.toString(),
                            frames);
        };
    }

    /** The text of an exception that does without its type: what a magic throws has other names. */
    private static Optional<String> ownText(Throwable thrown) {
        try {
            return Optional.ofNullable(thrown.toString())
                    .filter(text -> !text.isBlank())
                    .filter(text -> !text.startsWith(thrown.getClass().getName()))
                    .map(Traces::cellName);
        } catch (Throwable e) {
            return Optional.empty();
        }
    }

    private static Optional<String> message(Throwable thrown) {
        try {
            return Optional.of(
                    cellName(Objects.requireNonNullElse(thrown.getLocalizedMessage(), "")));
        } catch (Throwable e) {
            return Optional.of("(its message cannot be read: " + e.getClass().getName() + ")");
        }
    }

    /** Text with the classes of cells named as the cell wrote them, without JShell's wrapper. */
    static String cellName(String text) {
        return WRAPPER.matcher(text).replaceAll("");
    }

    /** The frames of cells and libraries, without what runs them. */
    List<Outcome.Frame> frames(StackTraceElement[] elements) {
        List<Outcome.Frame> frames = new ArrayList<>();
        for (StackTraceElement element : elements) {
            String file = Objects.requireNonNullElse(element.getFileName(), "");
            Optional<Origins.Origin> origin =
                    file.startsWith("#") ? origins.of(file.substring(1)) : Optional.empty();
            Optional<Outcome.CellFrame> compiled =
                    origin.isPresent() ? Optional.empty() : compiledFrame(element);
            if (origin.isPresent()) {
                frames.add(cellFrame(origin.get(), file.substring(1), element));
            } else if (compiled.isPresent()) {
                frames.add(compiled.get());
            } else if (!isMachinery(element.getClassName())) {
                frames.add(new Outcome.LibraryFrame(element));
            }
        }
        return frames;
    }

    private Outcome.CellFrame cellFrame(
            Origins.Origin origin, String id, StackTraceElement element) {
        String source =
                shell.snippets()
                        .filter(snippet -> snippet.id().equals(id))
                        .findFirst()
                        .map(Snippet::source)
                        .orElse(origin.unit().source());
        int firstLine = origin.cell().lineAt(origin.offsetInCell(source, 0));
        String method = element.getMethodName();
        if (method.startsWith("lambda$") || method.startsWith("do_it$")) {
            method = "";
        }
        String type = cellName(Objects.requireNonNullElse(element.getClassName(), ""));
        String name = type.isEmpty() || method.isEmpty() ? method : type + "." + method;
        return new Outcome.CellFrame(
                origin.cell(), firstLine + Math.max(1, element.getLineNumber()) - 1, name);
    }

    /** A frame of a cell as the virtual machine names it: what JShell has not translated. */
    private Optional<Outcome.CellFrame> compiledFrame(StackTraceElement element) {
        Matcher wrapper = COMPILED.matcher(element.getClassName());
        if (!wrapper.lookingAt()) {
            return Optional.empty();
        }
        String name = element.getMethodName();
        boolean own = !name.startsWith("lambda$") && !name.startsWith("do_it$");
        String type = element.getClassName().substring(wrapper.end());
        String inType = type.isEmpty() ? name : type.substring(1) + "." + name;
        for (Snippet snippet : shell.snippets().toList()) {
            Optional<Origins.Origin> origin = origins.of(snippet.id());
            SourceCodeAnalysis.SnippetWrapper wrapped = shell.sourceCodeAnalysis().wrapper(snippet);
            if (origin.isPresent() && wrapper.group().equals(wrapped.fullClassName())) {
                int line = lineInCell(origin.get(), wrapped, element.getLineNumber());
                return Optional.of(
                        new Outcome.CellFrame(origin.get().cell(), line, own ? inType : ""));
            }
        }
        return Optional.empty();
    }

    private static int lineInCell(
            Origins.Origin origin, SourceCodeAnalysis.SnippetWrapper wrapped, int compiledLine) {
        String source = wrapped.source();
        int start = 0;
        // The last line of the source that is not behind the compiled one.
        for (int next = source.indexOf('\n') + 1; next > 0; ) {
            String before = wrapped.wrapped().substring(0, wrapped.sourceToWrappedPosition(next));
            if (before.lines().count() + (before.endsWith("\n") ? 1 : 0) > compiledLine) {
                break;
            }
            start = next;
            next = source.indexOf('\n', next) + 1;
        }
        return origin.cell().lineAt(origin.offsetInCell(source, start));
    }

    private static boolean isMachinery(String className) {
        return className.isEmpty()
                || className.startsWith("REPL.")
                || className.startsWith("dev.promptpo.kernel.")
                || className.startsWith("org.dflib.jjava.")
                || className.startsWith("jdk.jshell.")
                || className.startsWith("jdk.internal.reflect.")
                || className.startsWith("java.lang.reflect.")
                || className.startsWith("java.lang.invoke.");
    }
}
