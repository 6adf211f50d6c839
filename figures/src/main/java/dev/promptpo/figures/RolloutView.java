package dev.promptpo.figures;

import dev.promptpo.rollout.RolloutResult;
import dev.promptpo.rollout.RolloutResult.Completed;
import dev.promptpo.rollout.RolloutResult.Failed;
import java.util.Locale;

/** A rollout in a cell: its episodes, or what failed and the policy's own lines. */
final class RolloutView {
    private static final int SHOWN = 20;

    private RolloutView() {}

    static String html(RolloutResult result) {
        return Html.block(
                switch (result) {
                    case Completed done -> episodes(done);
                    case Failed failed -> failure(failed);
                });
    }

    static String text(RolloutResult result) {
        return switch (result) {
            case Completed done ->
                    heading(done)
                            + "\nreturns "
                            + done.returns()
                            + "\nlengths "
                            + done.lengths()
                            + "\n"
                            + foot(done);
            case Failed failed -> failed + "\n" + foot(failed);
        };
    }

    private static String heading(Completed done) {
        int episodes = done.returns().size();
        return "completed: score "
                + Numbers.score(done.score())
                + " over "
                + episodes
                + (episodes == 1 ? " episode" : " episodes");
    }

    private static String episodes(Completed done) {
        StringBuilder out = new StringBuilder(Html.heading(heading(done)));
        out.append("<table style=\"border-collapse:collapse;font-variant-numeric:tabular-nums\">");
        Html.row(out, "th", Html.MUTED, "episode", "return", "length", "success");
        int shown = Math.min(SHOWN, done.returns().size());
        for (int i = 0; i < shown; i++) {
            Html.row(
                    out,
                    "td",
                    Html.TEXT,
                    Integer.toString(i + 1),
                    Numbers.score(done.returns().get(i)),
                    Numbers.count(done.lengths().get(i)),
                    done.successes().get(i).map(success -> success ? "yes" : "no").orElse(""));
        }
        out.append("</table>");
        int more = done.returns().size() - shown;
        if (more > 0) {
            out.append(Html.muted("and " + Numbers.count(more) + " more"));
        }
        return out.append(Html.muted(foot(done))).toString();
    }

    private static String failure(Failed failed) {
        StringBuilder out = new StringBuilder(Html.heading(failed.where()));
        out.append("<p style=\"margin:2px 0 6px;max-width:60em\">")
                .append(Html.escape(failed.message()))
                .append("</p>");
        if (!failed.traceback().isBlank()) {
            out.append(
                            "<pre style=\"margin:0 0 6px;padding:10px 12px;border-radius:6px;background:")
                    .append(Html.SHADE)
                    .append(";font:12.5px/1.5 ")
                    .append(Html.MONO)
                    .append(";color:")
                    .append(Html.TEXT)
                    .append("\">")
                    .append(Html.escape(failed.traceback().strip()))
                    .append("</pre>");
        }
        return out.append(Html.muted(foot(failed))).toString();
    }

    private static String foot(RolloutResult result) {
        return Numbers.count(result.steps())
                + " environment steps in "
                + String.format(Locale.ROOT, "%.2f s", result.seconds())
                + " · isolation "
                + result.isolation().id()
                + (result.host().isEmpty() ? "" : " · on " + result.host());
    }
}
