package dev.promptpo.kernel.assist;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A documentation comment for a reader: as HTML, and as plain text. */
public final class Javadoc {
    /** What would fill a screen is read elsewhere. */
    private static final int LONGEST = 6000;

    private static final Pattern BLOCK_TAG =
            Pattern.compile(
                    "(?m)^[ \\t]*@(param|return|throws|exception|since|see|deprecated|apiNote|implSpec|implNote)\\b[ \\t]*");

    private Javadoc() {}

    /** The comment as HTML: its own, with tags in words. */
    public static String html(String comment) {
        Matcher tag = BLOCK_TAG.matcher(comment);
        StringBuilder out = new StringBuilder();
        int from = 0;
        String open = null;
        StringBuilder list = new StringBuilder();
        while (tag.find()) {
            String part = comment.substring(from, tag.start());
            add(out, list, open, part);
            open = tag.group(1);
            from = tag.end();
        }
        add(out, list, open, comment.substring(from));
        return out + (list.isEmpty() ? "" : "<dl>" + list + "</dl>");
    }

    private static void add(StringBuilder out, StringBuilder list, String tag, String text) {
        String body = inline(text.strip());
        if (tag == null) {
            out.append(body.length() > LONGEST ? body.substring(0, LONGEST) + " ..." : body);
            return;
        }
        String name =
                switch (tag) {
                    case "param" -> "";
                    case "return" -> "returns";
                    case "exception" -> "throws";
                    case "apiNote", "implSpec", "implNote" -> "note";
                    default -> tag;
                };
        if (name.isEmpty() || name.equals("throws")) {
            String[] words = body.split("\\s+", 2);
            list.append("<dt>")
                    .append(name.isEmpty() ? "" : name + " ")
                    .append("<code>")
                    .append(words[0].replaceFirst("^<", "&lt;").replaceFirst("(?<!/)>$", "&gt;"))
                    .append("</code></dt><dd>")
                    .append(words.length > 1 ? words[1] : "")
                    .append("</dd>");
        } else if (tag.equals("see")) {
            String target = body.startsWith("<") ? body : link(body, true);
            list.append("<dt>see</dt><dd>").append(target).append("</dd>");
        } else {
            list.append("<dt>").append(name).append("</dt><dd>").append(body).append("</dd>");
        }
    }

    /** The same without marks. */
    public static String plain(String html) {
        return html.replaceAll("<dt>", "\n  ")
                .replaceAll("</dt><dd>", ": ")
                .replaceAll("(?i)<(p|/p|li|pre|/pre|ul|/ul|dl|tr|h\\d)\\b[^>]*>", "\n")
                .replaceAll("<[^>]*>", "")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&nbsp;", " ")
                .replace("&#64;", "@")
                .replace("&amp;", "&")
                .replaceAll("(?m)^ (?=\\S)", "")
                .replaceAll("[ \\t]*\\n[ \\t]*(?=\\n)", "\n")
                .replaceAll("\\n{3,}", "\n\n")
                .strip();
    }

    /** Inline tags as HTML; braces may lie in each other. */
    private static String inline(String text) {
        StringBuilder out = new StringBuilder();
        int i = 0;
        while (i < text.length()) {
            int start = text.indexOf("{@", i);
            int end = start < 0 ? -1 : closing(text, start);
            if (end < 0) {
                return out.append(text, i, text.length()).toString();
            }
            out.append(text, i, start).append(tag(text.substring(start + 2, end)));
            i = end + 1;
        }
        return out.toString();
    }

    private static int closing(String text, int start) {
        int depth = 0;
        for (int i = start; i < text.length(); i++) {
            if (text.charAt(i) == '{') {
                depth++;
            } else if (text.charAt(i) == '}' && --depth == 0) {
                return i;
            }
        }
        return -1;
    }

    private static String tag(String tag) {
        String[] parts = tag.split("\\s+", 2);
        String body = parts.length > 1 ? parts[1].strip() : "";
        return switch (parts[0]) {
            case "code", "value", "index", "systemProperty" -> "<code>" + escape(body) + "</code>";
            case "literal" -> escape(body);
            case "link", "linkplain" -> link(body, parts[0].equals("link"));
            case "return" -> "Returns " + inline(body) + ".";
            case "snippet" ->
                    "<pre>" + escape(body.replaceFirst("^[^\\n]*:\\s*\\n", "")) + "</pre>";
            default -> inline(body);
        };
    }

    /** {@code Type#member(int) label}: the label, or the name as one would read it. */
    private static String link(String body, boolean code) {
        int depth = 0;
        int end = body.length();
        for (int i = 0; i < body.length(); i++) {
            char c = body.charAt(i);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (depth == 0 && Character.isWhitespace(c)) {
                end = i;
                break;
            }
        }
        String label = body.substring(end).strip();
        String text =
                label.isEmpty()
                        ? body.substring(0, end).replaceFirst("^#", "").replace('#', '.')
                        : label;
        return code ? "<code>" + escape(text) + "</code>" : text;
    }

    /** Text as HTML shows it. */
    public static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
