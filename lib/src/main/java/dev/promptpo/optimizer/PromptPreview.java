package dev.promptpo.optimizer;

import dev.promptpo.llm.Price;
import dev.promptpo.llm.TokenUsage;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The policy prompt that a run would send next.
 *
 * @param round whose candidates it would be sent for, from 1
 * @param text the whole text, sent as one user message
 * @param tokens about how many it has, as {@link dev.promptpo.llm.TokenCount} counts
 * @param calls how often it would be sent: candidates of the round that are not asked for yet
 * @param price of the model; empty where it is not known
 * @param missing what is done before it is sent and will change it; empty where the text is exact
 */
public record PromptPreview(
        int round,
        String text,
        int tokens,
        int calls,
        Optional<Price> price,
        Optional<String> missing) {

    /** Whether this is the text that would be sent, to the letter. */
    public boolean exact() {
        return missing.isEmpty();
    }

    /**
     * What sending it {@link #calls} times costs, without a provider's cache; what is written in
     * return costs more. Empty where the model's price is not known.
     */
    public OptionalDouble cost() {
        return price.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(price.get().of(new TokenUsage((long) tokens * calls, 0, 0)));
    }

    /** A line on its size and cost, then the text. */
    @Override
    public String toString() {
        String money =
                cost().isEmpty()
                        ? "price not known"
                        : String.format(
                                Locale.ROOT,
                                "%.4f %s for the input of all",
                                cost().getAsDouble(),
                                price.orElseThrow().currency());
        return String.format(
                        Locale.ROOT,
                        "Policy prompt of round %d: about %,d tokens, sent %s; %s.%n",
                        round,
                        tokens,
                        calls == 1 ? "once" : calls + " times",
                        money)
                + missing.map(what -> "Not exact yet: " + what + "\n").orElse("")
                + "\n"
                + text;
    }
}
