package dev.promptpo.figures;

import dev.promptpo.analysis.HeldoutEstimate;
import dev.promptpo.analysis.Interval;
import dev.promptpo.environment.EnvironmentSpec.References;
import java.util.Locale;
import java.util.OptionalDouble;

/** A held-out estimate in a cell: the number large, its interval, what to compare it with. */
final class HeldoutView {
    private HeldoutView() {}

    static String html(HeldoutEstimate result) {
        Interval interval = result.estimate();
        StringBuilder out = new StringBuilder();
        out.append(
                Html.heading(
                        result.environment()
                                + ": mean "
                                + result.measure()
                                + " on held-out episodes"));
        out.append(large(interval));
        out.append("<table style=\"border-collapse:collapse;font-variant-numeric:tabular-nums\">");
        if (result.measure().equals("return")) {
            references(out, result.references());
        }
        result.search()
                .ifPresent(value ->
                        row(
                                out,
                                "search score",
                                Numbers.score(value),
                                "it was chosen by this, so it flatters"));
        normalised(out, result.normalised(), result.references());
        out.append("</table>");
        if (result.steering().any()) {
            out.append("<div>").append(Html.escape(result.steering().stamp())).append("</div>");
        }
        return Html.block(out.toString());
    }

    /** The number large, its interval below. */
    static String large(Interval interval) {
        return "<div style=\"font-size:26px;font-weight:600;margin:4px 0 0;line-height:1.2\">"
                + Numbers.score(interval.estimate())
                + "</div>"
                + Html.muted(
                        String.format(
                                Locale.ROOT,
                                "%.0f %% interval %s to %s (%d %s of this policy, %s)",
                                100 * interval.level(),
                                Numbers.score(interval.low()),
                                Numbers.score(interval.high()),
                                interval.n(),
                                interval.unit(),
                                interval.method()));
    }

    /** What to compare a mean return with, as rows. */
    static void references(StringBuilder out, References references) {
        references
                .best()
                .ifPresent(best ->
                        row(
                                out,
                                HeldoutEstimate.nameOf(best),
                                Numbers.score(best.value()),
                                best.kind().toString()));
        references
                .random()
                .ifPresent(random ->
                        row(
                                out,
                                "random policy",
                                Numbers.score(random.value()),
                                random.kind().toString()));
    }

    /** The normalised return as a row; none where the references do not allow one. */
    static void normalised(StringBuilder out, OptionalDouble normalised, References references) {
        normalised.ifPresent(value ->
                row(
                        out,
                        "normalised",
                        Numbers.score(value),
                        "0 is the random policy, 1 the "
                                + HeldoutEstimate.nameOf(references.best().orElseThrow())));
    }

    static void row(StringBuilder out, String name, String value, String note) {
        String cell = "padding:2px 14px 2px 0;";
        out.append("<tr style=\"background:transparent\"><td style=\"text-align:left;")
                .append(cell)
                .append("\">")
                .append(Html.escape(name))
                .append("</td><td style=\"text-align:right;")
                .append(cell)
                .append("\">")
                .append(Html.escape(value))
                .append("</td><td style=\"text-align:left;")
                .append(cell)
                .append("color:")
                .append(Html.MUTED)
                .append("\">")
                .append(Html.escape(note))
                .append("</td></tr>");
    }
}
