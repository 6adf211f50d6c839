package dev.promptpo.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import jdk.jshell.DeclarationSnippet;
import jdk.jshell.Diag;
import jdk.jshell.EvalException;
import jdk.jshell.ExpressionSnippet;
import jdk.jshell.JShell;
import jdk.jshell.JShellException;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.UnresolvedReferenceException;
import jdk.jshell.VarSnippet;
import jdk.jshell.spi.ExecutionControl;
import jdk.jshell.spi.ExecutionControlProvider;
import jdk.jshell.spi.ExecutionEnv;

/**
 * The Java side of a notebook: what its cells have declared, and how the next cell is evaluated.
 *
 * <p>Used by one thread at a time, except for {@link #interrupt()}.
 */
public final class Session implements AutoCloseable {
    private static final int LONGEST_CHAIN = 50;
    private static final Pattern WRAPPER = Pattern.compile("REPL\\.\\$JShell\\$\\w+[.$]");

    private final SnippetControl control;
    private final JShell shell;
    private final Consumer<String> notices;

    /** Where each snippet's source is, by the snippet's id. */
    private final Map<String, Origin> origins = new ConcurrentHashMap<>();

    /** Methods and classes that wait for a declaration, with what was said about them. */
    private final Map<DeclarationSnippet, String> waiting = new HashMap<>();

    private Origin current = new Origin(new Cell(0, ""), new Unit("", 0, true));

    private record Origin(Cell cell, Unit unit) {
        /** The offset in the cell of an offset in a snippet that was made of the unit. */
        int offsetInCell(String snippetSource, long offset) {
            int within = Math.max(0, unit.source().indexOf(snippetSource));
            int inCell = unit.offset() + within + (int) offset;
            return Math.min(inCell, cell.source().length());
        }
    }

    /**
     * Starts a session whose cells see what {@code parent} sees.
     *
     * @param classPath what the compiler looks into, as {@code java.class.path}
     * @param notices takes what the session has to say about a cell besides its outcome
     */
    public Session(ClassLoader parent, String classPath, Consumer<String> notices) {
        this.notices = Objects.requireNonNull(notices);
        this.control = new SnippetControl(new SessionLoader(parent));
        JShell.Builder builder =
                JShell.builder()
                        .executionEngine(new InProcess(control), Map.of())
                        .idGenerator(this::register);
        if (!classPath.isEmpty()) {
            builder.compilerOptions("--class-path", classPath);
        }
        this.shell = builder.build();
    }

    /** The class loader of the cells' classes. */
    public ClassLoader loader() {
        return control.loader();
    }

    SourceCodeAnalysis analysis() {
        return shell.sourceCodeAnalysis();
    }

    /** Adds jars or folders to what later cells see. */
    public void addToClassPath(String path) {
        shell.addToClasspath(path);
    }

    /** Stops the cell that is being evaluated, if there is one. Callable from any thread. */
    public void interrupt() {
        control.interrupt();
    }

    /**
     * Evaluates a cell: its pieces in order, up to the first that fails. A cell that is not valid
     * Java to its end runs nothing.
     */
    public Outcome evaluate(Cell cell) {
        return asCell(() -> evaluateUnits(cell));
    }

    /** Runs a cell: what happens in {@code work} can be interrupted, and nothing after it. */
    <T> T asCell(Supplier<T> work) {
        control.begin();
        try {
            return work.get();
        } finally {
            control.end();
        }
    }

    /** Runs code of the user's that is not Java source, as a cell or in one, interruptible. */
    <T> T asUserCode(Callable<T> code) throws Exception {
        return control.asUserCode(code);
    }

    boolean isInterrupted() {
        return control.isInterrupted();
    }

    /** Evaluates source in the midst of a cell (or of nothing): the running cell stays the cell. */
    Outcome evaluateUnits(Cell cell) {
        Origin outer = current;
        try {
            List<Unit> units = Unit.split(shell.sourceCodeAnalysis(), cell.source());
            if (!units.isEmpty() && !units.getLast().complete()) {
                Optional<Outcome> broken = refuse(cell, units.getLast());
                if (broken.isPresent()) {
                    return broken.get();
                }
            }
            return run(cell, units);
        } finally {
            current = outer;
        }
    }

    private Optional<Outcome> refuse(Cell cell, Unit unit) {
        current = new Origin(cell, unit);
        List<Outcome.Problem> problems = new ArrayList<>();
        for (Snippet snippet : shell.sourceCodeAnalysis().sourceToSnippets(unit.source())) {
            problems.addAll(problems(current, snippet));
        }
        return problems.isEmpty()
                ? Optional.empty()
                : Optional.of(new Outcome.NotCompiled(cell, problems));
    }

    private Outcome run(Cell cell, List<Unit> units) {
        Set<Snippet> unresolved = new LinkedHashSet<>();
        Outcome outcome = new Outcome.Done();
        for (Unit unit : units) {
            if (control.isInterrupted()) {
                return new Outcome.Interrupted(List.of());
            }
            current = new Origin(cell, unit);
            outcome = new Outcome.Done();
            for (SnippetEvent event : shell.eval(unit.source())) {
                if (event.exception() != null) {
                    return failure(event.exception());
                }
                if (event.causeSnippet() != null) {
                    continue;
                }
                switch (event.status()) {
                    case REJECTED -> {
                        return rejected(cell, event.snippet(), unresolved);
                    }
                    case RECOVERABLE_DEFINED, RECOVERABLE_NOT_DEFINED ->
                            unresolved.add(event.snippet());
                    case VALID -> outcome = valid(event.snippet());
                    case DROPPED, OVERWRITTEN, NONEXISTENT -> {}
                }
            }
            if (control.takeSkipped()
                    || (control.isInterrupted() && outcome instanceof Outcome.Done)) {
                return new Outcome.Interrupted(List.of());
            }
        }
        Optional<Outcome> missing = missingVariable(cell, unresolved);
        if (missing.isPresent()) {
            return missing.get();
        }
        sayWhatWaits(unresolved);
        return outcome;
    }

