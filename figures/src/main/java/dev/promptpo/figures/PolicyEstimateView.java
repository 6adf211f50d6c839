package dev.promptpo.figures;

import dev.promptpo.analysis.HeldoutEstimate;
import dev.promptpo.analysis.Interval;
import dev.promptpo.analysis.PolicyEstimate;
import java.util.Locale;

/** A policy of one's own in a cell: the number large, its interval, what to compare it with. */
final class PolicyEstimateView {
    private PolicyEstimateView() {}

    static String html(PolicyEstimate result) {
        Interval interval = result.estimate();
        StringBuilder out = new StringBuilder();
        out.append(Html.heading(result.environment() + ": mean return of this policy"));
        out.append(HeldoutView.large(interval));
        out.append("<table style=\"border-collapse:collapse;font-variant-numeric:tabular-nums\">");
        result.success()
                .ifPresent(share ->
                        HeldoutView.row(
                                out,
                                "success",
                                String.format(Locale.ROOT, "%.0f %%", 100 * share),
                                "of the episodes"));
        result.references()
                .best()
                .ifPresent(best ->
                        HeldoutView.row(
                                out,
                                HeldoutEstimate.nameOf(best),
                                Numbers.score(best.value()),
                                best.kind()));
        result.references()
                .random()
                .ifPresent(random ->
                        HeldoutView.row(
                                out,
                                "random policy",
                                Numbers.score(random.value()),
                                random.kind()));
        result.normalised()
                .ifPresent(value ->
                        HeldoutView.row(
                                out,
                                "normalised",
                                Numbers.score(value),
                                "0 is the random policy, 1 the "
                                        + HeldoutEstimate.nameOf(
                                                result.references().best().orElseThrow())));
        out.append("</table>");
        out.append(
                Html.muted(
                        Numbers.count(result.steps())
                                + " environment steps · isolation "
                                + result.isolation().id()));
        return Html.block(out.toString());
    }
}
