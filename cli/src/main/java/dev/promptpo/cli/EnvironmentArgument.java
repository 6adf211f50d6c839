package dev.promptpo.cli;

import dev.promptpo.environment.Environments;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** An environment as a command is given it: an id, or the path of a user's own. */
final class EnvironmentArgument {
    /** Ends the help on {@code ENV}. */
    static final String OR_A_FILE = " or a file or folder of your own (./room.py)";

    private EnvironmentArgument() {}

    /**
     * The environment's id. A path (it ends in {@code .py}, or has a separator and is there) is
     * registered first; throws as {@link Environments#register(Path)} does.
     */
    static String id(String given) {
        return isPath(given) ? Environments.register(Path.of(given)).id() : given;
    }

    private static boolean isPath(String given) {
        try {
            return given.endsWith(".py") || (given.contains("/") && Files.exists(Path.of(given)));
        } catch (InvalidPathException e) {
            return false;
        }
    }
}
