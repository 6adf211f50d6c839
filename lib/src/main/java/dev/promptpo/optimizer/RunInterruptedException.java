package dev.promptpo.optimizer;

/**
 * The calling thread was interrupted; the run's rollouts were cancelled and its ledger is closed.
 * Unchecked, so that a cell needs no {@code throws}. As with {@link InterruptedException}, the
 * thread's interrupt flag is clear: a notebook's next cell runs on the same thread.
 */
public final class RunInterruptedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RunInterruptedException(String message, Exception cause) {
        super(message, cause);
    }
}
