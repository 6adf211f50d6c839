package dev.promptpo.kernel;

import dev.promptpo.kernel.assist.TypeIndex;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jshell.DeclarationSnippet;
import jdk.jshell.Diag;
import jdk.jshell.ExpressionSnippet;
import jdk.jshell.JShell;
import jdk.jshell.JShellException;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.TypeDeclSnippet;
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
    private static final String NOWHERE = System.getProperty("java.home") + "/none";

    private static final String CONSTRUCTOR_OF_A_RECORD =
            "compiler.err.invalid.canonical.constructor.in.record";

    private final SnippetControl control;
    private final JShell shell;
    private final Consumer<String> notices;
    private final Origins origins = new Origins();
    private final Traces traces;
    private final FailedStarts failedStarts;
    private final TypeIndex types;
    private final List<Path> classPath = new CopyOnWriteArrayList<>();

    /** Methods and classes that wait for a declaration, with what was said about them. */
    private final Map<DeclarationSnippet, String> waiting = new HashMap<>();

    /**
     * Starts a session whose cells see what {@code parent} sees.
     *
     * @param classPath what the compiler looks into, as {@code java.class.path}
     * @param notices takes what the session has to say about a cell besides its outcome
     */
    public Session(ClassLoader parent, String classPath, Consumer<String> notices) {
        this.notices = Objects.requireNonNull(notices);
        List<String> entries =
                Stream.of(classPath.split(File.pathSeparator, -1))
                        .filter(entry -> !entry.isEmpty())
                        .toList();
        this.control = new SnippetControl(new SessionLoader(parent, entries));
        JShell.Builder builder =
                JShell.builder()
                        .executionEngine(new InProcess(control), Map.of())
                        .idGenerator(origins::register);
        // Without a path of its own for processors, javac looks for them in every jar.
        builder.compilerOptions("--processor-path", NOWHERE);
        this.shell = builder.build();
        this.traces = new Traces(shell, origins);
        this.failedStarts = new FailedStarts(shell);
        this.types = new TypeIndex(control.loader());
        entries.forEach(entry -> this.classPath.add(Path.of(entry)));
        // Not as an option of the compiler: that would win over all that is added later.
        if (!entries.isEmpty()) {
            shell.addToClasspath(classPath);
        }
    }

    /** The class loader of the cells' classes. */
    public ClassLoader loader() {
        return control.loader();
    }

    /** Makes a jar or a folder of classes known to the compiler and to the cells that follow. */
    void addToClassPath(Path entry) {
        shell.addToClasspath(entry.toString());
        classPath.add(entry);
    }

    /** Jars and folders of classes, in the order in which they are looked into. */
    List<Path> classPath() {
        return List.copyOf(classPath);
    }

    /** The types that cells could import. */
    TypeIndex types() {
        return types;
    }

    SourceCodeAnalysis analysis() {
        return shell.sourceCodeAnalysis();
    }

    /** Stops the cell that is being evaluated, if there is one. Callable from any thread. */
    public void interrupt() {
        control.interrupt();
    }

    /**
     * Evaluates a cell: its pieces in order, up to the first that fails. A cell that is not valid
     * Java to its end runs nothing. Where a piece does not compile, those behind it are compiled
     * too, for their errors, and not run.
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

    /** Whether this thread is one of the user's code: what it evaluates is part of its cell. */
    boolean isUserThread() {
        return control.isUserThread();
    }

    boolean isInterrupted() {
        return control.isInterrupted();
    }

    /** Evaluates source in the midst of a cell (or of nothing): the running cell stays the cell. */
    Outcome evaluateUnits(Cell cell) {
        Origins.Origin outer = origins.current();
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
            origins.enter(outer);
        }
    }

    private Optional<Outcome> refuse(Cell cell, Unit unit) {
        Origins.Origin origin = new Origins.Origin(cell, unit);
        origins.enter(origin);
        List<Outcome.Problem> problems = new ArrayList<>();
        for (Snippet snippet : shell.sourceCodeAnalysis().sourceToSnippets(unit.source())) {
            problems.addAll(problems(origin, snippet));
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
                return interrupted(new StackTraceElement[0]);
            }
            outcome = new Outcome.Done();
            for (SnippetEvent event : eval(cell, unit)) {
                if (event.exception() != null) {
                    return failure(event.exception());
                }
                if (event.causeSnippet() != null) {
                    continue;
                }
                switch (event.status()) {
                    case REJECTED -> {
                        int done = units.indexOf(unit) + 1;
                        return rejected(
                                cell,
                                event.snippet(),
                                unresolved,
                                unit,
                                units.subList(done, units.size()));
                    }
                    case RECOVERABLE_DEFINED, RECOVERABLE_NOT_DEFINED ->
                            unresolved.add(event.snippet());
                    case VALID -> outcome = valid(event.snippet());
                    case DROPPED, OVERWRITTEN, NONEXISTENT -> {}
                }
            }
            Optional<Throwable> unnoticed = control.takeThrown();
            if (unnoticed.isPresent()) {
                return failure(unnoticed.get());
            }
            if (control.takeSkipped()
                    || (control.isInterrupted() && outcome instanceof Outcome.Done)) {
                return interrupted(new StackTraceElement[0]);
            }
        }
        Optional<Outcome> missing = missingVariable(cell, unresolved);
        if (missing.isPresent()) {
            return missing.get();
        }
        sayWhatWaits(unresolved);
        return outcome;
    }

    // JShell makes a record of a cell public, and then asks the same of its constructor.
    private List<SnippetEvent> eval(Cell cell, Unit unit) {
        origins.enter(new Origins.Origin(cell, unit));
        failedStarts.makeWayFor(unit.source());
        List<SnippetEvent> events = shell.eval(unit.source());
        for (SnippetEvent event : events) {
            if (event.status() == Snippet.Status.REJECTED) {
                Optional<Unit> amended = withPublicConstructor(unit, event.snippet());
                if (amended.isPresent()) {
                    return eval(cell, amended.get());
                }
            }
        }
        return events;
    }

    private Optional<Unit> withPublicConstructor(Unit unit, Snippet snippet) {
        int within = unit.source().indexOf(snippet.source());
        if (within < 0 || !(snippet instanceof TypeDeclSnippet type)) {
            return Optional.empty();
        }
        return shell.diagnostics(snippet)
                .filter(diag -> diag.getCode().equals(CONSTRUCTOR_OF_A_RECORD))
                .map(diag -> within + (int) diag.getStartPosition())
                .filter(at -> unit.source().startsWith(type.name(), at))
                .findFirst()
                .map(unit::withPublicAt);
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

    private Outcome rejected(
            Cell cell, Snippet snippet, Set<Snippet> unresolved, Unit unit, List<Unit> rest) {
        // What is missing is said where it was first missed, not where that is noticed again.
        return missingVariable(cell, unresolved)
                .orElseGet(() -> {
                    List<Outcome.Problem> all =
                            new ArrayList<>(problems(origins.of(snippet), snippet));
                    Rehearsal rehearsal =
                            new Rehearsal(
                                    shell,
                                    control,
                                    origins,
                                    later -> problems(origins.of(later), later));
                    all.addAll(rehearsal.problems(cell, unit, rest));
                    return new Outcome.NotCompiled(cell, all);
                });
    }

    private Optional<Outcome> missingVariable(Cell cell, Set<Snippet> unresolved) {
        for (Snippet snippet : unresolved) {
            if (snippet instanceof VarSnippet variable
                    && shell.status(variable) == Snippet.Status.RECOVERABLE_NOT_DEFINED) {
                return Optional.of(
                        new Outcome.NotCompiled(cell, problems(origins.of(variable), variable)));
            }
        }
        return Optional.empty();
    }

    private List<Outcome.Problem> problems(Origins.Origin origin, Snippet snippet) {
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
        thrown.ifPresent(failedStarts::learn);
        return control.isInterrupted()
                ? interrupted(exception.getStackTrace())
                : new Outcome.Threw(traces.ofCell(exception, thrown));
    }

    private Outcome.Interrupted interrupted(StackTraceElement[] at) {
        return new Outcome.Interrupted(traces.frames(at), control.isLeftBehind());
    }

    /** What ended another thread than the cell's. */
    Outcome.Threw ofThread(Throwable thrown) {
        return new Outcome.Threw(traces.ofLibrary(thrown));
    }

    /** A failure of code that is not a cell's own (a renderer, an extension) as an outcome. */
    Outcome.Failure failure(Throwable thrown) {
        failedStarts.learn(thrown);
        return control.isInterrupted()
                ? interrupted(thrown.getStackTrace())
                : new Outcome.Threw(traces.ofLibrary(thrown));
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
