package dev.promptpo.figures;

import dev.promptpo.analysis.HeldoutEstimate;
import dev.promptpo.analysis.Interval;
import dev.promptpo.analysis.LearningCurve;
import dev.promptpo.analysis.StepCurve;
import dev.promptpo.environment.EnvironmentSpec.Reference;
import java.awt.Color;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Return against environment steps: every candidate, the policy kept, and what to compare with. */
final class LearningCurveChart {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 400;
    private static final int MARGIN = 124;

    private LearningCurveChart() {}

    static ThemedChart of(LearningCurve curve) {
        ThemedChart chart = new ThemedChart(WIDTH, HEIGHT, MARGIN);
        chart.headline(curve.environment() + ": " + curve.measure() + " against environment steps");
        chart.setXAxisTitle("environment steps, all candidates together");
        chart.setYAxisTitle("mean " + curve.measure() + " of an episode");
        chart.getStyler().setXAxisTickLabelsFormattingFunction(Numbers::axisCount);
        chart.getStyler().setYAxisTickLabelsFormattingFunction(Numbers::axisScore);
        SideLabels labels = new SideLabels();
        double end = Math.max(1, curve.steps());
        Range range = new Range();

        reference(
                chart, labels, range, "random policy", curve.references().random(), end, Ink.MUTED);
        reference(
                chart,
                labels,
                range,
                curve.references().best().map(HeldoutEstimate::nameOf).orElse(""),
                curve.references().best(),
                end,
                Ink.GREEN);
        candidates(chart, curve, range);
        List<StepCurve.Point> points = curve.selected().points();
        if (!points.isEmpty()) {
            double last = points.get(points.size() - 1).value();
            boolean measured = curve.finalHeldout().isPresent();
            steps(
                    chart,
                    "kept policy, search score",
                    curve.selected(),
                    end,
                    Ink.BLUE,
                    curve.heldout().points().size() > 1);
            labels.add(
                    last, measured ? "search score" : "kept policy", Numbers.score(last), Ink.BLUE);
        }
        if (curve.heldout().points().size() > 1) {
            steps(chart, "kept policy, held-out", curve.heldout(), end, Ink.BLUE, false);
        }
        curve.finalHeldout()
                .ifPresent(interval -> {
                    heldout(chart, interval, end);
                    range.add(interval.low());
                    range.add(interval.high());
                    labels.add(
                            interval.estimate(),
                            "held-out",
                            Numbers.score(interval.estimate()),
                            Ink.VERMILION);
                });
        range.apply(chart);
        failures(chart, curve, range);
        chart.getStyler().setXAxisMin(-.012 * end);
        chart.getStyler().setXAxisMax(end * 1.012);
        chart.addAnnotation(labels);
        explain(chart, curve);
        return chart;
    }

    private static void explain(ThemedChart chart, LearningCurve curve) {
        long failed = curve.attempts().stream().filter(a -> a.score().isEmpty()).count();
        chart.reading(
                "Each dot is a candidate"
                        + (failed > 0 ? ", each cross one that failed" : "")
                        + "; the line is the best policy so far, chosen when a round closes.");
        curve.finalHeldout()
                .ifPresent(interval ->
                        chart.note(
                                String.format(
                                        Locale.ROOT,
                                        "Diamond: the result on %d held-out %s, bar:"
                                                + " %.0f %% interval over them (%s).",
                                        interval.n(),
                                        interval.unit(),
                                        100 * interval.level(),
                                        interval.method())));
    }

    private static void reference(
            ThemedChart chart,
            SideLabels labels,
            Range range,
            String name,
            Optional<Reference> reference,
            double end,
            Color color) {
        reference.ifPresent(value -> {
            double y = value.value();
            XYSeries series = chart.addSeries(name, new double[] {0, end}, new double[] {y, y});
            series.setMarker(SeriesMarkers.NONE);
            series.setLineColor(color);
            series.setLineStyle(PaperTheme.DASHED);
            labels.add(y, name, Numbers.score(y), color);
            range.add(y);
        });
    }

    private static void candidates(ThemedChart chart, LearningCurve curve, Range range) {
        List<LearningCurve.Attempt> completed =
                curve.attempts().stream().filter(a -> a.score().isPresent()).toList();
        if (completed.isEmpty()) {
            return;
        }
        double[] x = completed.stream().mapToDouble(LearningCurve.Attempt::steps).toArray();
        double[] y = completed.stream().mapToDouble(a -> a.score().getAsDouble()).toArray();
        chart.dots("candidates", x, y, Ink.faint(Ink.BLUE, 120));
        for (double value : y) {
            range.add(value);
        }
    }

    private static void failures(ThemedChart chart, LearningCurve curve, Range range) {
        double[] x =
                curve.attempts().stream()
                        .filter(a -> a.score().isEmpty())
                        .mapToDouble(LearningCurve.Attempt::steps)
                        .toArray();
        if (x.length == 0) {
            return;
        }
        double[] y = new double[x.length];
        Arrays.fill(y, range.floor());
        XYSeries series = chart.dots("failed candidates", x, y, Ink.VERMILION);
        series.setMarker(SeriesMarkers.CROSS);
    }

    /** The step line, drawn corner by corner so that a value holds until the next choice. */
    private static void steps(
            ThemedChart chart,
            String name,
            StepCurve curve,
            double end,
            Color color,
            boolean thin) {
        List<Double> x = new ArrayList<>();
        List<Double> y = new ArrayList<>();
        for (StepCurve.Point point : curve.points()) {
            if (!y.isEmpty()) {
                x.add((double) point.steps());
                y.add(y.get(y.size() - 1));
            }
            x.add((double) point.steps());
            y.add(point.value());
        }
        x.add(end);
        y.add(y.get(y.size() - 1));
        XYSeries series = chart.addSeries(name, x, y);
        series.setMarker(SeriesMarkers.NONE);
        series.setLineColor(color);
        series.setLineStyle(thin ? PaperTheme.THIN : PaperTheme.LINE);
    }

    private static void heldout(ThemedChart chart, Interval interval, double end) {
        XYSeries bar =
                chart.addSeries(
                        "held-out interval",
                        new double[] {end, end},
                        new double[] {interval.low(), interval.high()});
        bar.setMarker(SeriesMarkers.NONE);
        bar.setLineColor(Ink.VERMILION);
        bar.setLineStyle(PaperTheme.LINE);
        XYSeries dot =
                chart.dots(
                        "held-out estimate",
                        new double[] {end},
                        new double[] {interval.estimate()},
                        Ink.VERMILION);
        dot.setMarker(SeriesMarkers.DIAMOND);
    }

    /** The y range that holds all that is drawn, with a little air. */
    private static final class Range {
        private double low = Double.POSITIVE_INFINITY;
        private double high = Double.NEGATIVE_INFINITY;

        void add(double value) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }

        private double air() {
            return high > low ? .06 * (high - low) : Math.max(1, Math.abs(high) * .05);
        }

        /** Where failed candidates are marked: at the foot of the plot. */
        double floor() {
            return Double.isFinite(low) ? low - air() * .5 : 0;
        }

        void apply(ThemedChart chart) {
            if (Double.isFinite(low)) {
                chart.getStyler().setYAxisMin(low - air());
                chart.getStyler().setYAxisMax(high + air());
            }
        }
    }
}
