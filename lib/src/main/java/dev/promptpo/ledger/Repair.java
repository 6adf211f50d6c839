package dev.promptpo.ledger;

/**
 * What opening a ledger for writing mended at its end.
 *
 * @param line number of the line that was cut short, from 1
 * @param bytes bytes of it that were found
 * @param completed whether the line was whole but for its newline, and so was kept; else its bytes
 *     were moved to a file {@code torn-<line>-<digest>} beside {@code events.jsonl}
 */
public record Repair(long line, long bytes, boolean completed) {

    /** One line for a person. */
    public String message() {
        return completed
                ? "line " + line + " of events.jsonl lacked its newline and was completed"
                : "line "
                        + line
                        + " of events.jsonl was cut short by a crash ("
                        + bytes
                        + " bytes); it was set aside";
    }
}
