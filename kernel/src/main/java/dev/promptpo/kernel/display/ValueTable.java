package dev.promptpo.kernel.display;

import dev.promptpo.kernel.ValueText;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;

/**
 * A table of values: a row for each record or map of a collection, for each entry of a map, for
 * each component of a record.
 *
 * <p>Collections of anything else are none: their text is shorter and tells as much.
 */
final class ValueTable {
    static final int PAGE = 50;
    static final int MOST = 2000;
    private static final int LONGEST_TEXT = 200;

    private static final String MUTED = "var(--jp-ui-font-color2, #656d76)";
    private static final String RULE = "var(--jp-border-color2, #d8dee4)";
    private static final String MISSING = "\u2013";

    private final List<String> columns;
    private final List<List<Object>> rows;
    private final String caption;
    private final List<Boolean> numeric = new ArrayList<>();

    private ValueTable(List<String> columns, List<List<Object>> rows, String caption) {
        this.columns = columns;
        this.rows = rows;
        this.caption = caption;
        for (int i = 0; i < columns.size(); i++) {
            numeric.add(isNumeric(i));
        }
    }

    private boolean isNumeric(int column) {
        boolean some = false;
        for (List<Object> row : rows) {
            Object value = row.get(column);
            if (value != null && !(value instanceof Number)) {
                return false;
            }
            some |= value != null;
        }
        return some;
    }

    static Optional<ValueTable> of(Record record) {
        RecordComponent[] components = record.getClass().getRecordComponents();
        if (components.length == 0) {
            return Optional.empty();
        }
        List<List<Object>> rows = new ArrayList<>();
        for (RecordComponent component : components) {
            rows.add(row(component.getName(), Components.value(component, record)));
        }
        return Optional.of(new ValueTable(List.of("", "value"), rows, name(record.getClass())));
    }

    static Optional<ValueTable> of(Map<?, ?> map) {
        if (map.isEmpty()) {
            return Optional.empty();
        }
        Set<String> names = new LinkedHashSet<>();
        List<Map<String, Object>> values = new ArrayList<>();
        boolean wide = map.values().stream().allMatch(ValueTable::hasParts);
        List<List<Object>> rows = new ArrayList<>();
        if (!wide) {
            map.forEach((key, value) -> rows.add(row(key, value)));
            return Optional.of(new ValueTable(List.of("key", "value"), rows, entries(map.size())));
        }
        for (Object value : map.values()) {
            Map<String, Object> parts = parts(value);
            names.addAll(parts.keySet());
            values.add(parts);
        }
        List<String> columns = new ArrayList<>(List.of("key"));
        columns.addAll(names);
        int i = 0;
        for (Object key : map.keySet()) {
            List<Object> row = row(key);
            addParts(row, names, values.get(i++));
            rows.add(row);
        }
        return Optional.of(new ValueTable(columns, rows, entries(map.size())));
    }

    static Optional<ValueTable> of(Collection<?> collection) {
        if (collection.isEmpty() || !collection.stream().allMatch(ValueTable::hasParts)) {
            return Optional.empty();
        }
        Set<String> names = new LinkedHashSet<>();
        List<Map<String, Object>> values = new ArrayList<>();
        for (Object value : collection) {
            Map<String, Object> parts = parts(value);
            names.addAll(parts.keySet());
            values.add(parts);
        }
        List<List<Object>> rows = new ArrayList<>();
        for (Map<String, Object> parts : values) {
            List<Object> row = row();
            addParts(row, names, parts);
            rows.add(row);
        }
        String count = String.format(Locale.ROOT, "%,d", rows.size());
        return Optional.of(
                new ValueTable(
                        List.copyOf(names), rows, count + (rows.size() == 1 ? " row" : " rows")));
    }

    private static void addParts(List<Object> row, Set<String> names, Map<String, Object> parts) {
        names.forEach(name -> row.add(parts.get(name)));
    }

    private static String entries(int size) {
        return String.format(Locale.ROOT, "%,d", size) + (size == 1 ? " entry" : " entries");
    }

    private static List<Object> row(Object... values) {
        List<Object> row = new ArrayList<>();
        Collections.addAll(row, values);
        return row;
    }

    private static String name(Class<?> type) {
        return type.getSimpleName();
    }

    private static boolean hasParts(Object value) {
        return value instanceof Record record && record.getClass().getRecordComponents().length > 0
                || value instanceof Map<?, ?> map && !map.isEmpty();
    }

    private static Map<String, Object> parts(Object value) {
        Map<String, Object> parts = new LinkedHashMap<>();
        if (value instanceof Record record) {
            for (RecordComponent component : record.getClass().getRecordComponents()) {
                parts.put(component.getName(), Components.value(component, record));
            }
        } else if (value instanceof Map<?, ?> map) {
            map.forEach((key, held) -> parts.put(String.valueOf(key), held));
        }
        return parts;
    }

    /** As HTML; the text form stays the value's own. */
    DisplayData data() {
        DisplayData data = new DisplayData();
        data.putHTML(html());
        return data;
    }

    private String html() {
        StringBuilder out =
                new StringBuilder("<div style=\"font-size:13px;text-align:left;max-width:100%;")
                        .append("overflow-x:auto\">");
        int shown = Math.min(rows.size(), MOST);
        page(out, 0, Math.min(PAGE, shown));
        for (int from = PAGE; from < shown; from += PAGE) {
            int to = Math.min(from + PAGE, shown);
            out.append("<details><summary style=\"cursor:pointer;color:")
                    .append(MUTED)
                    .append("\">rows ")
                    .append(from + 1)
                    .append(" to ")
                    .append(to)
                    .append("</summary>");
            page(out, from, to);
            out.append("</details>");
        }
        out.append("<div style=\"color:")
                .append(MUTED)
                .append(";margin:2px 0 6px\">")
                .append(escape(caption))
                .append(rows.size() > MOST ? "; the first 2,000 shown" : "")
                .append("</div></div>");
        return out.toString();
    }

    private void page(StringBuilder out, int from, int to) {
        out.append("<table style=\"border-collapse:collapse;font-size:12.5px;")
                .append("font-variant-numeric:tabular-nums;margin:4px 0\"><thead><tr>");
        for (int i = 0; i < columns.size(); i++) {
            out.append("<th style=\"")
                    .append(style(i))
                    .append(";border-bottom:1px solid ")
                    .append(RULE)
                    .append(";font-weight:600\">")
                    .append(escape(columns.get(i)))
                    .append("</th>");
        }
        out.append("</tr></thead><tbody>");
        for (int r = from; r < to; r++) {
            out.append("<tr>");
            for (int i = 0; i < columns.size(); i++) {
                cell(out, i, rows.get(r).get(i));
            }
            out.append("</tr>");
        }
        out.append("</tbody></table>");
    }

    private void cell(StringBuilder out, int column, Object value) {
        if (value == null) {
            out.append("<td title=\"null\" style=\"")
                    .append(style(column))
                    .append(";color:")
                    .append(MUTED)
                    .append("\">")
                    .append(MISSING)
                    .append("</td>");
            return;
        }
        String text = ValueText.of(value);
        boolean cut = text.length() > LONGEST_TEXT;
        out.append("<td style=\"")
                .append(style(column))
                .append("\">")
                .append(escape(cut ? text.substring(0, LONGEST_TEXT) + "\u2026" : text))
                .append("</td>");
    }

    private String style(int column) {
        return "padding:3px 10px;vertical-align:top;max-width:32em;overflow-wrap:anywhere;text-align:"
                + (numeric.get(column) ? "right;white-space:nowrap" : "left");
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
