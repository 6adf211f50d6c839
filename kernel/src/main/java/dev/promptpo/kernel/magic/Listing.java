package dev.promptpo.kernel.magic;

import java.util.Map;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;

/** Help as text and as Markdown. */
final class Listing {
    private static final String CELLS =
            """
            Any number of declarations, statements and expressions of Java; the value of the last
            expression is the cell's result. Names stay for the cells that follow.

            | | |
            |---|---|
            | `display(x)`, `display(x, "text/html")` | shows a value below the cell, as its type likes or in a form of your choice |
            | `updateDisplay(d, y)`, `clearOutput()` | replaces what was displayed, empties the cell's output |
            | Tab, Shift+Tab | what could follow; what is this |
            | the stop button | stops a cell; what was declared stays |
            """;

    private Listing() {}

    static DisplayData of(Map<String, Magics.Help> helps) {
        return data("", helps);
    }

    static DisplayData withHelp(Map<String, Magics.Help> helps) {
        return data(CELLS + "\n", helps);
    }

    private static DisplayData data(String before, Map<String, Magics.Help> helps) {
        int width = helps.values().stream().mapToInt(help -> help.usage().length()).max().orElse(0);
        StringBuilder text =
                new StringBuilder(before.replace("|---|---|\n", "").replace("| | |\n", ""));
        StringBuilder markdown = new StringBuilder(before).append("| magic | |\n|---|---|\n");
        helps.values()
                .forEach(help -> {
                    text.append(help.usage())
                            .append(" ".repeat(width - help.usage().length() + 2))
                            .append(help.purpose())
                            .append('\n');
                    markdown.append("| `")
                            .append(help.usage().replace("|", "\\|"))
                            .append("` | ")
                            .append(help.purpose())
                            .append(" |\n");
                });
        DisplayData data = new DisplayData(text.toString().stripTrailing());
        data.putMarkdown(markdown.toString());
        return data;
    }
}
