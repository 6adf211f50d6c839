package dev.promptpo.llm;

import static java.util.Objects.requireNonNull;

/**
 * What a provider charges, for a million tokens each.
 *
 * @param cachedInput of input that came from the provider's cache
 * @param currency for example {@code USD}
 * @param source where the numbers are from and of which day
 */
public record Price(
        double input, double cachedInput, double output, String currency, String source) {
    public Price {
        requireNonNull(currency, "currency");
        requireNonNull(source, "source");
        for (double amount : new double[] {input, cachedInput, output}) {
            if (!(amount >= 0) || Double.isInfinite(amount)) {
                throw new IllegalArgumentException(
                        "expected prices of 0 or more, got %s, %s, %s"
                                .formatted(input, cachedInput, output));
            }
        }
    }

    /** Of these tokens. */
    public double of(TokenUsage usage) {
        return ((usage.input() - usage.cachedInput()) * input
                        + usage.cachedInput() * cachedInput
                        + usage.output() * output)
                / 1e6;
    }
}
