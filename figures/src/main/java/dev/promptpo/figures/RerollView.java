package dev.promptpo.figures;

import dev.promptpo.optimizer.Reroll;
import java.util.Locale;

/** A policy rolled out again, in a cell: the verdict, and each episode beside the run's. */
final class RerollView {
    private RerollView() {}

    static String html(Reroll reroll) {
        StringBuilder out = new StringBuilder();
        out.append(Html.heading(reroll.title()));
        out.append("<p style=\"margin:2px 0 6px;max-width:60em\">")
                .append(Html.escape(reroll.verdict()))
                .append("</p>");
        if (!reroll.returns().isEmpty()) {
            out.append(
                    "<table style=\"border-collapse:collapse;font-variant-numeric:tabular-nums\">");
            Html.row(out, "th", Html.MUTED, "seed", "return in the run", "here", "");
            for (int i = 0; i < reroll.returns().size(); i++) {
                double there = reroll.candidate().returns().get(i);
                double here = reroll.returns().get(i);
                Html.row(
                        out,
                        "td",
                        Html.TEXT,
                        Long.toString(reroll.seeds().get(i)),
                        number(there),
                        number(here),
                        Double.compare(there, here) == 0 ? "=" : "≠");
            }
            out.append("</table>");
        }
        return Html.block(out.toString());
    }

    private static String number(double value) {
        return Numbers.minus(String.format(Locale.ROOT, "%,.4f", value));
    }
}
