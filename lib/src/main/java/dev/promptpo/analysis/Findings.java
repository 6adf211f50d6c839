package dev.promptpo.analysis;

import dev.promptpo.environment.EnvironmentSpec.Reference;
import dev.promptpo.environment.ReferenceKind;
import dev.promptpo.optimizer.Run;
import dev.promptpo.optimizer.Steering;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalDouble;

/** Sentences about a run, worded by its numbers, so that a text beside them stays true. */
public final class Findings {
    /** Closer to the reference than this counts as reaching it (5 % of the normalised return). */
    public static final double MARGIN = .05;

    private Findings() {}

    /** What the rounds brought: how far the first one came, and whether later ones went further. */
    public static Finding rounds(Run run) {
        return rounds(run.directory());
    }

    /** As {@link #rounds(Run)}, of a run's folder. */
    public static Finding rounds(Path run) {
        return rounds(Curves.learning(run));
    }

    /** As {@link #rounds(Run)}, of a run's curve. */
    public static Finding rounds(LearningCurve curve) {
        return new Finding(ofRounds(curve) + stamp(curve.steering()));
    }

    private static String ofRounds(LearningCurve curve) {
        if (curve.selected().points().isEmpty()) {
            return "No candidate has completed yet, so there is nothing to compare.";
        }
        StepCurve.Point first = curve.selected().points().getFirst();
        StepCurve.Point last = curve.selected().points().getLast();
        int reached = round(curve, first.steps());
        StringBuilder text = new StringBuilder();
        text.append(
                String.format(
                        Locale.ROOT,
                        "The best policy of round %d scored %.1f after %,d environment steps",
                        reached,
                        first.value(),
                        first.steps()));
        boolean normalisable = normalisable(curve);
        double share = normalisable ? normalised(curve, first.value()) : 0;
        if (normalisable) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            ", %.1f %% of the way from the random policy to the %s",
                            100 * share,
                            HeldoutEstimate.nameOf(curve.references().best().get())));
        }
        text.append(". ");
        int rounds =
                curve.attempts().stream().mapToInt(LearningCurve.Attempt::round).max().orElse(0);
        if (rounds <= reached) {
            return text.toString().strip();
        }
        boolean enough = normalisable && share >= 1 - MARGIN;
        if (enough) {
            text.append("One round was enough: ");
        }
        if (last.value() <= first.value()) {
            text.append(enough ? "later" : "Later")
                    .append(" rounds found nothing that scored better");
        } else {
            text.append(enough ? "later" : "Later")
                    .append(
                            String.format(
                                    Locale.ROOT,
                                    " rounds, on other episodes, scored up to %.1f",
                                    last.value()));
            if (normalisable && normalised(curve, last.value()) > 1) {
                text.append(
                        exact(curve)
                                ? ", more than any policy can expect: the luck of few episodes"
                                : ", more than the best known policy");
            }
        }
        text.append('.');
        return text.toString();
    }

    /** What the first round says about N: how much the best of more candidates gains. */
    public static Finding candidates(Run run) {
        return candidates(run.directory());
    }

    /** As {@link #candidates(Run)}, of a run's folder. */
    public static Finding candidates(Path run) {
        return candidates(Curves.learning(run));
    }

    /** As {@link #candidates(Run)}, of a run's curve. */
    public static Finding candidates(LearningCurve curve) {
        return new Finding(ofCandidates(curve) + stamp(curve.steering()));
    }

    private static String ofCandidates(LearningCurve curve) {
        double[] pool = curve.pool(1);
        if (pool.length == 0) {
            return "No candidate of the first round has completed, so there is nothing to compare.";
        }
        if (pool.length == 1) {
            return String.format(
                    Locale.ROOT,
                    "The first round had one candidate, which scored %.1f: what more would bring it"
                            + " cannot say.",
                    pool[0]);
        }
        if (Statistics.equal(pool)) {
            return String.format(
                    Locale.ROOT,
                    "All %d candidates of the first round scored %.1f: one would have done.",
                    pool.length,
                    pool[0]);
        }
        double[] best = Statistics.expectedBestOfN(pool);
        String text =
                String.format(
                        Locale.ROOT,
                        "One candidate can be expected to score %.1f, the best of %d: %.1f.",
                        best[0],
                        pool.length,
                        best[pool.length - 1]);
        if (!normalisable(curve)) {
            return text;
        }
        String reference = HeldoutEstimate.nameOf(curve.references().best().orElseThrow());
        for (int n = 1; n <= pool.length; n++) {
            if (normalised(curve, best[n - 1]) >= 1 - MARGIN) {
                return text
                        + String.format(
                                Locale.ROOT,
                                " %s within %.0f %% of the %s.",
                                n == 1 ? "Both are" : "From n = " + n + " on the best is",
                                100 * MARGIN,
                                reference);
            }
        }
        return text
                + String.format(
                        Locale.ROOT,
                        " Even that is further than %.0f %% from the %s.",
                        100 * MARGIN,
                        reference);
    }

    /**
     * What the run's best policy is worth on held-out episodes, held against the random policy and,
     * where one is known, against the best.
     */
    public static Finding result(Run run) {
        return result(
                Curves.heldout(run),
                run.heldout()
                        .map(held -> PolicyEstimate.success(held.successes()))
                        .orElse(OptionalDouble.empty()));
    }

    /** As {@link #result(Run)}, of a run's folder. */
    public static Finding result(Path run) {
        return result(Run.look(run));
    }

    /** As {@link #result(Run)}, of an estimate and the share of its episodes that succeeded. */
    static Finding result(HeldoutEstimate held, OptionalDouble success) {
        Interval value = held.estimate();
        StringBuilder text =
                new StringBuilder(
                        String.format(
                                Locale.ROOT,
                                "On %d held-out %s the run's best policy has a mean %s of %s, with a"
                                        + " %.0f %% interval from %s to %s.",
                                value.n(),
                                value.unit(),
                                held.measure(),
                                number(value.estimate()),
                                100 * value.level(),
                                number(value.low()),
                                number(value.high())));
        if (held.measure().equals("return")) {
            success.ifPresent(share ->
                    text.append(
                            String.format(
                                    Locale.ROOT,
                                    " It succeeds in %d of them.",
                                    Math.round(share * value.n()))));
            held.references().random().ifPresent(random -> text.append(against(value, random)));
            text.append(
                    held.references().best().isPresent()
                            ? against(held, held.references().best().get())
                            : " No best known return is written down for "
                                    + held.environment()
                                    + ", so how much of what is possible this is, it does not"
                                    + " say.");
        }
        return new Finding(text + stamp(held.steering()));
    }

    private static String stamp(Steering steering) {
        return steering.any()
                ? " The run is " + steering.stamp() + ": no claim about the method rests on it."
                : "";
    }

    private static String against(Interval value, Reference random) {
        String name =
                String.format(
                        Locale.ROOT,
                        "the uniformly random policy's %s (%s)",
                        number(random.value()),
                        random.kind());
        if (value.low() > random.high().orElse(random.value())) {
            return " That is more than " + name + ".";
        }
        if (value.high() < random.low().orElse(random.value())) {
            return " That is less than " + name + ".";
        }
        return " That cannot be told apart from " + name + ".";
    }

    private static String against(HeldoutEstimate held, Reference best) {
        if (held.normalised().isEmpty()) {
            return "";
        }
        double share = held.normalised().getAsDouble();
        String name = HeldoutEstimate.nameOf(best);
        return String.format(
                Locale.ROOT,
                " It is %.1f %% of the way from there to the %s, %s (%s)%s.",
                100 * share,
                name,
                number(best.value()),
                best.kind(),
                share > 1
                        ? ": more than that"
                        : share >= 1 - MARGIN
                                ? String.format(
                                        Locale.ROOT,
                                        ": by the margin of %.0f %% the same",
                                        100 * MARGIN)
                                : "");
    }

    /** With as many places as tell returns of this size apart. */
    private static String number(double value) {
        double size = Math.abs(value);
        return String.format(
                Locale.ROOT, size >= 1000 ? "%,.0f" : size >= 10 ? "%.1f" : "%.3f", value);
    }

    private static boolean normalisable(LearningCurve curve) {
        return curve.measure().equals("return")
                && curve.references().random().isPresent()
                && curve.references().best().isPresent();
    }

    private static boolean exact(LearningCurve curve) {
        return curve.references().best().orElseThrow().kind() == ReferenceKind.EXACT;
    }

    private static double normalised(LearningCurve curve, double value) {
        return Statistics.normalised(
                value,
                curve.references().random().orElseThrow().value(),
                curve.references().best().orElseThrow().value());
    }

    /** The round that closed at these steps. */
    private static int round(LearningCurve curve, long steps) {
        return curve.attempts().stream()
                .filter(attempt -> attempt.steps() <= steps)
                .mapToInt(LearningCurve.Attempt::round)
                .max()
                .orElse(1);
    }
}
