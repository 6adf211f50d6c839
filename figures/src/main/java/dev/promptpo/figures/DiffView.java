package dev.promptpo.figures;

import dev.promptpo.policy.SourceDiff;
import java.util.List;
import java.util.stream.IntStream;

/** A difference of two sources: lines taken away and added, with a few around them. */
final class DiffView {
    private static final String ADDED = "rgba(46, 160, 67, .16)";
    private static final String TAKEN = "rgba(213, 94, 0, .16)";

    private DiffView() {}

    static String html(SourceDiff diff) {
        return Html.block(Html.heading(diff.summary()) + changes(diff));
    }

    /** The changes alone, to be put into another view. */
    static String changes(SourceDiff diff) {
        StringBuilder out =
                new StringBuilder("<div style=\"border-radius:6px;overflow-x:auto;font:12.5px/1.5 ")
                        .append(Html.MONO)
                        .append("\">");
        List<SourceDiff.Line> lines = diff.lines();
        boolean gap = false;
        for (int i = 0; i < lines.size(); i++) {
            if (!diff.near(i)) {
                gap = true;
                continue;
            }
            if (gap) {
                row(out, "transparent", "\u2026");
                gap = false;
            }
            SourceDiff.Line line = lines.get(i);
            row(
                    out,
                    switch (line.side()) {
                        case BOTH -> "transparent";
                        case BEFORE -> TAKEN;
                        case AFTER -> ADDED;
                    },
                    line.side().mark() + " " + line.text());
        }
        return out.append("</div>").toString();
    }

    /** How many lines it shows, without the gaps. */
    static int length(SourceDiff diff) {
        return (int) IntStream.range(0, diff.lines().size()).filter(diff::near).count();
    }

    private static void row(StringBuilder out, String background, String text) {
        out.append("<div style=\"white-space:pre;padding:0 10px;background:")
                .append(background)
                .append("\">")
                .append(Html.escape(text))
                .append("</div>");
    }
}
