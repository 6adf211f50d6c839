package dev.promptpo.optimizer;

import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.environment.EnvironmentSpec.Lifetime;
import dev.promptpo.llm.Budget;
import dev.promptpo.llm.Price;
import dev.promptpo.llm.PriceTable;
import dev.promptpo.llm.Spending;
import dev.promptpo.llm.TokenCount;
import dev.promptpo.llm.TokenUsage;
import dev.promptpo.optimizer.Calibration.Kind;
import dev.promptpo.prompt.Failure;
import dev.promptpo.prompt.History;
import dev.promptpo.prompt.HistoryEntry;
import dev.promptpo.prompt.Prompts;
import dev.promptpo.prompt.RepairSubject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Estimates a run before anything is spent: the prompts are rendered with a history of made-up
 * policies of the expected length, all else is counted from the settings and from earlier runs.
 */
final class Estimator {
    /**
     * Tokens of replies where no run of the model is there: those of the 33 replies in the
     * recording {@code noiseworld2-n10-r3}, counted with {@link TokenCount}: policies from the
     * shortest to the longest; of the other kinds there is one and two.
     */
    private static final Range POLICY = new Range(665, 898, 1468);

    private static final Range FEEDBACK = Range.around(2788);
    private static final Range REFLECTION = Range.around(367);

    /** A summary has at most 2,000 characters, which is about 600 tokens. */
    private static final Range SUMMARY = new Range(0, 250, 600);

    private final EnvironmentSpec spec;
    private final RunSettings settings;
    private final Calibration earlier;
    private final int atOnce;
    private final int workers;
    private final Prompts prompts;
    private final List<String> basis = new ArrayList<>();

    /**
     * @param atOnce requests that the model is asked at once, at most
     * @param workers that roll out at once, at most
     */
    Estimator(
            EnvironmentSpec spec,
            RunSettings settings,
            Calibration earlier,
            int atOnce,
            int workers) {
        this.spec = spec;
        this.settings = settings;
        this.earlier = earlier;
        this.atOnce = atOnce;
        this.workers = workers;
        this.prompts =
                new Prompts(
                        spec, settings.episodes(), settings.lifetime(), settings.promptSettings());
    }

    Estimate estimate(Budget budget, PriceTable prices, Spending spent) {
        Range repairs = repairs();
        Range calls = calls(repairs);
        Range output = outputTokens(repairs);
        Range input = inputTokens(repairs);
        Range steps = steps();
        Optional<Price> price = budget.price().or(() -> prices.of(settings.model()));
        basis.add(
                price.map(known ->
                                known.of(new TokenUsage(1, 0, 1)) == 0
                                        ? "money: "
                                                + settings.model()
                                                + " costs nothing: "
                                                + known.source()
                                        : "money: without the discount for cached input; prices: "
                                                + known.source())
                        .orElse(
                                "money: the price of "
                                        + settings.model()
                                        + " is not known: "
                                        + PriceTable.HOW_TO_ADD));
        return new Estimate(
                "PromptPO on %s (%s), N = %d, R = %d, E = %d, asking %s"
                        .formatted(
                                settings.environment(),
                                settings.preset(),
                                settings.candidates(),
                                settings.rounds(),
                                settings.episodes(),
                                settings.model()),
                calls,
                input,
                output,
                price.map(known ->
                        input.times(known.input() / 1e6).plus(output.times(known.output() / 1e6))),
                price,
                steps,
                seconds(steps),
                basis,
                budget,
                spent);
    }

    /** Of one candidate. */
    private Range repairs() {
        int most = settings.repairs();
        Optional<Double> mean = earlier.repairsPerCandidate();
        if (mean.isPresent()) {
            basis.add(
                    String.format(
                            Locale.ROOT,
                            "calls: %.2f repairs a candidate as in %s, at most twice that",
                            mean.get(),
                            names(earlier.ofModel())));
            return Range.around(mean.get()).atMost(most);
        }
        basis.add(
                "calls: no repairs to %d for each candidate, since no earlier run of %s tells"
                        .formatted(most, settings.model()));
        return new Range(0, 0, most);
    }

    private int samples() {
        return settings.candidates() * settings.rounds();
    }

