package dev.promptpo.kernel.maven;

/** Libraries that cannot be had; the message says which, why, and what to do. */
public final class MavenException extends Exception {
    private static final long serialVersionUID = 1L;

    MavenException(String message) {
        super(message);
    }

    MavenException(String message, Throwable cause) {
        super(message, cause);
    }
}
