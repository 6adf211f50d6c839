package dev.promptpo.figures;

import dev.promptpo.analysis.Interval;
import dev.promptpo.analysis.PolicyEstimate;
import java.util.Locale;

/** A policy of one's own in a cell: the number large, its interval, what to compare it with. */
final class PolicyEstimateView {
    private PolicyEstimateView() {}

    static String html(PolicyEstimate result) {
        Interval interval = result.estimate();
        StringBuilder out = new StringBuilder();
        out.append(Html.heading(result.spec().id() + ": mean return of this policy"));
        out.append(HeldoutView.large(interval));
        out.append("<table style=\"border-collapse:collapse;font-variant-numeric:tabular-nums\">");
        result.success()
                .ifPresent(share ->
                        HeldoutView.row(
                                out,
                                "success",
                                String.format(Locale.ROOT, "%.0f %%", 100 * share),
                                "of the episodes"));
        HeldoutView.references(out, result.references());
        HeldoutView.normalised(out, result.normalised(), result.references());
        out.append("</table>");
        out.append(
                Html.muted(
                        Numbers.count(result.steps())
                                + " environment steps · "
                                + String.join(" · ", result.spec().terms())
                                + " · isolation "
                                + result.isolation().id()));
        return Html.block(out.toString());
    }
}
