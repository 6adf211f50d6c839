package dev.promptpo.figures;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Python source to be shown: highlighted in a notebook, as it is elsewhere.
 *
 * @param title one line above it; may be empty
 * @param text the source
 */
public record PythonSource(String title, String text) {
    private static final Set<String> KEYWORDS =
            Set.of(
                    "and",
                    "as",
                    "assert",
                    "async",
                    "await",
                    "break",
                    "class",
                    "continue",
                    "def",
                    "del",
                    "elif",
                    "else",
                    "except",
                    "finally",
                    "for",
                    "from",
                    "global",
                    "if",
                    "import",
                    "in",
                    "is",
                    "lambda",
                    "nonlocal",
                    "not",
                    "or",
                    "pass",
                    "raise",
                    "return",
                    "try",
                    "while",
                    "with",
                    "yield",
                    "match",
                    "case");
    private static final Set<String> CONSTANTS = Set.of("True", "False", "None", "self");
    private static final Pattern TOKEN =
            Pattern.compile(
                    "(?<comment>#[^\\n]*)"
                            + "|(?<string>(?i:[rbfu]{0,2})(?:\"\"\"(?s:.*?)(?:\"\"\"|\\z)"
                            + "|'''(?s:.*?)(?:'''|\\z)"
                            + "|\"(?:\\\\.|[^\"\\\\\\n])*\"?|'(?:\\\\.|[^'\\\\\\n])*'?))"
                            + "|(?<decorator>^[ \\t]*@[\\w.]+)"
                            + "|(?<number>\\b(?:0[xXbBoO][\\da-fA-F_]+"
                            + "|\\d[\\d_]*\\.?\\d*(?:[eE][+-]?\\d+)?j?)|\\B\\.\\d+)"
                            + "|(?<name>[^\\W\\d]\\w*)",
                    Pattern.MULTILINE);

    /** The source in colour, with line numbers that are not copied along. */
    public String html() {
        String[] lines = spans().split("\n", -1);
        StringBuilder numbers = new StringBuilder();
        int count = text.endsWith("\n") ? lines.length - 1 : lines.length;
        for (int i = 1; i <= count; i++) {
            numbers.append(i).append('\n');
        }
        String pre =
                "<pre style=\"margin:0;padding:10px 12px;background:transparent;border:0;"
                        + "font:12.5px/1.5 "
                        + Html.MONO
                        + ";color:"
                        + Html.TEXT;
        return Html.block(
                (title.isEmpty() ? "" : Html.heading(title))
                        + "<div style=\"display:flex;background:"
                        + Html.SHADE
                        + ";border-radius:6px;overflow-x:auto\">"
                        + pre
                        + ";color:"
                        + Html.MUTED
                        + ";text-align:right;user-select:none;padding-right:0\">"
                        + numbers
                        + "</pre>"
                        + pre
                        + ";white-space:pre\">"
                        + spans()
                        + "</pre></div>");
    }

    private String spans() {
        StringBuilder out = new StringBuilder();
        Matcher matcher = TOKEN.matcher(text);
        int from = 0;
        boolean naming = false;
        while (matcher.find()) {
            out.append(Html.escape(text.substring(from, matcher.start())));
            String token = matcher.group();
            out.append(span(colour(matcher, token, naming), token));
            naming = token.equals("def") || token.equals("class");
            from = matcher.end();
        }
        return out.append(Html.escape(text.substring(from))).toString();
    }

    private static String colour(Matcher matcher, String token, boolean naming) {
        if (matcher.group("comment") != null) {
            return "comment, #57606a";
        }
        if (matcher.group("string") != null) {
            return "string, #0a5c36";
        }
        if (matcher.group("decorator") != null) {
            return "meta, #8250df";
        }
        if (matcher.group("number") != null) {
            return "number, #0550ae";
        }
        if (naming) {
            return "def, #6639ba";
        }
        if (KEYWORDS.contains(token)) {
            return "keyword, #b3261e";
        }
        return CONSTANTS.contains(token) ? "builtin, #0550ae" : "";
    }

    private static String span(String colour, String token) {
        return colour.isEmpty()
                ? Html.escape(token)
                : "<span style=\"color:var(--jp-mirror-editor-"
                        + colour.replace(", ", "-color, ")
                        + ")\">"
                        + Html.escape(token)
                        + "</span>";
    }

    @Override
    public String toString() {
        return (title.isEmpty() ? "" : "# " + title + "\n") + text;
    }
}
