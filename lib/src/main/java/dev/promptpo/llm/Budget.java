package dev.promptpo.llm;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What a run may spend on its model in all; empty: no limit. A budget is no setting of a run: it
 * may be raised, and the run goes on.
 *
 * @param calls requests, failed attempts included
 * @param tokens in and out together, cached ones included
 * @param money in the price's currency; needs a price
 */
public record Budget(
        OptionalLong calls, OptionalLong tokens, OptionalDouble money, Optional<Price> price) {
    /** No limit. */
    public static final Budget UNLIMITED =
            new Budget(
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    OptionalDouble.empty(),
                    Optional.empty());

    /**
     * What a provider charges, for a million tokens each.
     *
     * @param cachedInput of input that came from the provider's cache
     */
    public record Price(double input, double cachedInput, double output) {
        public Price {
            if (!(input >= 0) || !(cachedInput >= 0) || !(output >= 0)) {
                throw new IllegalArgumentException(
                        "expected prices of 0 or more, got %s, %s, %s"
                                .formatted(input, cachedInput, output));
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

    public Budget {
        if (money.isPresent() && price.isEmpty()) {
            throw new IllegalArgumentException("expected a price beside a limit of money");
        }
    }

    /** At most so many requests. */
    public Budget withCalls(long limit) {
        return new Budget(OptionalLong.of(limit), tokens, money, price);
    }

    /** At most so many tokens, in and out together. */
    public Budget withTokens(long limit) {
        return new Budget(calls, OptionalLong.of(limit), money, price);
    }

    /** At most so much money at this price. */
    public Budget withMoney(double limit, Price price) {
        return new Budget(calls, tokens, OptionalDouble.of(limit), Optional.of(price));
    }
}
