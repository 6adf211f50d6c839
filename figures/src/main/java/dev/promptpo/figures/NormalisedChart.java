package dev.promptpo.figures;

import dev.promptpo.analysis.NormalisedReturns;
import dev.promptpo.analysis.NormalisedReturns.Member;
import dev.promptpo.analysis.NormalisedReturns.Task;
import dev.promptpo.environment.ReferenceKind;
import java.awt.BasicStroke;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Annotation;
import org.knowm.xchart.style.markers.SeriesMarkers;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * Runs on one scale: the random policy at 0, each task's reference at 1; a task's runs stand
 * beneath each other, each with its interval. The mark says what the reference is.
 */
final class NormalisedChart {
    private static final int WIDTH = 720;
    private static final int RUN = 22;
    private static final int BETWEEN_TASKS = 20;
    private static final int AROUND = 150;

    /** A plot lower than the styler's tick spacing is not scaled by XChart at all. */
    private static final int LOWEST_PLOT = 90;

    private NormalisedChart() {}

    static ThemedChart of(NormalisedReturns returns) {
        List<Task> tasks = returns.tasks();
        if (tasks.isEmpty()) {
            throw new IllegalArgumentException(
                    "no run can be placed between a random policy and a reference: "
                            + String.join("; ", returns.omitted()));
        }
        double rows = rows(tasks);
        ThemedChart chart =
                new ThemedChart(WIDTH, AROUND + (int) Math.max(LOWEST_PLOT, RUN * rows), 190);
        chart.headline("Normalised return on held-out episodes");
        chart.reading(
                "0 is the random policy, 1 the reference of each task; every run is shown. "
                        + returns.claim());
        chart.setXAxisTitle("normalised return");
        chart.getStyler().setYAxisTicksVisible(false);
        chart.getStyler().setPlotGridHorizontalLinesVisible(false);
        chart.getStyler().setPlotGridVerticalLinesVisible(true);
        double low = 0;
        double high = 1;
        for (Task task : tasks) {
            for (Member run : task.runs()) {
                low = Math.min(low, task.scaled(run.heldout().low()));
                high = Math.max(high, task.scaled(run.heldout().high()));
            }
        }
        double air = .04 * (high - low);
        chart.getStyler().setXAxisMin(low - air);
        chart.getStyler().setXAxisMax(high + air);
        chart.getStyler().setXAxisTickLabelsFormattingFunction(Numbers.axis(low - air, high + air));
        chart.getStyler().setYAxisMin(0.);
        chart.getStyler().setYAxisMax(rows);
        for (double at : new double[] {0, 1}) {
            XYSeries line =
                    chart.addSeries(
                            at == 0 ? "random policy" : "reference",
                            new double[] {at, at},
                            new double[] {0, rows});
            line.setMarker(SeriesMarkers.NONE);
            line.setLineColor(at == 0 ? Ink.MUTED : Ink.GREEN);
            line.setLineStyle(PaperTheme.DASHED);
        }
        List<Row> placed = placed(tasks, rows);
        chart.addAnnotation(new Rows(placed));
        chart.data(data(placed));
        chart.note(
                "Bars: 95 % intervals over episodes of one policy, not over runs. The reference is "
                        + tasks.stream()
                                .map(task -> task.reference().kind())
                                .distinct()
                                .sorted()
                                .map(kind -> mark(kind) + " " + words(kind))
                                .collect(Collectors.joining(", "))
                        + ".");
        tasks.stream()
                .map(Task::runs)
                .flatMap(Collection::stream)
                .filter(run -> run.curve().steering().any())
                .forEach(run -> chart.note(run.run() + ": " + run.curve().steering().stamp()));
        returns.omitted().forEach(line -> chart.note("Left out: " + line));
        return chart;
    }

    /** One row for each run drawn, from the top; values are normalised as drawn. */
    private static Table data(List<Row> placed) {
        StringColumn run = StringColumn.create("run");
        StringColumn task = StringColumn.create("task");
        LongColumn seed = LongColumn.create("seed");
        DoubleColumn value = DoubleColumn.create("value");
        DoubleColumn low = DoubleColumn.create("low");
        DoubleColumn high = DoubleColumn.create("high");
        StringColumn stamp = StringColumn.create("stamp");
        for (Row row : placed) {
            run.append(row.run().run());
            task.append(row.task().environment());
            seed.append(row.run().seed());
            value.append(row.value());
            low.append(row.low());
            high.append(row.high());
            stamp.append(row.run().curve().steering().stamp());
        }
        return Table.create("normalised", run, task, seed, value, low, high, stamp);
    }

