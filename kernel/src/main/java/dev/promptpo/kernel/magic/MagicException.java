package dev.promptpo.kernel.magic;

/** A magic that cannot do what was asked; the message says what was expected and what to do. */
public final class MagicException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MagicException(String message) {
        super(message);
    }

    MagicException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The message alone: whose magic it was does not help the reader of a cell. */
    @Override
    public String toString() {
        return getMessage();
    }
}
