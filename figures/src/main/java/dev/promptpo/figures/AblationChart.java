package dev.promptpo.figures;

import dev.promptpo.analysis.Ablation;
import dev.promptpo.analysis.Curves;
import dev.promptpo.analysis.Interval;
import dev.promptpo.analysis.LearningCurve;
import java.awt.Color;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The held-out result against N: every run a dot, its control hollow. */
final class AblationChart {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 400;

    private AblationChart() {}

    static ThemedChart of(Ablation.Result result) {
        List<Ablation.Member> measured =
                result.members().stream()
                        .filter(one -> Curves.learning(one.run()).finalHeldout().isPresent())
                        .toList();
        if (measured.isEmpty()) {
            throw new IllegalStateException(
                    "none of the "
                            + result.members().size()
                            + " runs has a held-out result yet: run them to their end, with"
                            + " heldoutEpisodes of 2 or more");
        }
        LearningCurve first = Curves.learning(measured.getFirst().run());
        ThemedChart chart = new ThemedChart(WIDTH, HEIGHT, 110);
        chart.headline(first.environment() + ": held-out " + first.measure() + " against N");
        boolean control = measured.stream().anyMatch(Ablation.Member::iid);
        chart.reading(
                "Each dot is a run with its 95 % interval over held-out episodes"
                        + (control
                                ? "; orange: the control, as many samples of the first prompt"
                                        + " without history."
                                : "."));
        SideLabels labels = new SideLabels();
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (Ablation.Member one : measured) {
            Interval held = Curves.learning(one.run()).finalHeldout().orElseThrow();
            double x = one.candidates() + (one.iid() ? .18 : -.18) + .08 * one.seed();
            Color ink = one.iid() ? Ink.ORANGE : Ink.BLUE;
            XYSeries bar =
                    chart.addSeries(
                            one.name() + ", interval",
                            new double[] {x, x},
                            new double[] {held.low(), held.high()});
            bar.setMarker(SeriesMarkers.NONE);
            bar.setLineColor(Ink.faint(ink, 150));
            bar.setLineStyle(PaperTheme.THIN);
            chart.dots(one.name(), new double[] {x}, new double[] {held.estimate()}, ink);
            low = Math.min(low, held.low());
            high = Math.max(high, held.high());
        }
        for (boolean iid : new boolean[] {false, true}) {
            Map<Integer, Double> means = means(measured, iid);
            if (means.isEmpty()) {
                continue;
            }
            Color ink = iid ? Ink.ORANGE : Ink.BLUE;
            double[] n = means.keySet().stream().mapToDouble(Integer::doubleValue).toArray();
            double[] mean = means.values().stream().mapToDouble(Double::doubleValue).toArray();
            String name = iid ? "iid control" : "PromptPO";
            XYSeries line = chart.addSeries(name, n, mean);
            line.setMarker(SeriesMarkers.NONE);
            line.setLineColor(ink);
            line.setLineStyle(PaperTheme.THIN);
            labels.add(mean[mean.length - 1], name, Numbers.score(mean[mean.length - 1]), ink);
        }
        chart.addAnnotation(labels);
        chart.setXAxisTitle("candidates in a round, N");
        chart.setYAxisTitle("mean " + first.measure() + " on held-out episodes");
        int[] all = measured.stream().mapToInt(Ablation.Member::candidates).toArray();
        double room = Math.max(1, .08 * Arrays.stream(all).max().orElseThrow());
        chart.getStyler().setXAxisMin(Arrays.stream(all).min().orElseThrow() - room);
        chart.getStyler().setXAxisMax(Arrays.stream(all).max().orElseThrow() + room);
        double air = high > low ? .07 * (high - low) : Math.max(1, Math.abs(high) * .05);
        chart.getStyler().setYAxisMin(low - air);
        chart.getStyler().setYAxisMax(high + air);
        chart.getStyler().setYAxisTickLabelsFormattingFunction(Numbers.axis(low - air, high + air));
        chart.getStyler().setXAxisTickLabelsFormattingFunction(Numbers::axisCount);
        long seeds = measured.stream().mapToLong(Ablation.Member::seed).distinct().count();
        chart.note(
                "Lines join the means over "
                        + (seeds == 1 ? "1 seed" : seeds + " seeds")
                        + "; no interval over runs is drawn.");
        TreeMap<Integer, TreeSet<Integer>> rounds = new TreeMap<>();
        for (Ablation.Member one : measured) {
            rounds.computeIfAbsent(one.run().settings().rounds(), r -> new TreeSet<>())
                    .add(one.candidates());
        }
        if (rounds.size() > 1) {
            chart.note(
                    "The runs differ in rounds, R, too, so N alone does not explain them: "
                            + rounds.entrySet().stream()
                                    .map(AblationChart::rounds)
                                    .collect(Collectors.joining("; "))
                            + ".");
        }
        for (Ablation.Member one : measured) {
            if (one.run().steered()) {
                chart.note(one.name() + ": " + one.run().steering().stamp() + ".");
            }
        }
        return chart;
    }

    /** For example {@code R 3 for N 5, 10}. */
    private static String rounds(Map.Entry<Integer, TreeSet<Integer>> of) {
        return "R "
                + of.getKey()
                + " for N "
                + of.getValue().stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    private static Map<Integer, Double> means(List<Ablation.Member> measured, boolean iid) {
        return measured.stream()
                .filter(one -> one.iid() == iid)
                .collect(
                        Collectors.groupingBy(
                                Ablation.Member::candidates,
                                TreeMap::new,
                                Collectors.averagingDouble(one ->
                                        Curves.learning(one.run())
                                                .finalHeldout()
                                                .orElseThrow()
                                                .estimate())));
    }
}
