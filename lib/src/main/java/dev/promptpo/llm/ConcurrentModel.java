package dev.promptpo.llm;

import dev.promptpo.llm.ModelReply.Answer;
import dev.promptpo.llm.ModelReply.NoAnswer;
import dev.promptpo.llm.ModelReply.Reason;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/**
 * So many requests at once and no more, and a brake for all: after a 429 nobody asks until the wait
 * is over that the server asks for, or one that doubles while it goes on.
 */
final class ConcurrentModel extends ModelAround {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private final Semaphore places;
    private final Waiting waiting;
    private final Object lock = new Object();
    private boolean paused;
    private long pausedUntil;
    private int pauses;

    ConcurrentModel(LanguageModel model, int places, Waiting waiting) {
        super(model);
        if (places < 1) {
            throw new IllegalArgumentException(
                    "expected at least 1 request at once, got " + places);
        }
        this.places = new Semaphore(places, true);
        this.waiting = waiting;
    }

    @Override
    public ModelReply ask(ModelRequest request) throws InterruptedException {
        places.acquire();
        try {
            waitForTheBrake();
            long asked = waiting.nanoTime();
            ModelReply reply = model.ask(request);
            brake(reply, asked);
            return reply;
        } finally {
            places.release();
        }
    }

    private void waitForTheBrake() throws InterruptedException {
        while (true) {
            long left;
            synchronized (lock) {
                left = paused ? pausedUntil - waiting.nanoTime() : 0;
            }
            if (left <= 0) {
                return;
            }
            waiting.sleep(Duration.ofNanos(left));
        }
    }

    private void brake(ModelReply reply, long asked) {
        synchronized (lock) {
            switch (reply) {
                case Answer ignored -> pauses = 0;
                case NoAnswer none -> {
                    if (none.reason() != Reason.RATE_LIMITED) {
                        return;
                    }
                    // Those that were asked before the pause say the same thing once more.
                    boolean news = !paused || asked - pausedUntil >= 0;
                    if (news) {
                        pauses++;
                    }
                    Duration doubled =
                            FIRST_PAUSE.multipliedBy(1L << Math.min(Math.max(pauses, 1) - 1, 10));
                    Duration pause =
                            none.retryAfter()
                                    .orElse(
                                            doubled.compareTo(LONGEST_PAUSE) > 0
                                                    ? LONGEST_PAUSE
                                                    : doubled);
                    long until = waiting.nanoTime() + pause.toNanos();
                    if (!paused || until - pausedUntil > 0) {
                        pausedUntil = until;
                    }
                    paused = true;
                }
            }
        }
    }
}
