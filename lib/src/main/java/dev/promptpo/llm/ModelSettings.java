package dev.promptpo.llm;

import java.time.Duration;
import java.util.OptionalDouble;

/**
 * How to ask.
 *
 * @param temperature empty: the provider's default
 * @param maxOutputTokens largest reply
 * @param deadline for the whole of one attempt, first byte to last
 */
public record ModelSettings(OptionalDouble temperature, int maxOutputTokens, Duration deadline) {
    /** Provider's temperature, 16,384 tokens, ten minutes. */
    public static final ModelSettings DEFAULT =
            new ModelSettings(OptionalDouble.empty(), 16_384, Duration.ofMinutes(10));
}
