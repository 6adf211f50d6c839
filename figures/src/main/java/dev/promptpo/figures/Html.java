package dev.promptpo.figures;

/**
 * HTML for notebooks. Colours are JupyterLab's own variables, with a fallback for other pages, so
 * that what is shown fits light and dark themes; styles stand on the elements themselves, since a
 * notebook keeps no style sheet of ours.
 */
final class Html {
    static final String TEXT = "var(--jp-ui-font-color1, #1f2328)";
    static final String MUTED = "var(--jp-ui-font-color2, #656d76)";
    static final String RULE = "var(--jp-border-color2, #d8dee4)";
    static final String SHADE = "var(--jp-rendermime-table-row-background, #f4f6f8)";
    static final String SANS = "var(--jp-ui-font-family, system-ui, sans-serif)";
    static final String MONO = "var(--jp-code-font-family, ui-monospace, monospace)";

    private static final String NUMBER_CELL = "text-align:right;padding:2px 0 2px 18px;";

    private Html() {}

    static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.append(c);
            }
        }
        return escaped.toString();
    }

    /** A block of our own type size, left aligned whatever the page does. */
    static String block(String inner) {
        return "<div style=\"font-family:"
                + SANS
                + ";font-size:13px;line-height:1.45;color:"
                + TEXT
                + ";text-align:left;max-width:100%;overflow-x:auto\">"
                + inner
                + "</div>";
    }

    /** Running text, as wide as it reads well. */
    static String paragraph(String text) {
        return block("<p style=\"margin:2px 0;max-width:60em\">" + escape(text) + "</p>");
    }

    static String heading(String text) {
        return "<div style=\"font-weight:600;font-size:14px;margin:2px 0\">"
                + escape(text)
                + "</div>";
    }

    static String muted(String text) {
        return "<div style=\"color:" + MUTED + ";margin:2px 0 6px\">" + escape(text) + "</div>";
    }

    /**
     * A row of a table of numbers: {@code tag} is {@code th} or {@code td}, each cell right
     * aligned.
     */
    static void row(StringBuilder out, String tag, String colour, String... values) {
        out.append("<tr style=\"background:transparent\">");
        for (String value : values) {
            out.append('<')
                    .append(tag)
                    .append(" style=\"")
                    .append(NUMBER_CELL)
                    .append("color:")
                    .append(colour)
                    .append(";font-weight:400\">")
                    .append(escape(value))
                    .append("</")
                    .append(tag)
                    .append('>');
        }
        out.append("</tr>");
    }

    static String hex(java.awt.Color color) {
        return String.format("#%06x", color.getRGB() & 0xFFFFFF);
    }
}
