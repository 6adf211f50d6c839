package dev.promptpo.environment;

/** No environment has the id that was asked for; the message names the nearest ones. */
public final class UnknownEnvironmentException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    UnknownEnvironmentException(String message, Throwable cause) {
        super(message, cause);
    }
}