    private Outcome valid(Snippet snippet) {
        if (snippet instanceof ExpressionSnippet
                && snippet.subKind() != Snippet.SubKind.ASSIGNMENT_SUBKIND) {
            return new Outcome.Value(control.takeValue());
        }
        if (snippet.subKind() == Snippet.SubKind.TEMP_VAR_EXPRESSION_SUBKIND) {
            return new Outcome.Value(control.takeValue());
        }
        return new Outcome.Done();
    }

    private Outcome rejected(Cell cell, Snippet snippet, Set<Snippet> unresolved) {
        // What is missing is said where it was first missed, not where that is noticed again.
        return missingVariable(cell, unresolved)
                .orElseGet(() ->
                        new Outcome.NotCompiled(
                                cell, problems(origins.get(snippet.id()), snippet)));
    }

    private Optional<Outcome> missingVariable(Cell cell, Set<Snippet> unresolved) {
        for (Snippet snippet : unresolved) {
            if (snippet instanceof VarSnippet variable
                    && shell.status(variable) == Snippet.Status.RECOVERABLE_NOT_DEFINED) {
                return Optional.of(
                        new Outcome.NotCompiled(
                                cell, problems(origins.get(variable.id()), variable)));
            }
        }
        return Optional.empty();
    }

    private List<Outcome.Problem> problems(Origin origin, Snippet snippet) {
        List<Outcome.Problem> problems = new ArrayList<>();
        for (Diag diag : shell.diagnostics(snippet).filter(Diag::isError).toList()) {
            problems.add(
                    new Outcome.Problem(
                            origin.offsetInCell(snippet.source(), diag.getStartPosition()),
                            origin.offsetInCell(snippet.source(), diag.getEndPosition()),
                            diag.getMessage(null)));
        }
        if (problems.isEmpty() && snippet instanceof DeclarationSnippet declaration) {
            shell.unresolvedDependencies(declaration)
                    .forEach(name ->
                            problems.add(
                                    new Outcome.Problem(
                                            origin.offsetInCell(snippet.source(), 0),
                                            origin.offsetInCell(
                                                    snippet.source(), snippet.source().length()),
                                            "cannot find " + name)));
        }
        if (problems.isEmpty()) {
            problems.add(
                    new Outcome.Problem(
                            origin.offsetInCell(snippet.source(), 0),
                            origin.offsetInCell(snippet.source(), snippet.source().length()),
                            "not accepted by the compiler, which gives no reason"));
        }
        return problems;
    }

    private void sayWhatWaits(Set<Snippet> unresolved) {
        for (Snippet snippet : unresolved) {
            if (snippet instanceof DeclarationSnippet declaration
                    && switch (shell.status(declaration)) {
                        case RECOVERABLE_DEFINED, RECOVERABLE_NOT_DEFINED -> true;
                        case VALID, DROPPED, OVERWRITTEN, REJECTED, NONEXISTENT -> false;
                    }) {
                String missing =
                        shell.unresolvedDependencies(declaration)
                                .sorted()
                                .collect(Collectors.joining(", "));
                String notice =
                        declaration.name()
                                + " can be used once this is declared: "
                                + missing
                                + "\n";
                if (!notice.equals(waiting.put(declaration, notice))) {
                    notices.accept(notice);
                }
            }
        }
    }

    private Outcome failure(JShellException exception) {
        Optional<Throwable> thrown = control.takeThrown();
        if (control.isInterrupted()) {
            return new Outcome.Interrupted(frames(exception.getStackTrace()));
        }
        List<Outcome.Link> chain = new ArrayList<>();
        Throwable translated = exception;
        Optional<Throwable> raw = thrown;
        while (translated != null) {
            chain.add(link(translated, raw));
            translated = translated.getCause();
            raw = raw.map(Throwable::getCause);
        }
        return new Outcome.Threw(chain);
    }

    /** A failure of code that is not a cell's own (a renderer, an extension) as an outcome. */
    Outcome.Failure failure(Throwable thrown) {
        if (control.isInterrupted()) {
            return new Outcome.Interrupted(frames(thrown.getStackTrace()));
        }
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
        return new Outcome.Threw(chain);
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
                        raw.flatMap(Session::message)
                                .orElse(Objects.requireNonNullElse(eval.getMessage(), ""));
                String text = message.isEmpty() ? type : type + ": " + message;
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

    private List<Outcome.Frame> frames(StackTraceElement[] elements) {
        List<Outcome.Frame> frames = new ArrayList<>();
        for (StackTraceElement element : elements) {
            String file = Objects.requireNonNullElse(element.getFileName(), "");
            Origin origin = file.startsWith("#") ? origins.get(file.substring(1)) : null;
            if (origin != null) {
                frames.add(cellFrame(origin, file.substring(1), element));
            } else if (!isMachinery(element.getClassName())) {
                frames.add(new Outcome.LibraryFrame(element));
            }
        }
        return frames;
    }

    private Outcome.CellFrame cellFrame(Origin origin, String id, StackTraceElement element) {
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

    private String register(Snippet snippet, int number) {
        String id = String.valueOf(number);
        origins.put(id, current);
        return id;
    }

    @Override
    public void close() {
        shell.close();
    }

    private record InProcess(SnippetControl control) implements ExecutionControlProvider {
        @Override
        public String name() {
            return "in-process";
        }

        @Override
        public ExecutionControl generate(ExecutionEnv env, Map<String, String> parameters) {
            return control;
        }
    }
}
