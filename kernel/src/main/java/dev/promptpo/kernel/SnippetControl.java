package dev.promptpo.kernel;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import jdk.jshell.execution.LoaderDelegate;
import jdk.jshell.execution.LocalExecutionControl;
import jdk.jshell.spi.ExecutionControl;
import jdk.jshell.spi.SPIResolutionException;

/**
 * Runs snippets in this virtual machine, on the thread that asks, and keeps what JShell would turn
 * into text: the value and the exception themselves.
 *
 * <p>The JDK's local control weaves a check of a stop flag into every method entry and backward
 * branch of a snippet. It only makes that flag when it runs its first snippet, on a thread of its
 * own; here it runs one harmless method that way, and the flag is taken from the class that it
 * loads for the purpose. An interrupt sets the flag and interrupts the cell's thread, and nothing
 * else: a library's own threads are the library's business.
 */
final class SnippetControl extends LocalExecutionControl {
    private static final int LONGEST_CAUSE_CHAIN = 50;

    private final SessionLoader loader;
    private final Optional<Field> stopFlag;
    private final Object lock = new Object();

    // Guarded by lock.
    private Thread userThread;
    private int userDepth;
    private long cell;
    private boolean running;
    private boolean interrupted;

    // Only touched by the cell's thread.
    private Object value;
    private Throwable thrown;
    private boolean skipped;

    SnippetControl(SessionLoader loader) {
        this(loader, new FlagFinder(loader));
    }

    private SnippetControl(SessionLoader loader, FlagFinder finder) {
        super(finder);
        this.loader = loader;
        try {
            super.invoke(System.class.getMethod("lineSeparator"));
        } catch (Exception e) {
            throw new IllegalStateException("cannot prepare the execution of cells", e);
        }
        this.stopFlag = finder.flag();
    }

    /** Whether a busy loop in a cell can be stopped; false only on a JDK that lacks stop checks. */
    boolean canStopLoops() {
        return stopFlag.isPresent();
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
        }
    }

    /** The cell has ended: interrupts that come now meet nothing. */
    void end() {
        synchronized (lock) {
            running = false;
            // A late interrupt must not hit what this thread does next.
            Thread.interrupted();
        }
    }

    boolean isInterrupted() {
        synchronized (lock) {
            return interrupted;
        }
    }

    /**
     * Stops the running cell: raises the stop flag and interrupts the cell's thread, again every
     * second until the cell has ended. Does nothing when no cell runs.
     */
    void interrupt() {
        long target;
        synchronized (lock) {
            if (!running) {
                return;
            }
            interrupted = true;
            target = cell;
            stopUserCode();
        }
        Thread.ofPlatform()
                .daemon()
                .name("interrupt")
                .inheritInheritableThreadLocals(false)
                .start(() -> repeatInterrupt(target));
    }

    private void repeatInterrupt(long target) {
        while (true) {
            try {
                TimeUnit.SECONDS.sleep(1);
            } catch (InterruptedException e) {
                return;
            }
            synchronized (lock) {
                if (!running || cell != target) {
                    return;
                }
                stopUserCode();
            }
        }
    }

    // Only a thread in the user's code is interrupted: an interrupt in javac's reading of a jar
    // would close the jar for good.
    private void stopUserCode() {
        if (userThread != null) {
            setStopFlag(true);
            userThread.interrupt();
        }
    }

    private void setStopFlag(boolean stop) {
        stopFlag.ifPresent(field -> {
            try {
                field.setBoolean(null, stop);
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /**
     * Runs code of the user's other than a snippet (a renderer, a magic), so that it can be
     * interrupted.
     */
    <T> T asUserCode(Callable<T> code) throws Exception {
        clientCodeEnter();
        try {
            return code.call();
        } finally {
            clientCodeLeave();
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
        if (isInterrupted()) {
            skipped = true;
            throw new StoppedException();
        }
        value = null;
        thrown = null;
        try {
            value = snippet.invoke(null);
        } catch (InvocationTargetException e) {
            thrown = Objects.requireNonNullElse(e.getCause(), e);
            throw e;
        }
        // JShell only wants to hear that there is a value; the value itself is taken from here.
        return "";
    }

    @Override
    public void load(ClassBytecodes[] classes)
            throws ClassInstallException, NotImplementedException, EngineTerminationException {
        ClassBytecodes[] guarded = new ClassBytecodes[classes.length];
        for (int i = 0; i < classes.length; i++) {
            guarded[i] =
                    new ClassBytecodes(
                            classes[i].name(), ExitGuard.redirectExit(classes[i].bytecodes()));
        }
        super.load(guarded);
    }

    @Override
    protected void clientCodeEnter() {
        synchronized (lock) {
            if (userDepth++ == 0) {
                userThread = Thread.currentThread();
                setStopFlag(interrupted);
            }
        }
    }

    @Override
    protected void clientCodeLeave() {
        synchronized (lock) {
            if (--userDepth == 0) {
                userThread = null;
                // The flag of an interrupted cell stays up until the next code of the user's, for
                // the threads that the cell may have left in its loops.
                Thread.interrupted();
            }
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

    /** Passes classes on to the session's loader and notes the one with the stop flag. */
    private static final class FlagFinder implements LoaderDelegate {
        private final SessionLoader loader;
        private Optional<Field> flag = Optional.empty();
        private boolean found;

        FlagFinder(SessionLoader loader) {
            this.loader = loader;
        }

        Optional<Field> flag() {
            found = true;
            return flag;
        }

        @Override
        public void load(ExecutionControl.ClassBytecodes[] classes)
                throws ExecutionControl.ClassInstallException {
            loader.load(classes);
            if (!found) {
                for (ExecutionControl.ClassBytecodes bytes : classes) {
                    flag = flag.or(() -> staticBoolean(bytes.name()));
                }
            }
        }

        private Optional<Field> staticBoolean(String className) {
            try {
                for (Field field : loader.findClass(className).getFields()) {
                    if (Modifier.isStatic(field.getModifiers())
                            && field.getType() == boolean.class) {
                        return Optional.of(field);
                    }
                }
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException(e);
            }
            return Optional.empty();
        }

        @Override
        public void classesRedefined(ExecutionControl.ClassBytecodes[] classes) {
            loader.classesRedefined(classes);
        }

        @Override
        public void addToClasspath(String path) throws ExecutionControl.InternalException {
            loader.addToClasspath(path);
        }

        @Override
        public Class<?> findClass(String name) throws ClassNotFoundException {
            return loader.findClass(name);
        }
    }
}
