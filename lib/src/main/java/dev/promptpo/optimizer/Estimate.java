package dev.promptpo.optimizer;

import dev.promptpo.llm.Budget;
import dev.promptpo.llm.Price;
import dev.promptpo.llm.Spending;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a run is expected to take from its beginning to its end. Shows itself as a table with the
 * reasons below it.
 *
 * @param plan one line: what is estimated
 * @param calls requests to the model, without failed attempts
 * @param inputTokens of all prompts
 * @param outputTokens of all replies
 * @param money at {@code price}; empty where that is unknown
 * @param price of the model; empty: unknown
 * @param steps environment steps of all purposes
 * @param seconds wall time; empty where nothing is known of how long replies take
 * @param basis what the numbers stand on, a line each
 * @param budget the limits that it is held against
 * @param spent what the run has spent already, where its folder is there
 */
public record Estimate(
        String plan,
        Range calls,
        Range inputTokens,
        Range outputTokens,
        Optional<Range> money,
        Optional<Price> price,
        Range steps,
        Optional<Range> seconds,
        List<String> basis,
        Budget budget,
        Spending spent) {

    public Estimate {
        basis = List.copyOf(basis);
    }

    /** Tokens in and out together. */
    public Range tokens() {
        return inputTokens.plus(outputTokens);
    }

    /** A line for each limit of the budget that the run may not keep within. */
    public List<String> warnings() {
        List<String> lines = new ArrayList<>();
        budget.calls().ifPresent(limit -> warn(limit, calls, limit + " calls", lines));
        budget.tokens().ifPresent(limit -> warn(limit, tokens(), whole(limit) + " tokens", lines));
        budget.money()
                .ifPresent(limit ->
                        money.ifPresent(range ->
                                warn(limit, range, amount(limit) + " " + currency(), lines)));
        budget.wallTime()
                .ifPresent(limit ->
                        seconds.ifPresent(range ->
                                warn(
                                        limit.toMillis() / 1000.0,
                                        range,
                                        time(limit.toMillis() / 1000.0),
                                        lines)));
        return lines;
    }

    private static void warn(double limit, Range range, String words, List<String> lines) {
        if (limit < range.low()) {
            lines.add("the budget of " + words + " will end the run before all rounds are played");
        } else if (limit < range.likely()) {
            lines.add("the budget of " + words + " will probably end the run early");
        } else if (limit < range.high()) {
            lines.add("the budget of " + words + " may end the run early");
        }
    }

    private String currency() {
        return price.map(Price::currency).orElse("");
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(plan).append("\n\n");
        row(text, "", "low", "likely", "high");
        row(text, "calls", calls, Estimate::whole);
        row(text, "tokens in", inputTokens, Estimate::whole);
        row(text, "tokens out", outputTokens, Estimate::whole);
        if (money.isPresent()) {
            row(text, "money, " + currency(), money.get(), Estimate::amount);
        } else {
            row(text, "money", "unknown", "", "");
        }
        row(text, "environment steps", steps, Estimate::whole);
        if (seconds.isPresent()) {
            row(text, "wall time", seconds.get(), Estimate::time);
        } else {
            row(text, "wall time", "unknown", "", "");
        }
        if (spent.calls() > 0) {
            text.append("\nAlready spent of this: ")
                    .append(spent.calls())
                    .append(" calls, ")
                    .append(whole(spent.tokens().input() + spent.tokens().output()))
                    .append(" tokens, ")
                    .append(time(spent.time().toMillis() / 1000.0))
                    .append(".\n");
        }
        warnings().forEach(line -> text.append("\nWarning: ").append(line).append('.'));
        text.append(warnings().isEmpty() ? "\n" : "\n\n").append("What this stands on:\n");
        basis.forEach(line -> text.append("- ").append(line).append('\n'));
        return text.toString().stripTrailing();
    }

    private static void row(StringBuilder text, String name, Range range, Form form) {
        row(text, name, form.of(range.low()), form.of(range.likely()), form.of(range.high()));
    }

    private static void row(
            StringBuilder text, String name, String low, String likely, String high) {
        String line = String.format(Locale.ROOT, "%-18s %13s %13s %13s", name, low, likely, high);
        text.append(line.stripTrailing()).append('\n');
    }

    private static String whole(double value) {
        return String.format(Locale.ROOT, "%,d", Math.round(value));
    }

    private static String amount(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static String time(double seconds) {
        Duration time = Duration.ofSeconds(Math.round(seconds));
        if (time.toSeconds() < 120) {
            return time.toSeconds() + " s";
        }
        return time.toMinutes() < 120
                ? time.toMinutes() + " min"
                : String.format(Locale.ROOT, "%.1f h", time.toMinutes() / 60.0);
    }

    @FunctionalInterface
    private interface Form {
        String of(double value);
    }
}
