package dev.promptpo.optimizer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a run's observers what happens, one event at a time and in order, on a thread of its own:
 * an observer that is slow or throws holds nothing up.
 */
final class Announcer {
    private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);

    /** A display that hangs must not hang the run's last call. */
    private static final long PATIENCE_SECONDS = 10;

    private final List<RunObserver> own;
    private final Set<RunObserver> failed = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    private final Deque<RunEvent> waiting = new ArrayDeque<>();
    private final Object hearing = new Object();
    private boolean delivering;
    private Optional<Thread> deliverer = Optional.empty();

    Announcer(List<RunObserver> own) {
        this.own = List.copyOf(own);
    }

    /** Queues an event. Of a rollout's progress only the newest waits. */
    void tell(RunEvent event) {
        lock.lock();
        try {
            if (event instanceof RunEvent.RolloutProgress progress) {
                waiting.removeIf(other ->
                        other instanceof RunEvent.RolloutProgress earlier
                                && earlier.role().equals(progress.role())
                                && earlier.purpose() == progress.purpose());
            }
            waiting.add(event);
            if (!delivering) {
                delivering = true;
                deliverer =
                        Optional.of(
                                Thread.ofPlatform()
                                        .daemon()
                                        .name("run-observers")
                                        .start(this::deliver));
            }
        } finally {
            lock.unlock();
        }
    }

    /** Tells an event on this thread, after all that were queued. */
    void tellHere(RunEvent event) {
        flush();
        hear(event);
    }

    /** Waits until all queued events have been heard; not interruptible, but bounded. */
    void flush() {
        lock.lock();
        boolean interrupted = false;
        try {
            if (deliverer.filter(Thread.currentThread()::equals).isPresent()) {
                return; // an observer that calls the run cannot wait for itself
            }
            long left = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (delivering && left > 0) {
                try {
                    left = idle.awaitNanos(left);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            lock.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void deliver() {
        while (true) {
            RunEvent next;
            lock.lock();
            try {
                next = waiting.poll();
                if (next == null) {
                    delivering = false;
                    idle.signalAll();
                    return;
                }
            } finally {
                lock.unlock();
            }
            hear(next);
        }
    }

    private void hear(RunEvent event) {
        List<RunObserver> all = new ArrayList<>(own);
        all.addAll(RunObservers.registered());
        for (RunObserver observer : all) {
            try {
                synchronized (hearing) {
                    observer.on(event);
                }
            } catch (Exception | LinkageError | AssertionError e) {
                if (failed.add(observer)) {
                    LOG.warn(
                            "an observer of the run failed (told once): on {}, {}",
                            event.getClass().getSimpleName(),
                            e.toString());
                }
            }
        }
    }
}
