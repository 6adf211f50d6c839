package dev.promptpo.kernel.assist;

import java.util.List;

/**
 * What could stand at a place of a cell.
 *
 * @param start offset of the first character that they would replace
 * @param end offset after the last one
 */
public record Completions(List<Option> options, int start, int end) {
    public Completions {
        options = List.copyOf(options);
    }

    /** One of them, and what it is: a function, a class, a magic, ... */
    public record Option(String text, String type) {}

    /** None. */
    public static Completions none(int cursor) {
        return new Completions(List.of(), cursor, cursor);
    }
}
