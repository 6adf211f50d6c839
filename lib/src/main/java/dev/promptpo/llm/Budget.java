package dev.promptpo.llm;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What a run may spend in all; empty: no limit. A budget is no setting of a run: a run that ended
 * by one goes on with a larger one.
 *
 * {@snippet :
 * Budget.limits().calls(200).tokens(2_000_000).wallTime(Duration.ofHours(3));
 * }
 *
 * @param calls requests to the model, failed attempts included
 * @param tokens in and out together, cached ones included
 * @param money in the price's currency
 * @param wallTime of the sessions that work on the run, together: once it is over nothing more is
 *     asked, what was asked is cut short, and what came back is still rolled out and measured
 * @param price that money is counted with; empty: the one of {@link PriceTable} for the model
 */
public record Budget(
        OptionalLong calls,
        OptionalLong tokens,
        OptionalDouble money,
        Optional<Duration> wallTime,
        Optional<Price> price) {
    /** No limit. */
    public static final Budget UNLIMITED =
            new Budget(
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    OptionalDouble.empty(),
                    Optional.empty(),
                    Optional.empty());

    public Budget {
        requireNonNull(price, "price");
        if (calls.isPresent()) {
            positive("calls", calls.getAsLong());
        }
        if (tokens.isPresent()) {
            positive("tokens", tokens.getAsLong());
        }
        if (money.isPresent() && !(money.getAsDouble() >= 0)) {
            throw new IllegalArgumentException(
                    "a budget of money must be 0 or more; got " + money.getAsDouble());
        }
        wallTime.ifPresent(time -> positive("wall time", time.toNanos()));
    }

    /** A budget to set limits on; none yet. */
    public static Budget limits() {
        return UNLIMITED;
    }

    /** At most so many requests. */
    public Budget calls(long limit) {
        return new Budget(OptionalLong.of(limit), tokens, money, wallTime, price);
    }

    /** At most so many tokens, in and out together. */
    public Budget tokens(long limit) {
        return new Budget(calls, OptionalLong.of(limit), money, wallTime, price);
    }

    /** At most so much money, at the price that {@link PriceTable} knows for the model. */
    public Budget money(double limit) {
        return new Budget(calls, tokens, OptionalDouble.of(limit), wallTime, price);
    }

    /** At most so much money at this price. */
    public Budget money(double limit, Price of) {
        return new Budget(calls, tokens, OptionalDouble.of(limit), wallTime, Optional.of(of));
    }

    /** At most so long. */
    public Budget wallTime(Duration limit) {
        return new Budget(calls, tokens, money, Optional.of(limit), price);
    }

    /**
     * This budget with the price that its money is counted with, where it limits money and has
     * none.
     *
     * @throws IllegalArgumentException when the table does not know the model
     */
    public Budget priced(String model, PriceTable prices) {
        if (money.isEmpty() || price.isPresent()) {
            return this;
        }
        return money(
                money.getAsDouble(),
                prices.of(model)
                        .orElseThrow(() ->
                                new IllegalArgumentException(
                                        "a budget of money needs the price of "
                                                + model
                                                + ", which is not known: "
                                                + PriceTable.HOW_TO_ADD)));
    }

    /** Whether it allows more than another in any of the four; prices aside. */
    public boolean raises(Budget other) {
        return raises(calls, other.calls)
                || raises(tokens, other.tokens)
                || other.money.isPresent()
                        && (money.isEmpty() || money.getAsDouble() > other.money.getAsDouble())
                || other.wallTime.isPresent()
                        && (wallTime.isEmpty()
                                || wallTime.get().compareTo(other.wallTime.get()) > 0);
    }

    private static boolean raises(OptionalLong limit, OptionalLong other) {
        return other.isPresent() && (limit.isEmpty() || limit.getAsLong() > other.getAsLong());
    }

    private static void positive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(
                    "a budget of " + name + " must be more than 0; got " + value);
        }
    }
}
