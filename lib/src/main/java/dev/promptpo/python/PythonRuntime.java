package dev.promptpo.python;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import jep.Interpreter;
import jep.JepException;
import jep.MainInterpreter;
import jep.PyConfig;
import jep.SharedInterpreter;

/** Starts CPython in this JVM, once, on first use. */
final class PythonRuntime {

    private static boolean prepared;
    private static boolean bridged;

    private PythonRuntime() {}

    /**
     * Makes an interpreter for the calling thread.
     *
     * @throws PythonUnavailableException when Python is missing or cannot start
     */
    static synchronized Python open() {
        prepare();
        try {
            Interpreter interpreter = new SharedInterpreter();
            bridge(interpreter);
            return new Python(interpreter);
        } catch (JepException | UnsatisfiedLinkError e) {
            throw new PythonUnavailableException(
                    "Python could not start in this JVM ("
                            + e.getMessage()
                            + "): run ./promptpo"
                            + " doctor",
                    e);
        }
    }

    private static void prepare() {
        if (prepared) {
            return;
        }
        PythonInstallation installation = PythonInstallation.find();
        try {
            MainInterpreter.setJepLibraryPath(installation.jepLibrary().toString());
            // The program name leads CPython to the environment's packages.
            MainInterpreter.setInitParams(
                    PyConfig.python().setProgramName(installation.interpreter().toString()));
        } catch (IllegalStateException e) {
            throw new PythonUnavailableException(
                    "Jep was started in this JVM before this library could configure it: use"
                            + " dev.promptpo.python first",
                    e);
        }
        prepared = true;
    }

    private static void bridge(Interpreter interpreter) {
        if (bridged) {
            return;
        }
        interpreter.set("_source", source());
        interpreter.exec(
                """
                import sys, types
                _module = types.ModuleType("_promptpo_bridge")
                _module.__file__ = "<promptpo bridge>"
                exec(compile(_source, _module.__file__, "exec"), _module.__dict__)
                sys.modules[_module.__name__] = _module
                """);
        interpreter.set("_out", new CallerOutput(false));
        interpreter.set("_err", new CallerOutput(true));
        interpreter.exec("_module.redirect(_out, _err)");
        interpreter.exec("_module.keep_gl_out()");
        PythonInstallation.checkout()
                .ifPresent(home -> {
                    interpreter.set("_home", home.toString());
                    interpreter.exec("_module.find_packages(_home)");
                });
        bridged = true;
    }

    private static String source() {
        try (InputStream in = PythonRuntime.class.getResourceAsStream("bridge.py")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