    /**
     * A short history leaves out winners that are not among its best, and compares none of them.
     */
    private Range reflections() {
        int most = settings.reflection() ? settings.rounds() - (starts() ? 0 : 1) : 0;
        boolean all = settings.promptSettings().history().equals(History.full());
        return new Range(all ? most : 0, most, most);
    }

    private boolean starts() {
        return settings.startSource().isPresent();
    }

    private int feedbacks() {
        return settings.feedback() ? 1 : 0;
    }

    private Range feedbackRepairs() {
        return settings.feedback() ? new Range(0, 0, settings.repairs()) : Range.ZERO;
    }

    private Range calls(Range repairs) {
        return Range.exactly(samples() + feedbacks())
                .plus(reflections())
                .plus(repairs.times(samples()))
                .plus(feedbackRepairs());
    }

    private Range reply(Kind kind) {
        Range assumed =
                switch (kind) {
                    case POLICY -> POLICY;
                    case REPAIR -> reply(Kind.POLICY);
                    case FEEDBACK -> FEEDBACK;
                    case REFLECTION -> REFLECTION;
                };
        return earlier.outputTokens(kind).orElse(assumed).atMost(settings.maxOutputTokens());
    }

    private Range outputTokens(Range repairs) {
        basis.add(
                earlier.ofModel().isEmpty()
                        ? "tokens out: as long as the replies of the recording that comes with the"
                                + " project; a model that thinks before it writes takes several"
                                + " times that"
                        : "tokens out: as in " + names(earlier.ofModel()));
        return reply(Kind.POLICY)
                .times(samples())
                .plus(reply(Kind.REPAIR).times(repairs.times(samples()).plus(feedbackRepairs())))
                .plus(reply(Kind.FEEDBACK).times(feedbacks()))
                .plus(reply(Kind.REFLECTION).times(reflections()));
    }

    private Range inputTokens(Range repairs) {
        Optional<Double> ratio = earlier.tokenRatio();
        basis.add(
                "tokens in: the prompts of the run, its history growing by a policy of the expected"
                        + " length and its summaries a round, counted with o200k_base"
                        + ratio.map(r ->
                                        String.format(
                                                Locale.ROOT,
                                                " times %.2f, as %s counted in %s",
                                                r,
                                                settings.model(),
                                                names(earlier.ofModel())))
                                .orElse(", an approximation for other models"));
        Range approximate =
                new Range(
                        inputTokens(repairs, Range::low),
                        inputTokens(repairs, Range::likely),
                        inputTokens(repairs, Range::high));
        return approximate.times(ratio.orElse(1.0));
    }

    /** At one end of what is expected. */
    private double inputTokens(Range repairs, ToDoubleFunction<Range> end) {
        String source = text(end.applyAsDouble(reply(Kind.POLICY)));
        String summary = text(end.applyAsDouble(earlier.summaryTokens().orElse(SUMMARY)));
        String reflection = text(end.applyAsDouble(reply(Kind.REFLECTION)));
        double tokens = feedbacks() * TokenCount.approximate(prompts.feedback().text());
        List<HistoryEntry> history = new ArrayList<>();
        settings.startSource()
                .ifPresent(start -> history.add(entry(0, start, summary, Optional.empty())));
        for (int round = 1; round <= settings.rounds(); round++) {
            if (!history.isEmpty() && settings.reflection()) {
                tokens += TokenCount.approximate(prompts.reflection(history).text());
                HistoryEntry last = history.removeLast();
                history.add(entry(last.round(), last.source(), summary, Optional.of(reflection)));
            }
            tokens +=
                    settings.candidates()
                            * (double) TokenCount.approximate(prompts.policy(history).text());
            history.add(entry(round, source, summary, Optional.empty()));
        }
        double repair =
                TokenCount.approximate(
                        prompts.repair(
                                        RepairSubject.POLICY,
                                        new Failure(source, "", text(20), text(100)))
                                .text());
        return tokens
                + repair
                        * (samples() * end.applyAsDouble(repairs)
                                + end.applyAsDouble(feedbackRepairs()));
    }

