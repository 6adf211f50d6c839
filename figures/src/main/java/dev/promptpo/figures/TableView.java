package dev.promptpo.figures;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.FloatColumn;
import tech.tablesaw.api.NumericColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;

/**
 * A Tablesaw table in a cell: the columns' types under their names, numbers at the right with as
 * many places as their column needs, missing values marked, pages beyond fifty rows.
 */
final class TableView {
    static final int PAGE = 50;
    static final int MOST = 2000;
    private static final String MISSING = "\u2013";

    private final Table table;
    private final List<Boolean> numeric = new ArrayList<>();
    private final List<Integer> places = new ArrayList<>();

    TableView(Table table) {
        this.table = table;
        for (Column<?> column : table.columns()) {
            // By class: Tablesaw's column types are not always the same object as their constants.
            boolean fraction = column instanceof DoubleColumn || column instanceof FloatColumn;
            numeric.add(column instanceof NumericColumn);
            places.add(fraction ? places(column) : 0);
        }
    }

    String html() {
        StringBuilder out = new StringBuilder();
        int rows = Math.min(table.rowCount(), MOST);
        page(out, 0, Math.min(PAGE, rows));
        for (int from = PAGE; from < rows; from += PAGE) {
            int to = Math.min(from + PAGE, rows);
            out.append("<details><summary style=\"cursor:pointer;color:")
                    .append(Html.MUTED)
                    .append("\">rows ")
                    .append(from + 1)
                    .append(" to ")
                    .append(to)
                    .append("</summary>");
            page(out, from, to);
            out.append("</details>");
        }
        out.append(Html.muted(caption()));
        return Html.block(out.toString());
    }

    private String caption() {
        String name = table.name() == null || table.name().isBlank() ? "" : table.name() + ": ";
        return name
                + Numbers.count(table.rowCount())
                + (table.rowCount() == 1 ? " row, " : " rows, ")
                + table.columnCount()
                + (table.columnCount() == 1 ? " column" : " columns")
                + (table.rowCount() > MOST ? "; the first " + Numbers.count(MOST) + " shown" : "");
    }

    private void page(StringBuilder out, int from, int to) {
        out.append("<table style=\"border-collapse:collapse;font-size:12.5px;")
                .append("font-variant-numeric:tabular-nums;margin:4px 0\"><thead><tr>");
        for (int i = 0; i < table.columnCount(); i++) {
            out.append("<th style=\"")
                    .append(
                            cellStyle(
                                    i, "border-bottom:1px solid " + Html.RULE + ";font-weight:600"))
                    .append("\">")
                    .append(Html.escape(table.column(i).name()))
                    .append("<div style=\"font-weight:400;font-size:10.5px;color:")
                    .append(Html.MUTED)
                    .append("\">")
                    .append(typeName(table.column(i)))
                    .append("</div></th>");
        }
        out.append("</tr></thead><tbody>");
        for (int row = from; row < to; row++) {
            out.append("<tr style=\"background:")
                    .append(row % 2 == 1 ? Html.SHADE : "transparent")
                    .append("\">");
            for (int i = 0; i < table.columnCount(); i++) {
                boolean missing = table.column(i).isMissing(row);
                out.append("<td style=\"")
                        .append(cellStyle(i, missing ? "color:" + Html.MUTED : ""))
                        .append(missing ? "\" title=\"missing\">" : "\">")
                        .append(Html.escape(text(i, row)))
                        .append("</td>");
            }
            out.append("</tr>");
        }
        out.append("</tbody></table>");
    }

    /** {@code double}, {@code string}, {@code date time}: Tablesaw's name of a column's type. */
    private static String typeName(Column<?> column) {
        return Html.escape(column.type().name().toLowerCase(Locale.ROOT).replace('_', ' '));
    }

    private String cellStyle(int column, String more) {
        return "padding:3px 10px;white-space:nowrap;max-width:32em;overflow:hidden;"
                + "text-overflow:ellipsis;text-align:"
                + (numeric.get(column) ? "right" : "left")
                + (more.isEmpty() ? "" : ";" + more);
    }

    /** The table as plain text, the first fifty rows. */
    String text() {
        int rows = Math.min(table.rowCount(), PAGE);
        int columns = table.columnCount();
        int[] width = new int[columns];
        for (int i = 0; i < columns; i++) {
            width[i] = table.column(i).name().length();
            for (int row = 0; row < rows; row++) {
                width[i] = Math.max(width[i], text(i, row).length());
            }
        }
        StringBuilder out = new StringBuilder();
        for (int row = -1; row < rows; row++) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                String value = row < 0 ? table.column(i).name() : text(i, row);
                String space = " ".repeat(width[i] - value.length());
                line.append(i == 0 ? "" : "  ")
                        .append(numeric.get(i) ? space + value : value + space);
            }
            out.append(line.toString().stripTrailing()).append('\n');
        }
        if (table.rowCount() > rows) {
            out.append("... ")
                    .append(Numbers.count(table.rowCount() - rows))
                    .append(" more rows\n");
        }
        return out.append(caption()).toString();
    }

    private String text(int column, int row) {
        Column<?> values = table.column(column);
        if (values.isMissing(row)) {
            return MISSING;
        }
        Object value = values.get(row);
        if (value instanceof Double || value instanceof Float) {
            double number = ((Number) value).doubleValue();
            return Double.isFinite(number)
                    ? Numbers.minus(
                            String.format(Locale.ROOT, "%." + places.get(column) + "f", number))
                    : String.valueOf(number);
        }
        String text =
                numeric.get(column) ? Numbers.minus(String.valueOf(value)) : values.getString(row);
        return text.replace('\n', ' ');
    }

    /** Places after the point: enough to tell the column's values apart, at most four. */
    private static int places(Column<?> column) {
        int most = 0;
        double largest = 0;
        for (int row = 0; row < Math.min(column.size(), MOST); row++) {
            if (column.isMissing(row)) {
                continue;
            }
            double value = ((Number) column.get(row)).doubleValue();
            largest = Math.max(largest, Math.abs(value));
            for (int places = most; places < 4 && !whole(value * Math.pow(10, places)); places++) {
                most = places + 1;
            }
        }
        return Math.min(most, largest >= 100 ? 1 : largest >= 10 ? 2 : 4);
    }

    private static boolean whole(double value) {
        return Math.abs(value - Math.rint(value)) < 1e-9 * Math.max(1, Math.abs(value));
    }
}
