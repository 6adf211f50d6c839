package dev.promptpo.figures;

import dev.promptpo.analysis.Statistics;
import dev.promptpo.environment.EnvironmentSpec.References;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Annotation;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The expected best of n candidates for every n up to N, from one pool of N. */
final class BestOfNChart {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 380;

    private BestOfNChart() {}

    /**
     * @param environment for the headline
     * @param scores of the whole pool, at least one
     * @param failed how many of these are stand-ins for candidates that failed
     * @param references give the second scale, where both are known
     */
    static ThemedChart of(String environment, double[] scores, int failed, References references) {
        int pool = scores.length;
        double[] best = Statistics.expectedBestOfN(scores);
        boolean normalised = references.random().isPresent() && references.best().isPresent();
        ThemedChart chart = new ThemedChart(WIDTH, HEIGHT, normalised ? 76 : 12);
        chart.headline(environment + ": what a larger round buys");
        chart.reading(
                "Expected best score of n independent candidates, from the "
                        + pool
                        + " of the first round; grey: the "
                        + pool
                        + " scores.");
        chart.setXAxisTitle("candidates in a round, n");
        chart.setYAxisTitle("expected best mean return");
        chart.getStyler().setXAxisTickLabelsFormattingFunction(Numbers::axisCount);
        chart.getStyler().setYAxisTickLabelsFormattingFunction(Numbers::axisScore);
        double[] n = IntStream.rangeClosed(1, pool).mapToDouble(i -> i).toArray();

        XYSeries scatter =
                chart.dots("scores", constant(pool, .55), scores, Ink.faint(Ink.MUTED, 130));
        scatter.setMarker(SeriesMarkers.CIRCLE);
        if (pool > 2) {
            band(chart, scores, best);
        }
        XYSeries line = chart.addSeries("expected best", n, best);
        line.setLineColor(Ink.BLUE);
        line.setMarkerColor(Ink.BLUE);
        line.setLineStyle(PaperTheme.LINE);

        double low = Arrays.stream(scores).min().orElseThrow();
        double high = best[pool - 1];
        if (references.best().isPresent()) {
            double optimum = references.best().get().value();
            high = Math.max(high, optimum);
            XYSeries reference =
                    chart.addSeries(
                            "optimum",
                            new double[] {.4, pool + .4},
                            new double[] {optimum, optimum});
            reference.setMarker(SeriesMarkers.NONE);
            reference.setLineColor(Ink.GREEN);
            reference.setLineStyle(PaperTheme.DASHED);
        }
        double air = high > low ? .06 * (high - low) : Math.max(1, Math.abs(high) * .05);
        chart.getStyler().setXAxisMin(.4);
        chart.getStyler().setXAxisMax(pool + .4);
        chart.getStyler().setYAxisMin(low - air);
        chart.getStyler().setYAxisMax(high + air);
        if (normalised) {
            chart.addAnnotation(
                    new NormalisedScale(
                            references.random().get().value(),
                            references.best().get().value(),
                            low - air,
                            high + air));
        }
        chart.note(
                (pool > 2 ? "Band: one jackknife standard error. " : "")
                        + (failed > 0
                                ? failed
                                        + " failed "
                                        + (failed == 1 ? "candidate counts" : "candidates count")
                                        + " as the random policy. "
                                : "")
                        + (normalised ? "Right: 0 random, 1 best known." : ""));
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
            double step = tick(to - from);
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
                                        step >= .1 ? "%.1f" : step >= .01 ? "%.2f" : "%.3f",
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

        private static double tick(double range) {
            double rough = range / 7;
            double power = Math.pow(10, Math.floor(Math.log10(rough)));
            for (double factor : new double[] {1, 2, 5}) {
                if (rough <= factor * power) {
                    return factor * power;
                }
            }
            return 10 * power;
        }
    }
}
