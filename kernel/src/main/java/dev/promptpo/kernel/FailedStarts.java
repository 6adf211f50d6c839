package dev.promptpo.kernel;

import java.util.HashSet;
import java.util.Set;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.TypeDeclSnippet;

/**
 * Classes of cells whose static initialisers have failed. Java starts a class only once, and JShell
 * keeps the class of a declaration that is made again unchanged; here that makes a new class.
 */
final class FailedStarts {
    private static final int LONGEST_CHAIN = 50;

    private final JShell shell;
    private final Set<String> names = new HashSet<>();

    FailedStarts(JShell shell) {
        this.shell = shell;
    }

    /** Learns from what has ended a cell which classes have failed to start. */
    void learn(Throwable thrown) {
        Throwable link = thrown;
        for (int i = 0; link != null && i < LONGEST_CHAIN; i++) {
            if (link instanceof NoClassDefFoundError) {
                String message = String.valueOf(link.getMessage());
                learn(message.substring(message.lastIndexOf(' ') + 1));
            }
            for (StackTraceElement frame : link.getStackTrace()) {
                if (frame.getMethodName().equals("<clinit>")) {
                    learn(frame.getClassName());
                }
            }
            link = link.getCause();
        }
    }

    private void learn(String className) {
        String name = Traces.cellName(className);
        if (!name.equals(className)) {
            // JShell knows the outermost class only.
            names.add(name.replaceFirst("\\$.*", ""));
        }
    }

    /**
     * Has {@code source} make new classes for those of them that it is about to declare again: what
     * is declared differently in between, JShell must replace.
     */
    void makeWayFor(String source) {
        if (names.isEmpty()) {
            return;
        }
        for (Snippet declared : shell.sourceCodeAnalysis().sourceToSnippets(source)) {
            if (declared instanceof TypeDeclSnippet type && names.remove(type.name())) {
                shell.eval("class " + type.name() + " {}");
            }
        }
    }
}
