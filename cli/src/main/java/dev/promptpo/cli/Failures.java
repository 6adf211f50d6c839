package dev.promptpo.cli;

import dev.promptpo.environment.UnknownEnvironmentException;
import java.io.PrintWriter;
import java.util.Objects;

/** Turns an exception into one clear line and an exit code. */
final class Failures {
    private Failures() {}

    static int report(Exception e, PrintWriter err) {
        String message = Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
        err.println("promptpo: " + message.strip());
        if (Boolean.getBoolean("promptpo.stacktrace")) {
            e.printStackTrace(err);
        }
        return e instanceof IllegalArgumentException || e instanceof UnknownEnvironmentException
                ? ExitCodes.BAD_ARGUMENTS
                : ExitCodes.FAILED;
    }
}
