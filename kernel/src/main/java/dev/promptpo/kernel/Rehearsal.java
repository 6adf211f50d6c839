package dev.promptpo.kernel;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jshell.DeclarationSnippet;
import jdk.jshell.ImportSnippet;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.VarSnippet;

/**
 * Finds the errors of a cell behind its first: the pieces that follow are compiled and not run, and
 * what they would have declared is taken away again. It ends where a piece would replace something
 * that the session holds.
 */
final class Rehearsal {
    /** The name that a message of javac, or of the session, is about. */
    private static final Pattern NAME =
            Pattern.compile("(?:symbol:\\s+(?:variable|class|method)|cannot find \\w+) (\\w+)");

    private final JShell shell;
    private final SnippetControl control;
    private final Origins origins;
    private final Function<Snippet, List<Outcome.Problem>> problems;

    /** Names that are unknown because what declares them has an error itself. */
    private final Set<String> missing = new HashSet<>();

    Rehearsal(
            JShell shell,
            SnippetControl control,
            Origins origins,
            Function<Snippet, List<Outcome.Problem>> problems) {
        this.shell = shell;
        this.control = control;
        this.origins = origins;
        this.problems = problems;
    }

    /** What is wrong with {@code rest}, pieces of a cell behind one that was rejected. */
    List<Outcome.Problem> problems(Cell cell, Unit rejected, List<Unit> rest) {
        missing.addAll(declared(rejected));
        if (shell.snippets().anyMatch(this::waits)) {
            // What waits for a declaration could take one that is only tried for the true one.
            return List.of();
        }
        List<Outcome.Problem> found = new ArrayList<>();
        List<Snippet> tried = new ArrayList<>();
        control.compileOnly(true);
        try {
            for (Unit unit : rest) {
                Set<String> names = declared(unit);
                if (present().anyMatch(names::contains)) {
                    break;
                }
                origins.enter(new Origins.Origin(cell, unit));
                for (SnippetEvent event : shell.eval(unit.source())) {
                    if (event.causeSnippet() == null) {
                        tried.add(event.snippet());
                        look(event, names, found);
                    }
                }
            }
        } finally {
            tried.stream().filter(Rehearsal::stays).forEach(shell::drop);
            control.compileOnly(false);
        }
        return found;
    }

    private void look(SnippetEvent event, Set<String> names, List<Outcome.Problem> found) {
        boolean unknownType =
                event.snippet() instanceof VarSnippet
                        && event.status() == Snippet.Status.RECOVERABLE_NOT_DEFINED;
        if (event.status() == Snippet.Status.REJECTED || unknownType) {
            missing.addAll(names);
            problems.apply(event.snippet()).stream().filter(this::ofItsOwn).forEach(found::add);
        }
    }

    private boolean ofItsOwn(Outcome.Problem problem) {
        Matcher matcher = NAME.matcher(problem.message());
        return !matcher.find() || !missing.contains(matcher.group(1));
    }

    private Set<String> declared(Unit unit) {
        return shell.sourceCodeAnalysis().sourceToSnippets(unit.source()).stream()
                .filter(DeclarationSnippet.class::isInstance)
                .map(snippet -> ((DeclarationSnippet) snippet).name())
                .collect(Collectors.toSet());
    }

    private Stream<String> present() {
        return shell.snippets()
                .filter(snippet -> shell.status(snippet).isActive())
                .filter(DeclarationSnippet.class::isInstance)
                .map(snippet -> ((DeclarationSnippet) snippet).name());
    }

    private boolean waits(Snippet snippet) {
        return switch (shell.status(snippet)) {
            case RECOVERABLE_DEFINED, RECOVERABLE_NOT_DEFINED -> true;
            case VALID, DROPPED, OVERWRITTEN, REJECTED, NONEXISTENT -> false;
        };
    }

    private static boolean stays(Snippet snippet) {
        return snippet instanceof DeclarationSnippet || snippet instanceof ImportSnippet;
    }
}
