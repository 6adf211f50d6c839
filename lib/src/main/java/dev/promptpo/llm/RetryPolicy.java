package dev.promptpo.llm;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * When a failed attempt is made again.
 *
 * @param attempts in all, from 1
 * @param firstWait before the second attempt, at most; doubled for each further one
 * @param longestWait where the server does not ask for a longer one
 * @param overall from the first attempt's begin to the last attempt's begin
 */
public record RetryPolicy(
        int attempts, Duration firstWait, Duration longestWait, Duration overall) {
    /** Six attempts, waits from two seconds to a minute, half an hour in all. */
    public static final RetryPolicy DEFAULT =
            new RetryPolicy(
                    6, Duration.ofSeconds(2), Duration.ofMinutes(1), Duration.ofMinutes(30));

    public RetryPolicy {
        if (attempts < 1) {
            throw new IllegalArgumentException("expected at least 1 attempt, got " + attempts);
        }
    }

    /**
     * The wait after a failed attempt: half of it certain, half by chance, so that many that failed
     * together do not come back together.
     */
    Duration wait(int failed, RandomGenerator random) {
        double doubled = firstWait.toMillis() * Math.pow(2, Math.min(failed - 1, 30));
        double most = Math.min(doubled, longestWait.toMillis());
        return Duration.ofMillis((long) (most / 2 + random.nextDouble() * most / 2));
    }
}
