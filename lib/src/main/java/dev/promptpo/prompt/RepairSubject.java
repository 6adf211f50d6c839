package dev.promptpo.prompt;

/** What is to be repaired. */
public enum RepairSubject {
    /** A policy class. */
    POLICY,
    /** The {@code Feedback} class. */
    FEEDBACK
}
