package dev.promptpo.cli;

import dev.promptpo.llm.Budget;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What a run may spend, as options. */
final class BudgetOptions {
    @Option(names = "--max-calls", paramLabel = "N", description = "Requests to the model.")
    private Optional<Long> calls = Optional.empty();

    @Option(names = "--max-tokens", paramLabel = "N", description = "Tokens, in and out together.")
    private Optional<Long> tokens = Optional.empty();

    @Option(
            names = "--max-cost",
            paramLabel = "MONEY",
            description = "Money, in the currency of the price table (docs/models.md).")
    private Optional<Double> cost = Optional.empty();

    @Option(
            names = "--max-time",
            paramLabel = "TIME",
            converter = Time.class,
            description = "Wall time, for example 90s, 30m or 1h30m.")
    private Optional<Duration> time = Optional.empty();

    Budget limits() {
        Budget budget = Budget.limits();
        if (calls.isPresent()) {
            budget = budget.calls(calls.get());
        }
        if (tokens.isPresent()) {
            budget = budget.tokens(tokens.get());
        }
        if (cost.isPresent()) {
            budget = budget.money(cost.get());
        }
        if (time.isPresent()) {
            budget = budget.wallTime(time.get());
        }
        return budget;
    }

    /** Reads {@code 1h30m}. */
    static final class Time implements ITypeConverter<Duration> {
        private static final Pattern FORM =
                Pattern.compile("(\\d+h)?(\\d+m)?(\\d+s)?", Pattern.CASE_INSENSITIVE);

        @Override
        public Duration convert(String text) {
            try {
                if (FORM.matcher(text).matches()) {
                    return Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
                }
            } catch (DateTimeParseException e) {
                // Nothing, or too large: the message below says what is expected.
            }
            throw new TypeConversionException(
                    "expected a time such as 90s, 30m or 1h30m, got '" + text + "'");
        }
    }
}
