package dev.promptpo.rollout;

/** How strongly generated code is kept apart; see {@code docs/isolation.md}. */
public enum Isolation {
    /** Own process, rlimits, clean environment, Landlock and seccomp (Linux 5.13 and newer). */
    SANDBOX,
    /** Own process, rlimits and clean environment only; used only when asked for by name. */
    PROCESS;

    /** The name used in files and on the command line. */
    public String id() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
