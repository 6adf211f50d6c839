package dev.promptpo.ledger;

/**
 * A ledger cannot be read or written: the message says in one line which folder, what was expected,
 * what came and what to do. What was committed before stays as it is.
 */
public final class LedgerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LedgerException(String message) {
        super(message);
    }

    public LedgerException(String message, Throwable cause) {
        super(message, cause);
    }
}
