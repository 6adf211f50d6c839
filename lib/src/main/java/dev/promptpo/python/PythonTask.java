package dev.promptpo.python;

/** Work that runs on a {@link PythonThread} with its interpreter. */
@FunctionalInterface
public interface PythonTask<T> {
    /**
     * Uses Python.
     *
     * @param python the thread's interpreter; neither it nor its objects may be used elsewhere
     */
    T run(Python python);
}
