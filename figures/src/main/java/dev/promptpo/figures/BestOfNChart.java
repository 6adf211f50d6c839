package dev.promptpo.figures;

import dev.promptpo.analysis.Findings;
import dev.promptpo.analysis.HeldoutEstimate;
import dev.promptpo.analysis.LearningCurve;
import dev.promptpo.analysis.Statistics;
import dev.promptpo.environment.EnvironmentSpec.References;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.font.FontRenderContext;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Annotation;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The expected best of n candidates for every n up to N, from one pool of N. */
final class BestOfNChart {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 380;
    private static final int TICK_SPACING = 80;

    /** The x axis goes at least so far. */
    private static final int FEWEST = 3;

    /** About as wide as the plot itself. */
    private static final int PLOT = 560;

    private BestOfNChart() {}

    /**
     * The chart of a run's first round, of which one candidate at least has completed.
     *
     * @param curve its references give the second scale, where scores are returns and both are
     *     known
     */
    static ThemedChart of(LearningCurve curve) {
        double[] scores = curve.pool(1);
        int failed = curve.failed(1);
        References references =
                curve.measure().equals("return")
                        ? curve.references()
                        : new References(Optional.empty(), Optional.empty());
        int pool = scores.length;
        boolean equal = Statistics.equal(scores);
        double[] best = Statistics.expectedBestOfN(scores);
        boolean normalised = references.random().isPresent() && references.best().isPresent();
        ThemedChart chart = new ThemedChart(WIDTH, HEIGHT, normalised ? 76 : 12);
        chart.headline(curve.environment() + ": what a larger round buys");
        if (!equal) {
            chart.reading(
                    "Expected best score of n independent candidates, from the "
                            + pool
                            + " of the first round; grey: the "
                            + pool
                            + " scores.");
        }
        chart.reading(Findings.candidates(curve).text());
        chart.stampData(curve.steering());
        chart.setXAxisTitle("candidates in a round, n");
        chart.setYAxisTitle("expected best mean " + curve.measure());
        chart.getStyler().setXAxisTickLabelsFormattingFunction(Numbers::axisCount);
        // With few candidates there would be ticks between the whole numbers. (A hint larger than
        // the plot is high would keep XChart from placing what is drawn at a y value.)
        int end = Math.max(pool, FEWEST);
        chart.getStyler()
                .setXAxisTickMarkSpacingHint(Math.max(TICK_SPACING, (int) (.9 * PLOT / end)));
        double[] n = IntStream.rangeClosed(1, pool).mapToDouble(i -> i).toArray();

        XYSeries scatter =
                chart.dots("scores", constant(pool, .55), scores, Ink.faint(Ink.MUTED, 130));
        scatter.setMarker(SeriesMarkers.CIRCLE);
        boolean banded = pool > 2 && !equal;
        if (banded) {
            band(chart, scores, best);
        }
        XYSeries line = chart.addSeries("expected best", n, best);
        line.setLineColor(Ink.BLUE);
        line.setMarkerColor(Ink.BLUE);
        line.setLineStyle(PaperTheme.LINE);

        double low = Arrays.stream(scores).min().orElseThrow();
        double high = best[pool - 1];
        if (banded) {
            double[] error = Statistics.expectedBestOfNError(scores);
            for (int i = 0; i < pool - 1; i++) {
                low = Math.min(low, best[i] - error[i]);
                high = Math.max(high, best[i] + error[i]);
            }
        }
        String bestName = references.best().map(HeldoutEstimate::nameOf).orElse("best known");
        if (references.best().isPresent()) {
            double value = references.best().get().value();
            high = Math.max(high, value);
            XYSeries reference =
                    chart.addSeries(
                            bestName, new double[] {.4, end + .4}, new double[] {value, value});
            reference.setMarker(SeriesMarkers.NONE);
            reference.setLineColor(Ink.GREEN);
            reference.setLineStyle(PaperTheme.DASHED);
            // The curve rises: below the line it leaves room above it at the left, and where it
            // crosses the line, room below it at the right.
            chart.addAnnotation(new LineLabel(bestName, value, best[pool - 1] <= value));
        }
        if (equal && normalised) {
            // A scale of nothing but the gap to the optimum would make much of what counts as
            // equal.
            double span = references.best().get().value() - references.random().get().value();
            low = Math.min(low, high - Findings.MARGIN * span);
        }
        double air = high > low ? .12 * (high - low) : Math.max(1, Math.abs(high) * .05);
        chart.getStyler().setXAxisMin(.4);
        chart.getStyler().setXAxisMax(end + .4);
        chart.getStyler().setYAxisMin(low - air / 2);
        chart.getStyler().setYAxisMax(high + air);
        chart.getStyler()
                .setYAxisTickLabelsFormattingFunction(Numbers.axis(low - air / 2, high + air));
        if (normalised) {
            chart.addAnnotation(
                    new NormalisedScale(
                            references.random().get().value(),
                            references.best().get().value(),
                            low - air / 2,
                            high + air));
        }
        chart.note(
                (banded ? "Band: one jackknife standard error. " : "")
                        + (failed > 0
                                ? failed
                                        + " failed "
                                        + (failed == 1 ? "candidate counts" : "candidates count")
                                        + (references.random().isPresent()
                                                ? " as the random policy. "
                                                : " as the worst that completed. ")
                                : "")
                        + (normalised
                                ? "Right: 0 is the random policy, 1 the " + bestName + "."
                                : ""));
        return chart;
    }

