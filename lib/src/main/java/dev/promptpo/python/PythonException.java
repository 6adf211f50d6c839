package dev.promptpo.python;

/** Python raised; the message is one line, the traceback is the whole text that Python prints. */
public final class PythonException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String type;
    private final String detail;
    private final String traceback;

    PythonException(String type, String detail, String traceback) {
        super(detail.isEmpty() ? type : type + ": " + firstLine(detail));
        this.type = type;
        this.detail = detail;
        this.traceback = traceback;
    }

    PythonException(String type, String detail, String traceback, Throwable cause) {
        this(type, detail, traceback);
        initCause(cause);
    }

    /**
     * The exception's class with its module, for example {@code promptpo_envs.UnknownEnvironment};
     * builtins without one, for example {@code ValueError}.
     */
    public String type() {
        return type;
    }

    /** What {@code str(exception)} gives in Python: may be empty, may have many lines. */
    public String detail() {
        return detail;
    }

    /** Python's traceback, causes included; empty where Jep itself refused the call. */
    public String traceback() {
        return traceback;
    }

    private static String firstLine(String text) {
        return text.strip().lines().findFirst().orElse("");
    }
}
