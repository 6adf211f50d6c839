package dev.promptpo.kernel;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MutableCallSite;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the compiled code of cells calls at every method entry and backward branch, so that an
 * interrupt can end a busy loop.
 *
 * <p>JShell weaves the calls in, to a class of its own that reads a volatile flag each time: a sum
 * over an array takes more than three times as long. Here the answer is a call site's constant. The
 * virtual machine compiles "go on" to nothing at all, and throws the compiled code away when the
 * constant changes.
 */
public final class Checkpoint {
    private static final MethodHandle GO_ON = MethodHandles.constant(boolean.class, false);
    private static final MethodHandle ASK = MethodHandles.constant(boolean.class, true);
    private static final MutableCallSite SITE = new MutableCallSite(GO_ON);
    private static final MethodHandle RAISED = SITE.dynamicInvoker();

    // Made before a heap may be full: even then a cell can be stopped.
    private static final MutableCallSite[] SITES = {SITE};
    private static final Stop PLACELESS_STOP = new Stop(false);

    /** Threads whose code has been given up: they end at their next checkpoint. */
    private static final Set<Thread> CONDEMNED = ConcurrentHashMap.newKeySet();

    private static volatile boolean everyone;

    private Checkpoint() {}

    /** How an interrupt ends the code of a cell; nothing that a cell should catch. */
    static final class Stop extends Error {
        private static final long serialVersionUID = 1;

        Stop(boolean withPlace) {
            super("the cell was stopped", null, false, withPlace);
        }
    }

    /** The check itself; the name is JShell's. */
    public static void stopCheck() {
        boolean raised;
        try {
            raised = (boolean) RAISED.invokeExact();
        } catch (Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        if (raised) {
            stopWhoShould();
        }
    }

    private static void stopWhoShould() {
        if (everyone || CONDEMNED.contains(Thread.currentThread())) {
            throw stop();
        }
    }

    private static Stop stop() {
        try {
            return new Stop(true);
        } catch (OutOfMemoryError e) {
            return PLACELESS_STOP;
        }
    }

    /** Ends the code of cells on every thread, or lets it run again. */
    static synchronized void stopEveryone(boolean stop) {
        everyone = stop;
        set();
    }

    /** Ends the code of cells on this thread, whatever happens on others. */
    static synchronized void condemn(Thread thread) {
        CONDEMNED.add(thread);
        set();
    }

    /** The thread has left the code of its cell. */
    static synchronized void release(Thread thread) {
        CONDEMNED.remove(thread);
        set();
    }

    private static void set() {
        MethodHandle wanted = everyone || !CONDEMNED.isEmpty() ? ASK : GO_ON;
        if (SITE.getTarget() != wanted) {
            SITE.setTarget(wanted);
            MutableCallSite.syncAll(SITES);
        }
    }
}
