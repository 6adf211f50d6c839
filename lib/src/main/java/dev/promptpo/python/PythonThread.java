package dev.promptpo.python;

import java.util.concurrent.LinkedBlockingQueue;

/**
 * A thread with its own Python interpreter, alive as long as the JVM.
 *
 * <p>Tasks run one at a time, in order. What they print goes to the {@code System.out} and {@code
 * System.err} that their caller had at the time of the call. Modules are shared by all Python
 * threads; the global lock lets one of them run at a time.
 */
public final class PythonThread {

    // Deep recursion in Python and NumPy's C code need more than the JVM's usual megabyte.
    private static final long STACK_BYTES = 64L << 20;

    private static final PythonThread NOTEBOOK = new PythonThread("notebook");
    private static final PythonThread ROLLOUT = new PythonThread("rollout");
    private static final PythonThread HELPER = new PythonThread("helper");

    private final String name;
    private final LinkedBlockingQueue<PythonCall<?>> calls = new LinkedBlockingQueue<>();
    private Thread thread;
    // Both belong to the thread.
    private Python python;
    private PythonInterrupts interrupts;

    private PythonThread(String name) {
        this.name = name;
    }

    /** For what a notebook touches: environments and cells of Python. May be busy for long. */
    public static PythonThread notebook() {
        return NOTEBOOK;
    }

    /** For the rollout client and the library's own short questions; never busy for long. */
    public static PythonThread rollout() {
        return ROLLOUT;
    }

    /** For raising interrupts in the other two. */
    static PythonThread helper() {
        return HELPER;
    }

    /**
     * Runs a task and waits for it; on this thread itself (a task within a task) it runs at once.
     *
     * @throws InterruptedException when the waiting thread is interrupted: KeyboardInterrupt is
     *     raised in the task, and this returns once the task has ended (C code that holds on delays
     *     it). The interpreter stays usable.
     * @throws PythonException when Python raises
     * @throws PythonUnavailableException when Python is missing or cannot start
     */
    public <T> T call(PythonTask<T> task) throws InterruptedException {
        if (Thread.currentThread() == started()) {
            return task.run(python);
        }
        PythonCall<T> call = new PythonCall<>(task);
        calls.add(call);
        return call.await();
    }

    /**
     * Runs a task and waits for it, like {@link #call}.
     *
     * @throws PythonInterruptedException in place of InterruptedException; the interrupt flag is
     *     set again
     */
    public <T> T run(PythonTask<T> task) {
        try {
            return call(task);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PythonInterruptedException(e);
        }
    }

    /** Runs a task and waits for it; an interrupt of the waiting thread is kept for later. */
    <T> T callUninterruptibly(PythonTask<T> task) {
        PythonCall<T> call = new PythonCall<>(task);
        started();
        calls.add(call);
        return call.awaitUninterruptibly();
    }

    private synchronized Thread started() {
        if (thread == null) {
            thread = new Thread(null, this::serve, "python-" + name, STACK_BYTES);
            thread.setDaemon(true);
            thread.start();
        }
        return thread;
    }

    private void serve() {
        while (true) {
            try {
                serve(calls.take());
            } catch (InterruptedException e) {
                // Nobody has this thread to interrupt it but code run on it; tasks go on.
                continue;
            }
        }
    }

    private void serve(PythonCall<?> call) {
        try {
            open();
        } catch (Throwable e) {
            call.fail(e);
            return;
        }
        call.run(python, interrupts);
    }

    private void open() {
        if (python == null) {
            Python opened = PythonRuntime.open();
            interrupts = new PythonInterrupts(opened.enterThread());
            python = opened;
        }
    }
}
