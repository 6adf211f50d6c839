package dev.promptpo.rollout;

/** Why environment steps were taken; each purpose draws its episode seeds from its own stream. */
public enum Purpose {
    /** Choosing among candidates. Counts towards sample efficiency. */
    SEARCH,
    /** Re-measuring winners to choose among them. Counts towards sample efficiency. */
    VALIDATION,
    /** Re-rolling a winner on its own seeds to check that it is deterministic. */
    AUDIT,
    /** Measuring a final policy on episodes that no optimizer has seen. */
    HELDOUT,
    /** Drawing pictures and films. */
    RENDER,
    /** A policy measured by hand. */
    EVALUATE;

    /** The name used in files. */
    public String id() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
