package dev.promptpo.cli;

import dev.promptpo.analysis.Interval;
import dev.promptpo.analysis.RunSummary;
import java.io.PrintWriter;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Runs as lines for a terminal, one a run; what there is no room for is in their tables. */
final class RunList {
    private static final String CUT = "...";
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ISO_LOCAL_DATE.withZone(ZoneOffset.UTC);
    private static final Column ENVIRONMENT =
            Column.text("environment", 12, RunSummary::environment);
    private static final List<Column> COLUMNS =
            List.of(
                    Column.text("run", 24, RunList::name),
                    ENVIRONMENT,
                    Column.text("model", 10, RunSummary::model),
                    Column.number("N", RunList::candidates),
                    Column.number("rounds", RunList::rounds),
                    Column.text("ended", 5, run -> run.finished() ? "yes" : "no"),
                    Column.number("search", run -> Digits.few(run.searchScore())),
                    Column.number("held-out", RunList::heldout),
                    Column.number("norm.", run -> share(run.normalised())),
                    Column.number("steps", RunList::steps),
                    Column.text("begun", 10, run -> DAY.format(run.created())));

    private RunList() {}

    /**
     * Prints the runs.
     *
     * @param runs at least one
     * @param width of a line, in characters; long names are cut in their middle to keep it
     */
    static void print(List<RunSummary> runs, int width, PrintWriter out) {
        boolean named = runs.stream().allMatch(RunList::isNamedAfterItsEnvironment);
        List<Column> columns =
                COLUMNS.stream().filter(column -> column != ENVIRONMENT || !named).toList();
        List<String[]> rows = new ArrayList<>();
        rows.add(columns.stream().map(Column::name).toArray(String[]::new));
        for (RunSummary run : runs) {
            rows.add(columns.stream().map(c -> c.cell().apply(run)).toArray(String[]::new));
        }
        fit(rows, columns, width);
        Set<Integer> right =
                IntStream.range(0, columns.size())
                        .filter(i -> columns.get(i).right())
                        .boxed()
                        .collect(Collectors.toSet());
        TextTable.print(rows, right, out);
    }

    /** Shortens the last names first: which run it is matters most. */
    private static void fit(List<String[]> rows, List<Column> columns, int width) {
        for (int i = columns.size() - 1; i >= 0; i--) {
            int[] widths = TextTable.widths(rows);
            int over = Arrays.stream(widths).sum() + TextTable.GAP * (widths.length - 1) - width;
            int room = Math.max(columns.get(i).least(), widths[i] - Math.max(0, over));
            for (String[] row : rows) {
                row[i] = cut(row[i], room);
            }
        }
    }

    private static String cut(String name, int room) {
        if (name.length() <= room) {
            return name;
        }
        int kept = room - CUT.length();
        int front = (kept + 1) / 2;
        return name.substring(0, front) + CUT + name.substring(name.length() - (kept - front));
    }

    private static boolean isNamedAfterItsEnvironment(RunSummary run) {
        return run.run()
                .toLowerCase(Locale.ROOT)
                .startsWith(run.environment().toLowerCase(Locale.ROOT));
    }

    private static String name(RunSummary run) {
        return run.run() + (run.steering().any() ? " (steered)" : "");
    }

    private static String candidates(RunSummary run) {
        return run.candidates().isPresent() ? String.valueOf(run.candidates().getAsInt()) : "";
    }

    private static String rounds(RunSummary run) {
        String planned = run.rounds().isPresent() ? "/" + run.rounds().getAsInt() : "";
        return run.closedRounds() + planned;
    }

    private static String heldout(RunSummary run) {
        return run.heldout().map(Interval::estimate).map(Digits::few).orElse("");
    }

    private static String share(OptionalDouble value) {
        return value.isPresent() ? String.format(Locale.ROOT, "%.3f", value.getAsDouble()) : "";
    }

    private static String steps(RunSummary run) {
        return (run.lowerBound() ? ">=" : "") + Digits.grouped(run.stepsAll());
    }

    /**
     * A column.
     *
     * @param right whether its cells end under each other, as numbers do
     * @param least characters that it keeps however little room there is
     */
    private record Column(
            String name, boolean right, int least, Function<RunSummary, String> cell) {
        static Column text(String name, int least, Function<RunSummary, String> cell) {
            return new Column(name, false, least, cell);
        }

        static Column number(String name, Function<RunSummary, String> cell) {
            return new Column(name, true, Integer.MAX_VALUE, cell);
        }
    }
}