    private static double rows(List<Task> tasks) {
        int runs = tasks.stream().mapToInt(task -> task.runs().size()).sum();
        return runs + (tasks.size() * (double) BETWEEN_TASKS) / RUN;
    }

    private static List<Row> placed(List<Task> tasks, double rows) {
        List<Row> placed = new ArrayList<>();
        double height = rows;
        for (Task task : tasks) {
            height -= .5 * BETWEEN_TASKS / RUN;
            for (Member run : task.runs()) {
                height -= .5;
                placed.add(new Row(task, run, height));
                height -= .5;
            }
            height -= .5 * BETWEEN_TASKS / RUN;
        }
        return placed;
    }

    private static String mark(ReferenceKind kind) {
        return switch (kind) {
            case EXACT -> "\u25cf";
            case PROTOCOL -> "\u25a0";
            case PUBLISHED -> "\u25b2";
            case TRUNCATED -> "\u25a1";
            case MEASURED -> "\u25cb";
        };
    }

    private static String words(ReferenceKind kind) {
        return switch (kind) {
            case EXACT -> "exact";
            case PROTOCOL -> "a learner at its protocol's budget";
            case PUBLISHED -> "published for this version";
            case TRUNCATED -> "a learner stopped early (not counted)";
            case MEASURED -> "another policy measured here (not counted)";
        };
    }

    private static Shape shape(ReferenceKind kind, double x, double y) {
        return switch (kind) {
            case EXACT, MEASURED -> new Ellipse2D.Double(x - 4.5, y - 4.5, 9, 9);
            case PROTOCOL, TRUNCATED -> new Rectangle2D.Double(x - 4, y - 4, 8, 8);
            case PUBLISHED -> {
                Path2D triangle = new Path2D.Double();
                triangle.moveTo(x, y - 5);
                triangle.lineTo(x + 5, y + 4);
                triangle.lineTo(x - 5, y + 4);
                triangle.closePath();
                yield triangle;
            }
        };
    }

    /** One run at its place. */
    private record Row(Task task, Member run, double height) {
        double value() {
            return task.scaled(run.heldout().estimate());
        }

        double low() {
            return task.scaled(run.heldout().low());
        }

        double high() {
            return task.scaled(run.heldout().high());
        }

        /** What tells it from the others of its task. */
        String name() {
            long seeds = task.runs().stream().mapToLong(Member::seed).distinct().count();
            return seeds == task.runs().size() ? "seed " + run.seed() : run.run();
        }
    }

    /** The rows, the first at the top, each named at its right. */
    private static final class Rows extends Annotation {
        private final List<Row> rows;
        private final Font name = Typeface.semiBold(11.5);
        private final Font detail = Typeface.regular(11);

        Rows(List<Row> rows) {
            super(false);
            this.rows = rows;
        }

        @Override
        public void paint(Graphics2D graphics) {
            double side = getXAxisScreenValueForMax() + 10;
            Task before = null;
            for (Row row : rows) {
                Task task = row.task();
                ReferenceKind kind = task.reference().kind();
                double y = getYAxisScreenValue(row.height());
                double x = getXAxisScreenValue(row.value());
                graphics.setColor(Ink.BLUE);
                graphics.setStroke(new BasicStroke(2.2f));
                graphics.draw(
                        new Line2D.Double(
                                getXAxisScreenValue(row.low()),
                                y,
                                getXAxisScreenValue(row.high()),
                                y));
                Shape shape = shape(kind, x, y);
                graphics.setColor(kind.counts() ? Ink.BLUE : Ink.PAPER);
                graphics.fill(shape);
                graphics.setColor(Ink.BLUE);
                graphics.setStroke(new BasicStroke(1.6f));
                graphics.draw(shape);
                if (task != before) {
                    graphics.setFont(name);
                    graphics.setColor(Ink.TEXT);
                    graphics.drawString(task.environment(), (float) side, (float) (y - 11));
                }
                before = task;
                graphics.setFont(detail);
                graphics.setColor(Ink.MUTED);
                graphics.drawString(
                        Numbers.score(row.value()) + "  " + row.name(),
                        (float) side,
                        (float) (y + 4));
            }
        }
    }
}
