package dev.promptpo.cli;

import dev.promptpo.environment.UnknownEnvironmentException;
import dev.promptpo.optimizer.RunInterruptedException;
import dev.promptpo.python.PythonInterruptedException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Objects;

/** Turns an exception into one clear line and an exit code. */
final class Failures {
    /** Set to 1, it shows where an exception came from. */
    static final String SHOW_TRACE = "PROMPTPO_STACKTRACE";

    private Failures() {}

    static int report(Exception e, PrintWriter err) {
        err.println("promptpo: " + line(e));
        if ("1".equals(System.getenv(SHOW_TRACE))) {
            e.printStackTrace(err);
        }
        return e instanceof IllegalArgumentException || e instanceof UnknownEnvironmentException
                ? ExitCodes.BAD_ARGUMENTS
                : ExitCodes.FAILED;
    }

    private static String line(Exception e) {
        String message = Objects.requireNonNullElse(e.getMessage(), "").strip();
        return switch (e) {
            case RunInterruptedException interrupted -> message;
            case PythonInterruptedException interrupted -> "interrupted";
            case InterruptedException interrupted -> "interrupted";
            case UncheckedIOException io ->
                    message + ": " + Objects.requireNonNullElse(io.getCause().getMessage(), "");
            case IllegalArgumentException ours when !message.isEmpty() -> message;
            case IllegalStateException ours when !message.isEmpty() -> message;
            default ->
                    e.getClass().getName().startsWith("dev.promptpo.")
                            ? message
                            : "unexpected: " + e + "; " + SHOW_TRACE + "=1 shows where";
        };
    }
}
