package dev.promptpo.optimizer;

/** The budget does not cover what comes next; the message is one line. */
final class BudgetSpentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BudgetSpentException(String message) {
        super(message);
    }
}
