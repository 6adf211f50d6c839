package dev.promptpo.kernel.magic;

import java.util.ArrayList;
import java.util.List;

/** Cuts the line behind a magic's name into its arguments. */
final class Arguments {
    private Arguments() {}

    /**
     * Arguments are apart by white space that stands outside of quotes. The double quotes around a
     * whole argument are taken away; all others stay, so that code survives: {@code print("a b")}
     * is one argument as it stands.
     */
    static List<String> split(String line) {
        List<String> arguments = new ArrayList<>();
        StringBuilder current = new StringBuilder();
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quote == 0 && Character.isWhitespace(c)) {
                add(current, arguments);
                continue;
            }
            if (quote != 0 && c == '\\' && i + 1 < line.length()) {
                current.append(c).append(line.charAt(++i));
                continue;
            }
            if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
            } else if (c == quote) {
                quote = 0;
            }
            current.append(c);
        }
        add(current, arguments);
        return arguments;
    }

    private static void add(StringBuilder current, List<String> arguments) {
        if (!current.isEmpty()) {
            arguments.add(unquoted(current.toString()));
            current.setLength(0);
        }
    }

    private static String unquoted(String argument) {
        int last = argument.length() - 1;
        boolean whole = last > 0 && argument.charAt(0) == '"' && argument.indexOf('"', 1) == last;
        return whole ? argument.substring(1, last) : argument;
    }
}
