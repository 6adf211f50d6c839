package dev.promptpo.optimizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptpo.llm.Budget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * How a run ended before all its rounds were played: its budget was spent.
 *
 * @param reason which limit, in one line
 * @param notDone what of the run is missing, in one line
 * @param budget the limits then; a larger one goes on
 */
public record BudgetEnd(String reason, String notDone, Budget budget) {

    /** Two sentences. */
    @Override
    public String toString() {
        return reason + ". Not done: " + notDone;
    }

    /** What is missing of a run that stands where this state does. */
    static String notDone(RunState state, RunSettings settings) {
        int round = state.rounds().size() + 1;
        int finished = state.candidates(round).size();
        List<String> missing = new ArrayList<>();
        int from = round;
        if (finished > 0) {
            from++;
            int left = settings.candidates() - finished;
            missing.add(
                    left == 0
                            ? "the closing of round " + round
                            : left
                                    + " of "
                                    + settings.candidates()
                                    + " candidates of round "
                                    + round);
        }
        if (from == settings.rounds()) {
            missing.add("round " + from);
        } else if (from < settings.rounds()) {
            missing.add("rounds " + from + " to " + settings.rounds());
        }
        return String.join(", and ", missing) + " (of " + settings.rounds() + ")";
    }

    void put(ObjectNode fields) {
        ObjectNode ended = fields.putObject("ended");
        ended.put("reason", reason);
        ended.put("not_done", notDone);
        ObjectNode limits = ended.putObject("budget");
        budget.calls().ifPresent(calls -> limits.put("calls", calls));
        budget.tokens().ifPresent(tokens -> limits.put("tokens", tokens));
        budget.money().ifPresent(money -> limits.put("money", money));
        budget.wallTime().ifPresent(time -> limits.put("wall_time_s", time.toNanos() / 1e9));
    }

    static Optional<BudgetEnd> of(ObjectNode fields) {
        JsonNode ended = fields.path("ended");
        if (!ended.isObject()) {
            return Optional.empty();
        }
        JsonNode limits = ended.path("budget");
        return Optional.of(
                new BudgetEnd(
                        ended.path("reason").asText(),
                        ended.path("not_done").asText(),
                        new Budget(
                                whole(limits.path("calls")),
                                whole(limits.path("tokens")),
                                limits.path("money").isNumber()
                                        ? OptionalDouble.of(limits.path("money").asDouble())
                                        : OptionalDouble.empty(),
                                limits.path("wall_time_s").isNumber()
                                        ? Optional.of(
                                                Duration.ofNanos(
                                                        Math.round(
                                                                limits.path("wall_time_s")
                                                                                .asDouble()
                                                                        * 1e9)))
                                        : Optional.empty(),
                                Optional.empty())));
    }

    private static OptionalLong whole(JsonNode number) {
        return number.isNumber() ? OptionalLong.of(number.asLong()) : OptionalLong.empty();
    }
}
