package dev.promptpo.llm;

import java.time.Duration;

/** Time that passes only when a test says so; whoever sleeps can be counted. */
final class StoppedClock implements Waiting {
    private long now = Long.MAX_VALUE - 5;
    private int sleepers;

    @Override
    public synchronized long nanoTime() {
        return now;
    }

    @Override
    public synchronized void sleep(Duration time) throws InterruptedException {
        long end = now + time.toNanos();
        sleepers++;
        notifyAll();
        while (end - now > 0) {
            wait();
        }
        sleepers--;
    }

    synchronized long seconds() {
        return (now - (Long.MAX_VALUE - 5)) / 1_000_000_000L;
    }

    synchronized void advance(Duration time) {
        now += time.toNanos();
        notifyAll();
    }

    /** Waits until so many sleep. */
    synchronized void awaitSleepers(int count) throws InterruptedException {
        while (sleepers != count) {
            wait();
        }
    }
}
