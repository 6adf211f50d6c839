package dev.promptpo.llm;

import dev.promptpo.llm.ModelReply.Drift;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Where two texts differ, in one line. */
final class TextDifference {
    private static final int SHOWN_LINES = 3;
    private static final int SHOWN_CHARACTERS = 120;
    private static final Pattern NUMBER =
            Pattern.compile(
                    "[-+]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][-+]?\\d+)?|[-+]?\\b(nan|inf|infinity)\\b",
                    Pattern.CASE_INSENSITIVE);

    private TextDifference() {}

    /** Whether and how a prompt differs from the recorded one. */
    static Optional<Drift> drift(String recorded, String asked) {
        if (recorded.equals(asked)) {
            return Optional.empty();
        }
        Drift.Extent extent =
                withoutNumbers(recorded).equals(withoutNumbers(asked))
                        ? Drift.Extent.NUMBERS
                        : Drift.Extent.TEXT;
        return Optional.of(new Drift(extent, describe(recorded, asked)));
    }

    /** The first lines that differ, each as recorded and as asked now. */
    static String describe(String recorded, String asked) {
        List<String> was = recorded.lines().toList();
        List<String> is = asked.lines().toList();
        List<String> shown = new ArrayList<>();
        for (int i = 0; i < Math.max(was.size(), is.size()) && shown.size() < SHOWN_LINES; i++) {
            String before = i < was.size() ? quote(was.get(i)) : "nothing";
            String after = i < is.size() ? quote(is.get(i)) : "nothing";
            if (!before.equals(after) || (i < was.size() && !was.get(i).equals(is.get(i)))) {
                shown.add("line " + (i + 1) + ": recorded " + before + ", now " + after);
            }
        }
        return shown.isEmpty() ? "line ends differ" : String.join("; ", shown);
    }

    private static String withoutNumbers(String text) {
        return NUMBER.matcher(text).replaceAll("#");
    }

    private static String quote(String line) {
        String text = line.strip();
        return "`"
                + (text.length() <= SHOWN_CHARACTERS
                        ? text
                        : text.substring(0, SHOWN_CHARACTERS) + "…")
                + "`";
    }
}
