package dev.promptpo.rollout;

/** What went wrong with generated code (fixed names, stored in ledgers). */
public enum FailureKind {
    /** The reply held no code. */
    NO_CODE,
    /** The source does not compile. */
    SYNTAX,
    /** No class with the method that is asked for. */
    NO_CLASS,
    /** The constructor (or the module's own statements) raised. */
    CONSTRUCTION,
    /** {@code act} or {@code summarize_trajectory} raised. */
    EXCEPTION,
    /** Wrong shape, not a number, NaN, infinite, or out of a space that does not clip. */
    BAD_ACTION,
    /** More processor time than allowed (or, after one retry, more wall time). */
    TIMEOUT,
    /** More memory than allowed. */
    MEMORY,
    /** The process ended by a signal or by itself. */
    PROCESS_DIED,
    /** The sandbox refused what the code tried. */
    FORBIDDEN,
    /** The process sent something that is not a frame of the agreed form. */
    PROTOCOL
}
