package dev.promptpo.llm;

import static java.util.Objects.requireNonNull;

/**
 * What a provider charges, for a million tokens each.
 *
 * @param cachedInput of input that came from the provider's cache
 * @param cacheWrite of input that was written to it, where that is charged apart; else as input
 * @param currency for example {@code USD}
 * @param source where the numbers are from and of which day
 */
public record Price(
        double input,
        double cachedInput,
        double output,
        double cacheWrite,
        String currency,
        String source) {
    public Price {
        requireNonNull(currency, "currency");
        requireNonNull(source, "source");
        for (double amount : new double[] {input, cachedInput, output, cacheWrite}) {
            if (!(amount >= 0) || Double.isInfinite(amount)) {
                throw new IllegalArgumentException(
                        "expected prices of 0 or more, got %s, %s, %s, %s"
                                .formatted(input, cachedInput, output, cacheWrite));
            }
        }
    }

    /** Of a provider that charges nothing for writing to its cache. */
    public Price(double input, double cachedInput, double output, String currency, String source) {
        this(input, cachedInput, output, input, currency, source);
    }

    /** Of these tokens. */
    public double of(TokenUsage usage) {
        long plain = usage.input() - usage.cachedInput() - usage.cacheWrites();
        return (plain * input
                        + usage.cachedInput() * cachedInput
                        + usage.cacheWrites() * cacheWrite
                        + usage.output() * output)
                / 1e6;
    }
}
