package dev.promptpo.python;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;

/** One task on its way through a {@link PythonThread}. */
final class PythonCall<T> {

    private enum State {
        WAITING,
        RUNNING,
        ENDED
    }

    private final PythonTask<T> task;
    private final CallerOutput.Streams output = CallerOutput.Streams.ofCaller();
    private final CountDownLatch ended = new CountDownLatch(1);

    // Held while an interrupt is raised, so that it cannot fall into the task after this one.
    private final ReentrantLock lock = new ReentrantLock();
    private State state = State.WAITING;
    private boolean interruptRaised;
    private PythonInterrupts interrupts;

    private T result;
    private Throwable failure;

    PythonCall(PythonTask<T> task) {
        this.task = task;
    }

    /** Runs on the Python thread. */
    void run(Python python, PythonInterrupts interrupts) {
        if (!begin(interrupts)) {
            return;
        }
        CallerOutput.enter(output);
        try {
            python.carryOutput();
            result = task.run(python);
        } catch (Throwable e) {
            failure = e;
        } finally {
            end();
            python.carryOutput();
            CallerOutput.leave();
            ended.countDown();
        }
    }

    /** Fails without having run: the interpreter could not be made. */
    void fail(Throwable reason) {
        if (!withdrawn()) {
            return;
        }
        failure = reason;
        ended.countDown();
    }

    /**
     * Waits for the result.
     *
     * @throws InterruptedException when the calling thread was interrupted: the task was not begun,
     *     or KeyboardInterrupt was raised in it and it has ended
     */
    T await() throws InterruptedException {
        boolean interrupted = false;
        while (true) {
            try {
                ended.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
                if (withdrawn()) {
                    break;
                }
                raise();
            }
        }
        if (interrupted) {
            InterruptedException e = new InterruptedException("interrupted while Python ran");
            if (failure != null) {
                e.addSuppressed(failure);
            }
            throw e;
        }
        return value();
    }

    /** Waits for the result; an interrupt of the calling thread is kept for later. */
    T awaitUninterruptibly() {
        boolean interrupted = false;
        while (true) {
            try {
                ended.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return value();
    }

    private T value() {
        switch (failure) {
            case null -> {
                return result;
            }
            case RuntimeException e -> throw withCallersFrames(e);
            case Error e -> throw withCallersFrames(e);
            default -> throw new IllegalStateException(failure);
        }
    }

    /** Puts the frames of the waiting thread under those of the Python thread. */
    private static <E extends Throwable> E withCallersFrames(E thrown) {
        List<StackTraceElement> frames = new ArrayList<>(List.of(thrown.getStackTrace()));
        StackTraceElement[] own = Thread.currentThread().getStackTrace();
        frames.addAll(List.of(own).subList(1, own.length));
        thrown.setStackTrace(frames.toArray(StackTraceElement[]::new));
        return thrown;
    }

    private boolean begin(PythonInterrupts ofThread) {
        lock.lock();
        try {
            if (state != State.WAITING) {
                return false;
            }
            state = State.RUNNING;
            interrupts = ofThread;
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            state = State.ENDED;
            if (interruptRaised) {
                interrupts.takeBack();
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean withdrawn() {
        lock.lock();
        try {
            if (state != State.WAITING) {
                return false;
            }
            state = State.ENDED;
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void raise() {
        lock.lock();
        try {
            if (state == State.RUNNING) {
                interrupts.raise();
                interruptRaised = true;
            }
        } finally {
            lock.unlock();
        }
    }
}
