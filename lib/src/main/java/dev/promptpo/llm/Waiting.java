package dev.promptpo.llm;

import java.time.Duration;

/** Time that passes; tests bring their own. */
interface Waiting {
    /** The machine's. */
    Waiting REAL =
            new Waiting() {
                @Override
                public long nanoTime() {
                    return System.nanoTime();
                }

                @Override
                public void sleep(Duration time) throws InterruptedException {
                    Thread.sleep(time);
                }
            };

    long nanoTime();

    void sleep(Duration time) throws InterruptedException;
}
