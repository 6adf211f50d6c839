package dev.promptpo.figures;

import dev.promptpo.optimizer.Attempt;
import dev.promptpo.optimizer.Candidate;
import dev.promptpo.policy.SourceDiff;
import dev.promptpo.rollout.RolloutResult.Failed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A candidate: what came of it, where it broke, what it changed of the last winner, its source. */
final class CandidateView {
    /** A longer difference is folded, so that the source stays in sight. */
    private static final int LONG = 40;

    private CandidateView() {}

    static String html(Candidate candidate) {
        StringBuilder out = new StringBuilder(Html.heading(title(candidate)));
        for (String line : lines(candidate)) {
            out.append("<div>").append(Html.escape(line)).append("</div>");
        }
        for (Attempt attempt : candidate.attempts()) {
            if (attempt.result() instanceof Failed failed) {
                out.append(Html.muted(attempt.role() + " failed:"));
                out.append(
                                "<pre style=\"margin:0 0 6px;padding:6px 12px;border-left:3px solid"
                                        + " #D55E00;white-space:pre-wrap;font:12.5px/1.5 ")
                        .append(Html.MONO)
                        .append("\">")
                        .append(
                                Html.escape(
                                        (failed.traceback().strip()
                                                        + "\n"
                                                        + failed.kind()
                                                        + ": "
                                                        + failed.message())
                                                .strip()))
                        .append("</pre>");
            }
        }
        changes(candidate)
                .ifPresent(diff -> {
                    out.append(DiffView.length(diff) > LONG ? "<details>" : "<details open>");
                    out.append("<summary style=\"cursor:pointer\">")
                            .append(Html.escape(diff.summary()));
                    out.append("</summary>").append(DiffView.changes(diff)).append("</details>");
                });
        if (!candidate.source().isEmpty()) {
            out.append(new PythonSource("", candidate.source()).html());
        }
        return Html.block(out.toString());
    }

    static String text(Candidate candidate) {
        List<String> text = new ArrayList<>();
        text.add(title(candidate));
        text.addAll(lines(candidate));
        if (!candidate.completed()) {
            text.add(candidate.traceback());
        }
        changes(candidate).ifPresent(diff -> text.add(diff.summary()));
        if (!candidate.source().isEmpty()) {
            text.add("");
            text.add(candidate.source().stripTrailing());
        }
        return String.join("\n", text);
    }

    /** Empty where there is no code, or nothing before it to be compared with. */
    private static Optional<SourceDiff> changes(Candidate candidate) {
        return candidate
                .before()
                .filter(earlier -> !candidate.source().isEmpty())
                .map(earlier -> earlier.diff(candidate));
    }

    private static String title(Candidate candidate) {
        return "Round "
                + candidate.round()
                + ", candidate "
                + candidate.index()
                + (candidate.inserted() ? " (inserted by hand)" : "")
                + ": "
                + (candidate.score().isPresent()
                        ? Numbers.score(candidate.score().getAsDouble())
                        : candidate.failure().map(Enum::name).orElse("failed"));
    }

    private static List<String> lines(Candidate candidate) {
        List<String> lines = new ArrayList<>();
        if (candidate.completed()) {
            lines.add(
                    "returns "
                            + candidate.returns().stream()
                                    .map(Numbers::score)
                                    .collect(Collectors.joining(", "))
                            + "; lengths "
                            + candidate.lengths().stream()
                                    .map(String::valueOf)
                                    .collect(Collectors.joining(", ")));
        }
        int repairs = candidate.repairs().size();
        lines.add(
                Numbers.count(candidate.steps())
                        + " environment steps, "
                        + repairs
                        + (repairs == 1 ? " repair" : " repairs"));
        if (!candidate.stamp().isEmpty()) {
            lines.add(candidate.stamp());
        }
        return lines;
    }
}
