package dev.promptpo.figures;

import dev.promptpo.analysis.Interval;
import dev.promptpo.analysis.LearningCurve;
import dev.promptpo.analysis.StepCurve;
import java.awt.Color;
import java.util.Arrays;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** One panel of a learning curve: all of it, or only what lies above a floor. */
final class LearningCurvePanel {
    private final ThemedChart chart;
    private final SideLabels labels = new SideLabels();
    private final double end;
    private final double floor;
    private final boolean detailed;
    private double low = Double.POSITIVE_INFINITY;
    private double high = Double.NEGATIVE_INFINITY;

    /**
     * @param steps that the run took; the lines go on a little, so that the last choice is seen
     * @param floor what lies below is left out; minus infinity for a panel of everything
     * @param detailed whether another panel names the policies, so that this one need not
     */
    LearningCurvePanel(ThemedChart chart, long steps, double floor, boolean detailed) {
        this.chart = chart;
        this.end = 1.035 * Math.max(1, steps);
        this.floor = floor;
        this.detailed = detailed;
        chart.getStyler().setXAxisTickLabelsFormattingFunction(Numbers::axisCount);
        chart.getStyler().setXAxisMin(-.012 * end);
        chart.getStyler().setXAxisMax(end * 1.012);
    }

    private boolean whole() {
        return floor == Double.NEGATIVE_INFINITY;
    }

    private void span(double value) {
        low = Math.min(low, value);
        high = Math.max(high, value);
    }

    void reference(String name, double value, Color color) {
        if (value < floor) {
            return;
        }
        XYSeries series = chart.addSeries(name, new double[] {0, end}, new double[] {value, value});
        series.setMarker(SeriesMarkers.NONE);
        series.setLineColor(color);
        series.setLineStyle(PaperTheme.DASHED);
        labels.add(value, name, Numbers.score(value), color);
        span(value);
    }

    void candidates(LearningCurve curve) {
        double[][] points =
                curve.attempts().stream()
                        .filter(one -> one.score().isPresent())
                        .filter(one -> one.score().getAsDouble() >= floor)
                        .map(one -> new double[] {one.steps(), one.score().getAsDouble()})
                        .toArray(double[][]::new);
        if (points.length > 0) {
            chart.dots(
                    "candidates", column(points, 0), column(points, 1), Ink.faint(Ink.BLUE, 120));
            Arrays.stream(points).forEach(point -> span(point[1]));
        }
    }

    /**
     * A step line.
     *
     * @param label of its last value at the right; empty for none
     */
    void steps(String name, String label, StepCurve curve, boolean thin) {
        double[][] corners = LearningCurveChart.corners(curve, end, floor);
        if (corners.length == 0) {
            return;
        }
        XYSeries series = chart.addSeries(name, column(corners, 0), column(corners, 1));
        series.setMarker(SeriesMarkers.NONE);
        series.setLineColor(Ink.BLUE);
        series.setLineStyle(thin ? PaperTheme.THIN : PaperTheme.LINE);
        double last = corners[corners.length - 1][1];
        Arrays.stream(corners).forEach(corner -> span(corner[1]));
        if (!label.isEmpty() && !detailed) {
            labels.add(last, label, Numbers.score(last), Ink.BLUE);
        }
    }

    void heldout(Interval interval) {
        if (interval.low() < floor) {
            return;
        }
        span(interval.low());
        span(interval.high());
        XYSeries bar =
                chart.addSeries(
                        "held-out interval",
                        new double[] {end, end},
                        new double[] {interval.low(), interval.high()});
        bar.setMarker(SeriesMarkers.NONE);
        bar.setLineColor(Ink.VERMILION);
        bar.setLineStyle(PaperTheme.LINE);
        chart.dots(
                        "held-out estimate",
                        new double[] {end},
                        new double[] {interval.estimate()},
                        Ink.VERMILION)
                .setMarker(SeriesMarkers.DIAMOND);
        if (!detailed) {
            String value = Numbers.score(interval.estimate());
            labels.add(interval.estimate(), "held-out", value, Ink.VERMILION);
        }
    }

    /** Sets the y range with a little air and, in a panel of everything, marks what failed. */
    void finish(LearningCurve curve) {
        double air = high > low ? .07 * (high - low) : Math.max(1, Math.abs(high) * .05);
        if (!Double.isFinite(low)) {
            // Nothing has a score: a scale would be made up.
            low = 0;
            air = 1;
            chart.getStyler().setYAxisTicksVisible(false);
            chart.getStyler().setPlotGridHorizontalLinesVisible(false);
        }
        double from = low - air;
        double to = Math.max(high, low) + air;
        chart.getStyler().setYAxisMin(from);
        chart.getStyler().setYAxisMax(to);
        chart.getStyler().setYAxisTickLabelsFormattingFunction(Numbers.axis(from, to));
        double[] failed =
                curve.attempts().stream()
                        .filter(one -> one.score().isEmpty())
                        .mapToDouble(LearningCurve.Attempt::steps)
                        .toArray();
        if (whole() && failed.length > 0) {
            double[] foot = new double[failed.length];
            Arrays.fill(foot, low - air * .5);
            chart.dots("failed candidates", failed, foot, Ink.VERMILION)
                    .setMarker(SeriesMarkers.CROSS);
        }
        chart.addAnnotation(labels);
    }

    private static double[] column(double[][] rows, int column) {
        return Arrays.stream(rows).mapToDouble(row -> row[column]).toArray();
    }
}
