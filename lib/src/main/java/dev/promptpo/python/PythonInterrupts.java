package dev.promptpo.python;

/**
 * Raises KeyboardInterrupt in one Python thread, from an interpreter on a helper thread: CPython
 * offers no other way for a thread that is not its main one.
 */
final class PythonInterrupts {

    private final long threadId;

    /**
     * @param threadId {@code threading.get_ident()} of the thread
     */
    PythonInterrupts(long threadId) {
        this.threadId = threadId;
    }

    /** Python code of the thread sees it at its next instruction, a C call when it returns. */
    void raise() {
        send(true);
    }

    /** Takes back what was raised and has not been seen. */
    void takeBack() {
        send(false);
    }

    private void send(boolean interrupt) {
        PythonThread.helper()
                .callUninterruptibly(python ->
                        python.call(
                                Void.class, "_promptpo_bridge", "raise_in", threadId, interrupt));
    }
}
