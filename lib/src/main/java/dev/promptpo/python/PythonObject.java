package dev.promptpo.python;

import jep.python.PyObject;

/** Something that stays in Python; it belongs to the thread that got it. */
public final class PythonObject implements AutoCloseable {

    private final Python python;
    private final PyObject object;

    PythonObject(Python python, PyObject object) {
        this.python = python;
        this.object = object;
    }

    /**
     * Calls a method of it.
     *
     * @param type what the result is wanted as, as in {@link Python}
     */
    public <T> T call(Class<T> type, String method, Object... arguments) {
        return python.callMethod(type, object, method, arguments);
    }

    /** An attribute of it. */
    public <T> T attribute(Class<T> type, String name) {
        return python.call(type, "builtins", "getattr", this, name);
    }

    PyObject in(Python other) {
        if (other != python) {
            throw new IllegalStateException(
                    "a Python object was handed to another thread's Python: each object belongs to"
                            + " the PythonThread that made it");
        }
        return object;
    }

    /** Lets go of it; on its own thread, like every use. */
    @Override
    public void close() {
        object.close();
    }
}
