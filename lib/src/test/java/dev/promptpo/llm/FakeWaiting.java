package dev.promptpo.llm;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Time that passes only where somebody waits. */
final class FakeWaiting implements Waiting {
    private final List<Duration> waits = new ArrayList<>();
    private long now = Long.MAX_VALUE - 5;

    @Override
    public synchronized long nanoTime() {
        return now;
    }

    @Override
    public synchronized void sleep(Duration time) {
        waits.add(time);
        now += time.toNanos();
    }

    synchronized List<Duration> waits() {
        return List.copyOf(waits);
    }
}