    private static void band(ThemedChart chart, double[] scores, double[] best) {
        double[] error = Statistics.expectedBestOfNError(scores);
        int ends = scores.length - 1;
        double[] x = new double[2 * ends];
        double[] y = new double[2 * ends];
        for (int i = 0; i < ends; i++) {
            x[i] = i + 1;
            y[i] = best[i] + error[i];
            x[2 * ends - 1 - i] = i + 1;
            y[2 * ends - 1 - i] = best[i] - error[i];
        }
        XYSeries band = chart.addSeries("one standard error", x, y);
        band.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.PolygonArea);
        band.setMarker(SeriesMarkers.NONE);
        band.setFillColor(Ink.faint(Ink.BLUE, 36));
        band.setLineColor(Ink.faint(Ink.BLUE, 0));
    }

    private static double[] constant(int length, double value) {
        double[] values = new double[length];
        Arrays.fill(values, value);
        return values;
    }

    /** Ticks of the normalised return at the right of the plot. */
    private static final class NormalisedScale extends Annotation {
        private final double random;
        private final double reference;
        private final double low;
        private final double high;
        private final Font font = Typeface.regular(11.5);

        NormalisedScale(double random, double reference, double low, double high) {
            super(false);
            this.random = random;
            this.reference = reference;
            this.low = low;
            this.high = high;
        }

        @Override
        public void paint(Graphics2D graphics) {
            double x = getXAxisScreenValueForMax();
            double from = Statistics.normalised(low, random, reference);
            double to = Statistics.normalised(high, random, reference);
            double step = Numbers.step(to - from, 7);
            int places = Math.max(1, Numbers.places(step));
            graphics.setFont(font);
            for (double tick = Math.ceil(from / step) * step; tick <= to + 1e-9; tick += step) {
                double y = getYAxisScreenValue(random + tick * (reference - random));
                graphics.setColor(Ink.AXIS);
                graphics.setStroke(PaperTheme.HAIRLINE);
                graphics.draw(new Line2D.Double(x, y, x + 4, y));
                graphics.setColor(Ink.MUTED);
                String text =
                        Numbers.minus(
                                String.format(
                                        Locale.ROOT,
                                        "%." + places + "f",
                                        Math.abs(tick) < 1e-9 ? 0 : tick));
                graphics.drawString(text, (float) (x + 8), (float) (y + 4));
            }
            double middle = (getYAxisScreenValueForMax() + getYAxisScreenValueForMin()) / 2.0;
            var before = graphics.getTransform();
            graphics.setColor(Ink.TEXT);
            Font title = Typeface.regular(12);
            graphics.setFont(title);
            double length =
                    title.getStringBounds("normalised return", graphics.getFontRenderContext())
                            .getWidth();
            graphics.rotate(Math.PI / 2, x + 52, middle);
            graphics.drawString("normalised return", (float) (x + 52 - length / 2), (float) middle);
            graphics.setTransform(before);
        }
    }

    /** The name and value of a level line: above it at the left, or below it at the right. */
    private static final class LineLabel extends Annotation {
        private final String name;
        private final double value;
        private final boolean above;

        LineLabel(String name, double value, boolean above) {
            super(false);
            this.name = name;
            this.value = value;
            this.above = above;
        }

        @Override
        public void paint(Graphics2D graphics) {
            double y = getYAxisScreenValue(value) + (above ? -6 : 15);
            Font bold = Typeface.semiBold(11.5);
            Font regular = Typeface.regular(11.5);
            FontRenderContext context = graphics.getFontRenderContext();
            String number = Numbers.score(value);
            double toNumber = bold.getStringBounds(name, context).getWidth() + 6;
            double width = toNumber + regular.getStringBounds(number, context).getWidth();
            double x = above ? getXAxisScreenValue(1) : getXAxisScreenValueForMax() - width - 4;
            // No gridline through the letters.
            graphics.setColor(Ink.PAPER);
            graphics.fill(new Rectangle2D.Double(x - 2, y - 10, width + 4, 12));
            graphics.setFont(bold);
            graphics.setColor(Ink.GREEN);
            graphics.drawString(name, (float) x, (float) y);
            graphics.setFont(regular);
            graphics.setColor(Ink.MUTED);
            graphics.drawString(number, (float) (x + toNumber), (float) y);
        }
    }
}
