package dev.promptpo.kernel;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A thread that runs what it is handed, in order. It is the same thread throughout, which an
 * executor's is not: nothing that is thrown ends it, nor does a heap that is full.
 */
final class Worker {
    private static final Runnable LAST = () -> {};

    private final BlockingQueue<Runnable> pieces = new LinkedBlockingQueue<>();
    private final Thread thread;

    Worker(String name) {
        this(name, 0);
    }

    /** A worker with a stack of so many bytes; 0 for the virtual machine's own choice. */
    Worker(String name, long stackBytes) {
        this(name, stackBytes, Thread.currentThread().getContextClassLoader());
    }

    Worker(String name, long stackBytes, ClassLoader loader) {
        this.thread = new Thread(null, this::work, name, stackBytes);
        thread.setDaemon(true);
        thread.setContextClassLoader(loader);
        // To find a handler for the first time takes memory, too.
        pieces.add(() -> {
            throw new OutOfMemoryError("only to see how it is met");
        });
        thread.start();
    }

    Thread thread() {
        return thread;
    }

    boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    /** Runs a piece of work when all that came before has ended; does not wait. */
    void execute(Runnable piece) {
        pieces.add(piece);
    }

    /** The thread ends when all that has come has been run; what comes later is not run. */
    void leave() {
        pieces.add(LAST);
    }

    private void work() {
        boolean wanted = true;
        while (wanted) {
            try {
                wanted = workOnce();
            } catch (Throwable e) {
                // For want of memory say, it could not be reported; who waits for it is told.
            }
        }
    }

    private boolean workOnce() {
        try {
            Runnable piece = pieces.take();
            // An interrupt was meant for the piece before.
            Thread.interrupted();
            piece.run();
            return piece != LAST;
        } catch (InterruptedException e) {
            return true;
        } catch (OutOfMemoryError e) {
            throw e;
        } catch (Throwable e) {
            thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
            return true;
        }
    }
}
