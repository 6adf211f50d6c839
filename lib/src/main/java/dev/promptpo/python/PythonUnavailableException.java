package dev.promptpo.python;

/** Python cannot start in this JVM; the message says what is missing and what to do. */
public final class PythonUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PythonUnavailableException(String message) {
        super(message);
    }

    PythonUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
