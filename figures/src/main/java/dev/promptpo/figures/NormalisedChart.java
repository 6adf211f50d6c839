package dev.promptpo.figures;

import dev.promptpo.analysis.HeldoutEstimate;
import dev.promptpo.analysis.Interval;
import dev.promptpo.analysis.Statistics;
import dev.promptpo.environment.EnvironmentSpec.Reference;
import java.awt.BasicStroke;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.util.List;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Annotation;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Runs on one scale: the random policy at 0, each task's reference at 1, one row a run. */
final class NormalisedChart {
    private static final int WIDTH = 720;
    private static final int ROW = 40;
    private static final int AROUND = 135;

    /** A plot lower than the styler's tick spacing is not scaled by XChart at all. */
    private static final int LOWEST_PLOT = 90;

    private NormalisedChart() {}

    static ThemedChart of(List<HeldoutEstimate> runs) {
        List<HeldoutEstimate> shown =
                runs.stream().filter(run -> run.normalised().isPresent()).toList();
        if (shown.isEmpty()) {
            throw new IllegalArgumentException(
                    "a normalised return needs a random and a best known return; none of the "
                            + runs.size()
                            + " runs is on a task that has both");
        }
        ThemedChart chart =
                new ThemedChart(WIDTH, AROUND + Math.max(LOWEST_PLOT, ROW * shown.size()), 150);
        chart.headline("Normalised return on held-out episodes");
        chart.reading("0 is the random policy, 1 the reference of each task; every run is shown.");
        chart.setXAxisTitle("normalised return");
        chart.getStyler().setYAxisTicksVisible(false);
        chart.getStyler().setPlotGridHorizontalLinesVisible(false);
        chart.getStyler().setPlotGridVerticalLinesVisible(true);
        double low = 0;
        double high = 1;
        for (HeldoutEstimate run : shown) {
            low = Math.min(low, scaled(run, run.estimate().low()));
            high = Math.max(high, scaled(run, run.estimate().high()));
        }
        double air = .04 * (high - low);
        chart.getStyler().setXAxisMin(low - air);
        chart.getStyler().setXAxisMax(high + air);
        chart.getStyler().setXAxisTickLabelsFormattingFunction(Numbers.axis(low - air, high + air));
        chart.getStyler().setYAxisMin(.4);
        chart.getStyler().setYAxisMax(shown.size() + .6);
        for (double at : new double[] {0, 1}) {
            XYSeries line =
                    chart.addSeries(
                            at == 0 ? "random policy" : "reference",
                            new double[] {at, at},
                            new double[] {.4, shown.size() + .6});
            line.setMarker(SeriesMarkers.NONE);
            line.setLineColor(at == 0 ? Ink.MUTED : Ink.GREEN);
            line.setLineStyle(PaperTheme.DASHED);
        }
        chart.addAnnotation(new Rows(shown));
        chart.note(
                "Bars: 95 % intervals over episodes of one policy, not over runs. Filled: the"
                        + " reference is exact; hollow: it was measured or published.");
        shown.stream()
                .filter(run -> run.steering().any())
                .forEach(run -> chart.note(run.environment() + ": " + run.steering().stamp()));
        return chart;
    }

    private static double scaled(HeldoutEstimate run, double value) {
        return Statistics.normalised(
                value,
                run.references().random().orElseThrow().value(),
                run.references().best().orElseThrow().value());
    }

    /** The rows, the first at the top, each named at its right. */
    private static final class Rows extends Annotation {
        private final List<HeldoutEstimate> runs;
        private final Font name = Typeface.semiBold(11.5);
        private final Font detail = Typeface.regular(11);

        Rows(List<HeldoutEstimate> runs) {
            super(false);
            this.runs = runs;
        }

        @Override
        public void paint(Graphics2D graphics) {
            double side = getXAxisScreenValueForMax() + 10;
            for (int i = 0; i < runs.size(); i++) {
                HeldoutEstimate run = runs.get(i);
                Interval interval = run.estimate();
                double y = getYAxisScreenValue(runs.size() - i);
                double x = getXAxisScreenValue(scaled(run, interval.estimate()));
                graphics.setColor(Ink.BLUE);
                graphics.setStroke(new BasicStroke(2.2f));
                graphics.draw(
                        new Line2D.Double(
                                getXAxisScreenValue(scaled(run, interval.low())),
                                y,
                                getXAxisScreenValue(scaled(run, interval.high())),
                                y));
                Ellipse2D dot = new Ellipse2D.Double(x - 4.5, y - 4.5, 9, 9);
                Reference reference = run.references().best().orElseThrow();
                graphics.setColor(reference.kind().equals("exact") ? Ink.BLUE : Ink.PAPER);
                graphics.fill(dot);
                graphics.setColor(Ink.BLUE);
                graphics.setStroke(new BasicStroke(1.6f));
                graphics.draw(dot);
                graphics.setFont(name);
                graphics.setColor(Ink.TEXT);
                graphics.drawString(run.environment(), (float) side, (float) (y - 1));
                graphics.setFont(detail);
                graphics.setColor(Ink.MUTED);
                graphics.drawString(
                        Numbers.score(run.normalised().orElseThrow()),
                        (float) side,
                        (float) (y + 13));
            }
        }
    }
}
