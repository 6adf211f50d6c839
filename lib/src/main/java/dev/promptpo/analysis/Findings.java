package dev.promptpo.analysis;

import dev.promptpo.optimizer.Run;
import java.nio.file.Path;
import java.util.Locale;

/** Sentences about a run, worded by its numbers, so that a text beside them stays true. */
public final class Findings {
    /** Closer to the reference than this counts as reaching it (5 % of the normalised return). */
    private static final double MARGIN = .05;

    private Findings() {}

    /** What the rounds brought: how far the first one came, and whether later ones went further. */
    public static String rounds(Run run) {
        return rounds(run.directory());
    }

    /** As {@link #rounds(Run)}, of a run's folder. */
    public static String rounds(Path run) {
        return rounds(Curves.learning(run));
    }

    static String rounds(LearningCurve curve) {
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
        boolean normalisable =
                curve.measure().equals("return")
                        && curve.references().random().isPresent()
                        && curve.references().best().isPresent();
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
                                    " rounds raised the search score to %.1f",
                                    last.value()));
            if (normalisable && normalised(curve, last.value()) > 1) {
                text.append(
                        ", which is more than any policy can expect: the luck of a few episodes");
            }
        }
        text.append('.');
        return text.toString();
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
