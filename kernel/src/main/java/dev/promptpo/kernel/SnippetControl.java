package dev.promptpo.kernel;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import jdk.jshell.execution.LocalExecutionControl;
import jdk.jshell.spi.SPIResolutionException;

/**
 * Runs snippets in this virtual machine and keeps what JShell would turn into text: the value and
 * the exception themselves.
 *
 * <p>The user's code runs on a {@link UserThread}, and the thread that asks waits for it. An
 * interrupt ends the code at its next {@link Checkpoint} and interrupts its thread, and nothing
 * else: a library's own threads are the library's business. Code that has not ended by then (it
 * waits for a lock or a pipe, or is in a long loop of a library) is left behind, and the cell ends
 * without it.
 */
final class SnippetControl extends LocalExecutionControl {
    private static final int LONGEST_CAUSE_CHAIN = 50;

    /** How long interrupted code has to end: a reader is to have the notebook back in a second. */
    private static final long PATIENCE_MS = 700;

    private final SessionLoader loader;
    private final Object lock = new Object();

    // Guarded by lock.
    private UserThread user;
    private Optional<CompletableFuture<?>> userCode = Optional.empty();
    private long cell;
    private boolean running;
    private boolean interrupted;
    private boolean leftBehind;

    /** Used by the session's thread alone. */
    private boolean compileOnly;

    // Written by the user's thread, read when it has handed over.
    private volatile Object value;
    private volatile Throwable thrown;
    private volatile boolean skipped;

    SnippetControl(SessionLoader loader) {
        super(loader);
        this.loader = loader;
        this.user = new UserThread(loader);
    }

    ClassLoader loader() {
        return loader;
    }

    /** A cell starts: interrupts from now on are meant for it. */
    void begin() {
        synchronized (lock) {
            cell++;
            running = true;
            interrupted = false;
            leftBehind = false;
        }
    }

    /** The cell has ended: interrupts that come now meet nothing. */
    void end() {
        synchronized (lock) {
            running = false;
        }
    }

    /** Whether snippets are compiled from now on, and none is run. */
    void compileOnly(boolean only) {
        compileOnly = only;
    }

    boolean isInterrupted() {
        synchronized (lock) {
            return interrupted;
        }
    }

    /** Whether the interrupted cell's code still runs, on a thread that is nobody's any more. */
    boolean isLeftBehind() {
        synchronized (lock) {
            return leftBehind;
        }
    }

    /** Whether this is the thread of the user's code. */
    boolean isUserThread() {
        synchronized (lock) {
            return user.isCurrent();
        }
    }

    /** Stops the running cell. Does nothing when no cell runs. */
    void interrupt() {
        long target;
        synchronized (lock) {
            if (!running) {
                return;
            }
            interrupted = true;
            target = cell;
            // Only a thread in the user's code is interrupted: an interrupt in javac's reading of
            // a jar would close the jar for good.
            if (userCode.isPresent()) {
                Checkpoint.stopEveryone(true);
                user.thread().interrupt();
            }
        }
        Thread.ofPlatform()
                .daemon()
                .name("interrupt")
                .inheritInheritableThreadLocals(false)
                .start(() -> leaveBehindLater(target));
    }

    private void leaveBehindLater(long target) {
        try {
            TimeUnit.MILLISECONDS.sleep(PATIENCE_MS);
        } catch (InterruptedException e) {
            return;
        }
        synchronized (lock) {
            if (running && cell == target && userCode.isPresent()) {
                leaveBehind(userCode.get());
            }
        }
    }

    private void leaveBehind(CompletableFuture<?> code) {
        Thread stuck = user.thread();
        Checkpoint.condemn(stuck);
        user.leave();
        user = new UserThread(loader);
        userCode = Optional.empty();
        leftBehind = true;
        Checkpoint.Stop stop = new Checkpoint.Stop(true);
        stop.setStackTrace(stuck.getStackTrace());
        code.completeExceptionally(new InvocationTargetException(stop));
        // It may have slept through the first; and what it does next must not be waited for.
        stuck.interrupt();
    }

