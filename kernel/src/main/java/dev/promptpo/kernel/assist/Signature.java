package dev.promptpo.kernel.assist;

import java.util.Arrays;
import java.util.List;

/**
 * What JShell's line about a member says, taken apart.
 *
 * @param owner the simple name of the type that has it; of a type, its qualified name
 * @param name the member's; empty for a type
 * @param parameters the simple names of its parameters' types; of a field or a type, none
 * @param kind what it is
 */
record Signature(String owner, String name, List<String> parameters, Kind kind) {
    enum Kind {
        TYPE,
        FIELD,
        METHOD,
        CONSTRUCTOR
    }

    static Signature parse(String line) {
        String text = withoutGenerics(line);
        int open = text.indexOf('(');
        if (open >= 0) {
            String before = lastWord(text.substring(0, open));
            String inside = text.substring(open + 1, Math.max(open + 1, text.indexOf(')', open)));
            List<String> types =
                    inside.isBlank()
                            ? List.of()
                            : Arrays.stream(inside.split(",", -1)).map(Signature::type).toList();
            int dot = before.lastIndexOf('.');
            return dot < 0
                    ? new Signature(before, before, types, Kind.CONSTRUCTOR)
                    : new Signature(
                            simple(before.substring(0, dot)),
                            before.substring(dot + 1),
                            types,
                            Kind.METHOD);
        }
        int colon = text.indexOf(':');
        if (colon >= 0) {
            String before = text.substring(0, colon).strip();
            int dot = before.lastIndexOf('.');
            return new Signature(
                    dot < 0 ? "" : simple(before.substring(0, dot)),
                    before.substring(dot + 1),
                    List.of(),
                    Kind.FIELD);
        }
        return new Signature(lastWord(text), "", List.of(), Kind.TYPE);
    }

    /** The type of {@code final List names}: {@code List}. */
    private static String type(String parameter) {
        String[] words = parameter.strip().split("\\s+", -1);
        return simple(words[Math.max(0, words.length - 2)]);
    }

    /** A type's name as it is compared: without package, arguments and annotations. */
    static String simple(String type) {
        String plain =
                withoutGenerics(type).replaceAll("@\\S+\\s+", "").replace("...", "[]").strip();
        return plain.substring(plain.lastIndexOf('.') + 1);
    }

    private static String lastWord(String text) {
        String stripped = text.strip();
        return stripped.substring(stripped.lastIndexOf(' ') + 1);
    }

    private static String withoutGenerics(String text) {
        StringBuilder plain = new StringBuilder();
        int depth = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '<') {
                depth++;
            } else if (c == '>') {
                depth--;
            } else if (depth == 0) {
                plain.append(c);
            }
        }
        return plain.toString();
    }
}
