package dev.promptpo.kernel;

/**
 * Throws an exception once more, so that JShell translates its frames: it does so only for what it
 * sees thrown.
 */
public final class Thrown {
    static final String AGAIN = Thrown.class.getName() + ".again();";

    // Handed over on the cells' thread, and taken there.
    private static Throwable held;

    private Thrown() {}

    static void hold(Throwable thrown) {
        held = thrown;
    }

    /** Called by the snippet {@link #AGAIN} alone. */
    public static void again() throws Throwable {
        Throwable thrown = held;
        held = null;
        throw thrown;
    }
}