    /**
     * Runs code of the user's on its thread and waits for it; on that thread itself, it runs at
     * once.
     *
     * @throws InvocationTargetException around a {@link Checkpoint.Stop} with the frames where the
     *     code was left behind
     */
    <T> T asUserCode(Callable<T> code) throws Exception {
        CompletableFuture<T> result;
        synchronized (lock) {
            if (user.isCurrent()) {
                result = null;
            } else {
                UserThread mine = user;
                Checkpoint.stopEveryone(interrupted);
                result = mine.start(() -> entered(mine, code));
                userCode = Optional.of(result);
            }
        }
        return result == null ? code.call() : UserThread.await(result);
    }

    private <T> T entered(UserThread mine, Callable<T> code) throws Exception {
        try {
            return code.call();
        } finally {
            synchronized (lock) {
                if (user == mine) {
                    // An interrupted cell is stopped until the next code of the user's, for the
                    // threads that it may have left in its loops. An interrupt that comes now is
                    // too late, and must not hit what this thread does next.
                    userCode = Optional.empty();
                    Thread.interrupted();
                } else {
                    Checkpoint.release(mine.thread());
                }
            }
        }
    }

    /** The value of the last snippet that ran; empty where it was null. Forgets it. */
    Optional<Object> takeValue() {
        Object taken = value;
        value = null;
        return Optional.ofNullable(taken);
    }

    /** Whether a snippet was not run because of an interrupt. Forgets it. */
    boolean takeSkipped() {
        boolean taken = skipped;
        skipped = false;
        return taken;
    }

    /** What the last snippet threw. Forgets it. */
    Optional<Throwable> takeThrown() {
        Throwable taken = thrown;
        thrown = null;
        return Optional.ofNullable(taken);
    }

    @Override
    protected String invoke(Method snippet) throws Exception {
        if (compileOnly) {
            return "";
        }
        if (isInterrupted()) {
            skipped = true;
            throw new StoppedException();
        }
        value = null;
        thrown = null;
        try {
            value = asUserCode(() -> snippet.invoke(null));
        } catch (InvocationTargetException e) {
            thrown = Objects.requireNonNullElse(e.getCause(), e);
            throw e;
        } catch (Exception | Error e) {
            // JShell takes no notice of these; without memory, that is how a snippet's error comes.
            thrown = e;
            throw e;
        }
        // JShell only wants to hear that there is a value; the value itself is taken from here.
        return "";
    }

    // JShell's own way of stopping a snippet is not used, so it need not know of any.
    @Override
    protected void clientCodeEnter() {}

    @Override
    protected void clientCodeLeave() {}

    @Override
    public void close() {
        synchronized (lock) {
            user.leave();
        }
    }

    /** Interrupts come from {@link #interrupt()}; JShell's own way would also hit other threads. */
    @Override
    public void stop() {
        interrupt();
    }

    @Override
    protected String throwConvertedInvocationException(Throwable cause)
            throws RunException, InternalException {
        throw converted(cause, Collections.newSetFromMap(new IdentityHashMap<>()));
    }

    // JShell translates the frames of what is thrown here to snippets and lines.
    private static RunException converted(Throwable thrown, Set<Throwable> seen) {
        seen.add(thrown);
        if (thrown instanceof SPIResolutionException unresolved) {
            return new ResolutionException(unresolved.id(), frames(unresolved));
        }
        UserException exception =
                new UserException(message(thrown), thrown.getClass().getName(), frames(thrown));
        Throwable cause = thrown.getCause();
        if (cause != null && !seen.contains(cause) && seen.size() < LONGEST_CAUSE_CHAIN) {
            exception.initCause(converted(cause, seen));
        }
        return exception;
    }

    private static String message(Throwable thrown) {
        try {
            return String.valueOf(thrown.getMessage());
        } catch (Throwable e) {
            return "(its message cannot be read: " + e.getClass().getName() + ")";
        }
    }

    // An exception may come without frames (the virtual machine leaves them out of ones that are
    // thrown very often); JShell's translation needs at least one.
    private static StackTraceElement[] frames(Throwable thrown) {
        StackTraceElement[] frames = thrown.getStackTrace();
        return frames.length > 0
                ? frames
                : new StackTraceElement[] {new StackTraceElement("", "", null, -1)};
    }
}
