package dev.promptpo.environment;

import dev.promptpo.python.Python;
import dev.promptpo.python.PythonException;
import dev.promptpo.python.PythonObject;
import dev.promptpo.python.PythonTask;
import dev.promptpo.python.PythonThread;

/** Asks {@code promptpo_envs}, and says in Java what it raises. */
final class Catalogue {
    private static final String NOTEBOOK_MODULE = "promptpo_envs.notebook";

    private Catalogue() {}

    /** A quick question: on the thread that no cell keeps busy. */
    static String ask(String function, Object... arguments) {
        return on(
                PythonThread.rollout(),
                python -> python.call(String.class, NOTEBOOK_MODULE, function, arguments));
    }

    /** Something that runs a user's code: on the notebook's thread, where it can be interrupted. */
    static String run(String function, Object... arguments) {
        return on(
                PythonThread.notebook(),
                python -> python.call(String.class, NOTEBOOK_MODULE, function, arguments));
    }

    static PythonObject open(Python python, String id, String preset) {
        return python.call(PythonObject.class, NOTEBOOK_MODULE, "open", id, preset);
    }

    /** Runs a task and translates what the packages raise on a caller's mistake. */
    static <T> T on(PythonThread thread, PythonTask<T> task) {
        try {
            return thread.run(task);
        } catch (PythonException e) {
            throw translated(e);
        }
    }

    private static RuntimeException translated(PythonException raised) {
        return switch (raised.type()) {
            case "promptpo_envs.errors.UnknownEnvironment" ->
                    new UnknownEnvironmentException(raised.detail(), raised);
            case "promptpo_envs.errors.UnknownPreset",
                    "promptpo_envs.drafted.UnsupportedSpaces",
                    "promptpo_envs.registered.errors.InvalidEnvironment" ->
                    new IllegalArgumentException(raised.detail(), raised);
            case "promptpo_render.errors.RenderUnavailable" ->
                    new RenderException(raised.detail(), raised);
            case "promptpo_envs.errors.EnvironmentUnavailable",
                    "promptpo_envs.errors.NotRegistered",
                    "promptpo_envs.errors.NoEpisode" ->
                    new IllegalStateException(raised.detail(), raised);
            case "ModuleNotFoundError" ->
                    raised.detail().contains("'promptpo_envs'")
                            ? new IllegalStateException(
                                    "the Python package promptpo_envs is not installed: run"
                                            + " ./promptpo setup",
                                    raised)
                            : raised;
            default -> raised;
        };
    }
}
