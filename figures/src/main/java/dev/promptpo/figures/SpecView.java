package dev.promptpo.figures;

import dev.promptpo.analysis.HeldoutEstimate;
import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.environment.EnvironmentSpec.ObservationField;
import dev.promptpo.environment.EnvironmentSpec.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** A task in a cell: what a policy observes and does, how long, and what to compare with. */
final class SpecView {
    private final EnvironmentSpec spec;

    SpecView(EnvironmentSpec spec) {
        this.spec = spec;
    }

    String html() {
        StringBuilder out = new StringBuilder();
        out.append(Html.heading(spec.title()));
        out.append(Html.muted(String.join(" \u00b7 ", facts())));
        out.append(
                "<table style=\"border-collapse:collapse;font-size:12.5px;margin:4px 0\"><thead><tr>");
        for (String name : List.of("observation", "values", "shape", "range", "meaning")) {
            out.append("<th style=\"text-align:left;padding:3px 10px;border-bottom:1px solid ")
                    .append(Html.RULE)
                    .append("\">")
                    .append(name)
                    .append("</th>");
        }
        out.append("</tr></thead><tbody>");
        for (ObservationField field : spec.observation()) {
            out.append("<tr>");
            cell(out, "<code>" + Html.escape(field.name()) + "</code>", "white-space:nowrap");
            cell(out, indices(field), "white-space:nowrap");
            cell(out, shape(field), "white-space:nowrap");
            cell(out, Html.escape(range(field)), "white-space:nowrap");
            cell(
                    out,
                    Html.escape(field.meaning())
                            + (field.extra() ? " <em>(beyond the Gymnasium observation)</em>" : ""),
                    "min-width:16em");
            out.append("</tr>");
        }
        out.append("</tbody></table>");
        line(out, "actions", actions());
        line(out, "reward", spec.reward().text());
        line(out, "ends", spec.termination());
        references()
                .forEach(text ->
                        line(
                                out,
                                text.substring(0, text.indexOf(':')),
                                text.substring(text.indexOf(':') + 2)));
        return Html.block(out.toString());
    }

    private static void cell(StringBuilder out, String inner, String style) {
        out.append("<td style=\"text-align:left;vertical-align:top;padding:3px 10px;")
                .append(style)
                .append("\">")
                .append(inner)
                .append("</td>");
    }

    private static void line(StringBuilder out, String name, String text) {
        if (!text.isBlank()) {
            out.append("<div style=\"margin:2px 10px;max-width:52em\"><span style=\"color:")
                    .append(Html.MUTED)
                    .append("\">")
                    .append(Html.escape(name))
                    .append(":</span> ")
                    .append(Html.escape(text.strip()))
                    .append("</div>");
        }
    }

    String text() {
        StringBuilder out = new StringBuilder();
        out.append(spec.title()).append('\n').append(String.join(", ", facts())).append('\n');
        int width =
                spec.observation().stream()
                        .mapToInt(field -> field.name().length())
                        .max()
                        .orElse(0);
        for (ObservationField field : spec.observation()) {
            out.append("  ")
                    .append(field.name())
                    .append(" ".repeat(width - field.name().length() + 2))
                    .append(shape(field))
                    .append("  ")
                    .append(range(field))
                    .append("  ")
                    .append(field.meaning())
                    .append('\n');
        }
        out.append("actions: ").append(actions()).append('\n');
        out.append("reward: ").append(spec.reward().text().strip());
        references().forEach(text -> out.append('\n').append(text));
        return out.toString();
    }

    private List<String> facts() {
        List<String> facts = new ArrayList<>();
        facts.add(spec.id());
        facts.add("at most " + Numbers.count(spec.horizon()) + " steps an episode");
        facts.addAll(spec.terms());
        return facts;
    }

    private static String indices(ObservationField field) {
        return field.stop() - field.start() == 1
                ? Integer.toString(field.start())
                : field.start() + " to " + (field.stop() - 1);
    }

    private static String shape(ObservationField field) {
        return field.shape().isEmpty()
                ? "number"
                : String.join(" \u00d7 ", field.shape().stream().map(String::valueOf).toList());
    }

    private static String range(ObservationField field) {
        String unit = field.unit().isEmpty() ? "" : " " + field.unit();
        if (field.low().isEmpty() && field.high().isEmpty()) {
            return "any" + unit;
        }
        return end(field.low(), "\u2212\u221e") + " to " + end(field.high(), "\u221e") + unit;
    }

    private static String end(OptionalDouble value, String unbounded) {
        return value.isPresent() ? Numbers.bound(value.getAsDouble()) : unbounded;
    }

    private String actions() {
        if (spec.action().discrete()) {
            List<String> named = new ArrayList<>();
            for (int i = 0; i < spec.action().n(); i++) {
                named.add(
                        i
                                + (i < spec.action().names().size()
                                        ? " " + spec.action().names().get(i)
                                        : ""));
            }
            return String.join(", ", named);
        }
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < spec.action().low().size(); i++) {
            String name = i < spec.action().names().size() ? spec.action().names().get(i) : "a" + i;
            parts.add(
                    name
                            + " in ["
                            + Numbers.bound(spec.action().low().get(i))
                            + ", "
                            + Numbers.bound(spec.action().high().get(i))
                            + "]");
        }
        return String.join(", ", parts);
    }

    private List<String> references() {
        List<String> lines = new ArrayList<>();
        spec.references().random().ifPresent(r -> lines.add("random policy: " + reference(r)));
        spec.references()
                .best()
                .ifPresent(r -> lines.add(HeldoutEstimate.nameOf(r) + ": " + reference(r)));
        return lines;
    }

    private static String reference(Reference reference) {
        return Numbers.score(reference.value())
                + " ("
                + reference.kind()
                + (reference.source().isBlank() ? "" : "; " + reference.source())
                + ")";
    }
}
