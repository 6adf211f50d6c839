package dev.promptpo.figures;

import dev.promptpo.analysis.Findings;
import dev.promptpo.analysis.HeldoutEstimate;
import dev.promptpo.analysis.Interval;
import dev.promptpo.analysis.LearningCurve;
import dev.promptpo.analysis.StepCurve;
import dev.promptpo.environment.EnvironmentSpec.Reference;
import dev.promptpo.environment.ReferenceKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Return against environment steps: every candidate, the policy kept, and what to compare with.
 * Where most candidates lie close to the best known policy, a second panel above shows that part,
 * in which the whole scale tells nothing apart.
 */
final class LearningCurveChart {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 400;
    private static final int TALL = 520;
    private static final int MARGIN = 124;

    private LearningCurveChart() {}

    static ThemedChart of(LearningCurve curve) {
        OptionalDouble close = close(curve);
        ThemedChart chart = new ThemedChart(WIDTH, close.isPresent() ? TALL : HEIGHT, MARGIN);
        chart.headline(curve.environment() + ": " + curve.measure() + " against environment steps");
        long failed = curve.attempts().stream().filter(a -> a.score().isEmpty()).count();
        chart.reading(
                "Each dot is a candidate"
                        + (failed > 0 ? ", each cross one that failed" : "")
                        + "; the line is the best policy so far, chosen when a round closes.");
        if (close.isPresent()) {
            chart.reading(
                    "Above: what lies within 5 % of the "
                            + best(curve).map(HeldoutEstimate::nameOf).orElseThrow()
                            + ", enlarged. Below: the whole scale.");
            ThemedChart detail = new ThemedChart(WIDTH, HEIGHT, MARGIN);
            draw(curve, new LearningCurvePanel(detail, curve.steps(), close.getAsDouble(), false));
            detail.setYAxisTitle("mean " + curve.measure());
            chart.detail(detail);
        }
        draw(
                curve,
                new LearningCurvePanel(
                        chart, curve.steps(), Double.NEGATIVE_INFINITY, close.isPresent()));
        chart.setXAxisTitle("environment steps, all candidates together");
        chart.setYAxisTitle(
                "mean " + curve.measure() + (close.isPresent() ? "" : " of an episode"));
        curve.finalHeldout().ifPresent(interval -> chart.note(caption(interval)));
        if (curve.attempts().stream().anyMatch(attempt -> attempt.round() > 1)) {
            chart.note(
                    "Each round plays episodes of its own, so scores of two rounds differ by luck"
                            + " too"
                            + (beyond(curve) ? ": above the optimum it is nothing else." : "."));
        }
        chart.stamp(curve.steering());
        return chart;
    }

    private static void draw(LearningCurve curve, LearningCurvePanel panel) {
        random(curve)
                .ifPresent(random -> panel.reference("random policy", random.value(), Ink.MUTED));
        best(curve)
                .ifPresent(best ->
                        panel.reference(HeldoutEstimate.nameOf(best), best.value(), Ink.GREEN));
        panel.candidates(curve);
        boolean measured = curve.finalHeldout().isPresent();
        boolean both = curve.heldout().points().size() > 1;
        panel.steps(
                "search score", measured ? "search score" : "kept policy", curve.selected(), both);
        if (both) {
            panel.steps("held-out score", "", curve.heldout(), false);
        }
        curve.finalHeldout().ifPresent(panel::heldout);
        panel.finish(curve);
    }

    private static String caption(Interval interval) {
        return String.format(
                Locale.ROOT,
                "Diamond: the result on %d held-out %s, bar: %.0f %% interval over them (%s).",
                interval.n(),
                interval.unit(),
                100 * interval.level(),
                interval.method());
    }

    /** Where the panel of close scores begins; empty where there is no crowd to tell apart. */
    private static OptionalDouble close(LearningCurve curve) {
        if (random(curve).isEmpty() || best(curve).isEmpty()) {
            return OptionalDouble.empty();
        }
        double best = best(curve).get().value();
        double from = best - Findings.MARGIN * (best - random(curve).get().value());
        double[] scores =
                curve.attempts().stream()
                        .filter(attempt -> attempt.score().isPresent())
                        .mapToDouble(attempt -> attempt.score().getAsDouble())
                        .toArray();
        long close = Arrays.stream(scores).filter(score -> score >= from).count();
        return close >= 2 && 2 * close >= scores.length
                ? OptionalDouble.of(from)
                : OptionalDouble.empty();
    }

    /** Whether a score is better than the exact optimum, which no policy is. */
    private static boolean beyond(LearningCurve curve) {
        return best(curve)
                .filter(best -> best.kind() == ReferenceKind.EXACT)
                .filter(best ->
                        curve.attempts().stream()
                                .anyMatch(one -> one.score().orElse(best.value()) > best.value()))
                .isPresent();
    }

    /** References are returns: they say nothing of a rate of success. */
    private static Optional<Reference> random(LearningCurve curve) {
        return curve.references().random().filter(r -> curve.measure().equals("return"));
    }

    private static Optional<Reference> best(LearningCurve curve) {
        return curve.references().best().filter(r -> curve.measure().equals("return"));
    }

    /** For a panel: corners of a step line, so that a value holds until the next choice. */
    static double[][] corners(StepCurve curve, double end, double floor) {
        List<double[]> corners = new ArrayList<>();
        for (StepCurve.Point point : curve.points()) {
            if (point.value() < floor) {
                continue;
            }
            if (!corners.isEmpty()) {
                corners.add(new double[] {point.steps(), corners.getLast()[1]});
            }
            corners.add(new double[] {point.steps(), point.value()});
        }
        if (!corners.isEmpty()) {
            corners.add(new double[] {end, corners.getLast()[1]});
        }
        return corners.toArray(double[][]::new);
    }
}
