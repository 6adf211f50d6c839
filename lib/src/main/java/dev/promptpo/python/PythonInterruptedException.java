package dev.promptpo.python;

/**
 * The thread was interrupted while it waited for Python; its interrupt flag is set again.
 *
 * <p>Unchecked, so that what a notebook cell calls in a lambda stays easy to write; {@link
 * PythonThread#call} throws the checked {@link InterruptedException} instead.
 */
public final class PythonInterruptedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PythonInterruptedException(InterruptedException cause) {
        super("interrupted while waiting for Python", cause);
    }
}
