package dev.promptpo.kernel;

/**
 * Keeps a cell from ending the kernel by accident: {@code System.exit} written in a cell is
 * refused. An exit inside a library, or through {@code Runtime}, still ends the kernel.
 */
public final class ExitGuard {
    private ExitGuard() {}

    /**
     * What {@code System.exit(status)} in a cell calls.
     *
     * @throws UnsupportedOperationException always; the message says what to do
     */
    public static void exit(int status) {
        throw new UnsupportedOperationException(
                "System.exit("
                        + status
                        + ") is refused in a notebook: it would end the kernel and lose the session."
                        + " To leave a cell early, throw an exception; to end the session, use the"
                        + " notebook's restart or shutdown.");
    }
}
