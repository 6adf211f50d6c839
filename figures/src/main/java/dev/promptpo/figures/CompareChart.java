package dev.promptpo.figures;

import dev.promptpo.analysis.Comparison;
import dev.promptpo.analysis.Interval;
import dev.promptpo.analysis.LearningCurve;
import dev.promptpo.environment.EnvironmentSpec.Reference;
import java.awt.Color;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Learning curves of runs on one task, over each other: each run in a colour of its own. */
final class CompareChart {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 420;
    private static final int MARGIN = 150;

    /** A reference further away than so many times the spread of the runs is not drawn. */
    private static final double FAR = 3;

    private CompareChart() {}

    /**
     * @param label what a run is called at the right of its curve
     * @param colour of a run, by its place
     */
    static ThemedChart of(
            Comparison comparison,
            Function<Comparison.Entry, String> label,
            Function<Integer, Color> colour) {
        List<Comparison.Entry> runs = comparison.runs();
        refuseOthers(runs);
        LearningCurve first = runs.getFirst().curve();
        ThemedChart chart = new ThemedChart(WIDTH, HEIGHT, MARGIN);
        chart.headline(
                first.environment()
                        + ": mean "
                        + first.measure()
                        + " against environment steps, "
                        + runs.size()
                        + (runs.size() == 1 ? " run" : " runs"));
        chart.reading(
                "Each line is one run's best policy so far by its search score, which flatters;"
                        + " each diamond its result on held-out episodes.");
        double end = 1;
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (Comparison.Entry run : runs) {
            end = Math.max(end, run.curve().steps());
        }
        end *= 1.035;
        SideLabels labels = new SideLabels();
        for (int i = 0; i < runs.size(); i++) {
            LearningCurve curve = runs.get(i).curve();
            Color ink = colour.apply(i);
            String name = (i + 1) + " " + label.apply(runs.get(i));
            double at = 1.035 * Math.max(1, curve.steps());
            double[][] corners =
                    LearningCurveChart.corners(curve.selected(), at, Double.NEGATIVE_INFINITY);
            if (corners.length > 0) {
                XYSeries line = chart.addSeries(name, column(corners, 0), column(corners, 1));
                chart.stampData(line, curve.steering());
                line.setMarker(SeriesMarkers.NONE);
                line.setLineColor(ink);
                line.setLineStyle(PaperTheme.THIN);
                for (double[] corner : corners) {
                    low = Math.min(low, corner[1]);
                    high = Math.max(high, corner[1]);
                }
            }
            if (curve.finalHeldout().isPresent()) {
                Interval held = curve.finalHeldout().get();
                XYSeries bar =
                        chart.addSeries(
                                name + ", interval",
                                new double[] {at, at},
                                new double[] {held.low(), held.high()});
                bar.setMarker(SeriesMarkers.NONE);
                bar.setLineColor(ink);
                bar.setLineStyle(PaperTheme.LINE);
                chart.stampData(bar, curve.steering());
                XYSeries diamond =
                        chart.dots(
                                name + ", held-out",
                                new double[] {at},
                                new double[] {held.estimate()},
                                ink);
                diamond.setMarker(SeriesMarkers.DIAMOND);
                chart.stampData(diamond, curve.steering());
                low = Math.min(low, held.low());
                high = Math.max(high, held.high());
                labels.add(
                        held.estimate(),
                        label.apply(runs.get(i)),
                        Numbers.score(held.estimate()),
                        ink);
            } else if (corners.length > 0) {
                double last = corners[corners.length - 1][1];
                labels.add(last, label.apply(runs.get(i)), Numbers.score(last), ink);
            }
        }
        for (Optional<Reference> reference :
                List.of(first.references().random(), first.references().best())) {
            if (reference.isEmpty() || !first.measure().equals("return")) {
                continue;
            }
            boolean random = reference.equals(first.references().random());
            double value = reference.get().value();
            String name = random ? "random policy" : "reference";
            double away = Math.max(low - value, value - high);
            if (away > FAR * (high - low) && high > low) {
                // Runs that lie close together would be one line beside it.
                chart.note(
                        "The "
                                + name
                                + " ("
                                + Numbers.score(value)
                                + ") lies "
                                + (value < low ? "below" : "above")
                                + " the picture.");
                continue;
            }
            XYSeries line =
                    chart.addSeries(name, new double[] {0, end}, new double[] {value, value});
            line.setMarker(SeriesMarkers.NONE);
            line.setLineColor(random ? Ink.MUTED : Ink.GREEN);
            line.setLineStyle(PaperTheme.DASHED);
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        chart.addAnnotation(labels);
        chart.setXAxisTitle("environment steps, all candidates together");
        chart.setYAxisTitle("mean " + first.measure() + " of an episode");
        chart.getStyler().setXAxisTickLabelsFormattingFunction(Numbers::axisCount);
        chart.getStyler().setXAxisMin(-.012 * end);
        chart.getStyler().setXAxisMax(end * 1.012);
        if (Double.isFinite(low)) {
            double air = high > low ? .07 * (high - low) : Math.max(1, Math.abs(high) * .05);
            chart.getStyler().setYAxisMin(low - air);
            chart.getStyler().setYAxisMax(high + air);
            chart.getStyler()
                    .setYAxisTickLabelsFormattingFunction(Numbers.axis(low - air, high + air));
        }
        if (runs.stream().anyMatch(run -> run.curve().finalHeldout().isPresent())) {
            chart.note(
                    "Bars: 95 % intervals over held-out episodes of one policy, not over runs."
                            + " Dashed: random policy (grey) and reference of the task (green).");
        }
        runs.stream()
                .filter(run -> run.curve().steering().any())
                .forEach(run ->
                        chart.note(label.apply(run) + ": " + run.curve().steering().stamp() + "."));
        return chart;
    }

    /** What tells the runs apart: N, R and seed where they differ, else their place. */
    static String label(Comparison comparison, Comparison.Entry run) {
        List<Comparison.Entry> all = comparison.runs();
        List<String> parts = new ArrayList<>();
        if (all.stream().map(one -> one.settings().candidates()).distinct().count() > 1) {
            parts.add("N " + run.settings().candidates());
        }
        if (all.stream().map(one -> one.settings().rounds()).distinct().count() > 1) {
            parts.add("R " + run.settings().rounds());
        }
        if (all.stream().map(one -> one.settings().seed()).distinct().count() > 1) {
            parts.add("seed " + run.settings().seed());
        }
        String label = String.join(", ", parts);
        boolean unique =
                all.stream().filter(one -> alike(one, run)).count() == 1 && !label.isEmpty();
        return unique ? label : (label + " run " + (all.indexOf(run) + 1)).strip();
    }

    private static boolean alike(Comparison.Entry one, Comparison.Entry other) {
        return one.settings().candidates() == other.settings().candidates()
                && one.settings().rounds() == other.settings().rounds()
                && one.settings().seed() == other.settings().seed();
    }

    private static void refuseOthers(List<Comparison.Entry> runs) {
        List<String> tasks =
                runs.stream()
                        .map(run -> run.curve().environment() + " (" + run.curve().measure() + ")")
                        .distinct()
                        .toList();
        if (tasks.size() > 1) {
            throw new IllegalArgumentException(
                    "curves share a picture where the task is one; got "
                            + tasks.stream().collect(Collectors.joining(", "))
                            + ": use Figures.normalised for several");
        }
    }

    private static double[] column(double[][] rows, int column) {
        return Arrays.stream(rows).mapToDouble(row -> row[column]).toArray();
    }
}
