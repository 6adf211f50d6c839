package dev.promptpo.optimizer;

/**
 * A run stopped before its end for a reason outside of it: no key, a spent budget, a model that
 * cannot be reached. The message is one line; all that was paid for is kept, and running it again
 * goes on from there.
 */
public final class RunStoppedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RunStoppedException(String message) {
        super(message);
    }

    public RunStoppedException(String message, Throwable cause) {
        super(message, cause);
    }
}
