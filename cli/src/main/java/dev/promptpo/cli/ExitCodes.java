package dev.promptpo.cli;

/** What the command line ends with; scripts rely on these. */
final class ExitCodes {
    static final int OK = 0;

    /** Something outside the arguments went wrong: the machine, a provider, a file. */
    static final int FAILED = 1;

    static final int BAD_ARGUMENTS = 2;

    /** The policy that was to be evaluated failed. */
    static final int POLICY_FAILED = 3;

    /** A run stopped before its end; calling the same command again continues it. */
    static final int RUN_STOPPED = 4;

    /** A run ended because its budget was spent; its best result is printed. */
    static final int BUDGET_SPENT = 5;

    /** Ctrl-C or a request to end stopped the command: this and the signal's number. */
    static final int SIGNAL = 128;

    private ExitCodes() {}
}