    private HistoryEntry entry(
            int round, String source, String summary, Optional<String> reflection) {
        int summaries =
                Math.min(
                        settings.episodes(),
                        settings.promptSettings().feedbackEpisodes().orElse(settings.episodes()));
        return new HistoryEntry(
                round,
                source,
                -123.4567 + round, // the last is the best: any form of history tells of it
                Collections.nCopies(settings.episodes(), -123.4567),
                settings.feedback() ? Collections.nCopies(summaries, summary) : List.of(),
                reflection);
    }

    /** So many tokens. */
    private static String text(double tokens) {
        return " x".repeat((int) Math.round(tokens)).strip();
    }

    private Range steps() {
        Optional<Range> seen = earlier.episodeSteps();
        basis.add(
                seen.isPresent()
                        ? "environment steps: episodes as long as in "
                                + names(earlier.ofEnvironment())
                        : "environment steps: no earlier run tells how long episodes of "
                                + spec.id()
                                + " last: up to its horizon of "
                                + spec.horizon()
                                + ", and as much again for each repair");
        Range episode =
                seen.orElse(
                        new Range(1, spec.horizon(), spec.horizon() * (1.0 + settings.repairs())));
        Range alone = episode.atMost(spec.horizon());
        boolean lives = settings.lifetime() == Lifetime.CANDIDATE;
        int heldout =
                lives
                        ? Math.ceilDiv(settings.heldoutEpisodes(), settings.episodes())
                                * settings.episodes()
                        : settings.heldoutEpisodes();
        int audits = settings.rounds() + (starts() ? 1 : 0);
        return episode.times((double) (samples() + (starts() ? 1 : 0)) * settings.episodes())
                .plus(alone.times((double) audits * settings.episodes()))
                .plus(alone.times(heldout));
    }

    private Optional<Range> seconds(Range steps) {
        boolean recorded = settings.model().startsWith("replay");
        List<Double> seen = earlier.latencies().stream().sorted().toList();
        if (seen.isEmpty() && !recorded) {
            basis.add("wall time: no earlier run tells how long " + settings.model() + " takes");
            return Optional.empty();
        }
        if (recorded && earlier.stepSeconds().isEmpty()) {
            basis.add(
                    "wall time: a recording answers at once, and no earlier run tells how fast"
                            + " rollouts are");
            return Optional.empty();
        }
        Range asking = recorded ? Range.ZERO : asking(seen);
        Optional<Range> step = earlier.stepSeconds();
        basis.add(
                "wall time: "
                        + (recorded
                                ? "a recording answers at once"
                                : "replies as slow as in "
                                        + names(earlier.ofModel())
                                        + ", up to "
                                        + atOnce
                                        + " at once")
                        + "; "
                        + (step.isPresent()
                                ? "steps as fast as in "
                                        + names(earlier.ofEnvironment())
                                        + ", on up to "
                                        + workers
                                        + " workers"
                                : "without the rollouts, since no earlier run tells how fast they"
                                        + " are"));
        Range rolling =
                step.map(one ->
                                new Range(
                                        steps.low() * one.low() / workers,
                                        steps.likely() * one.likely() / workers,
                                        steps.high() * one.high()))
                        .orElse(Range.ZERO);
        return Optional.of(asking.plus(rolling));
    }

    /**
     * A round waits for the slowest of its candidates, and one after the other for their repairs.
     */
    private Range asking(List<Double> sorted) {
        Range one = Range.of(sorted);
        double slowest = Math.max(sorted.getLast(), one.high());
        int first = Math.ceilDiv(settings.candidates() + feedbacks(), atOnce);
        int later = Math.ceilDiv(settings.candidates(), atOnce);
        double waves = first + later * (settings.rounds() - 1.0);
        // Of one at a time none is the slowest.
        double typical = atOnce == 1 ? one.likely() : one.high();
        return new Range(
                waves * one.likely() + reflections().low() * one.low(),
                waves * typical + reflections().likely() * one.likely(),
                waves * slowest * (1 + settings.repairs()) + reflections().high() * one.high());
    }

    private static String names(List<String> runs) {
        return runs.size() == 1 ? "the run " + runs.getFirst() : runs.size() + " earlier runs";
    }
}
