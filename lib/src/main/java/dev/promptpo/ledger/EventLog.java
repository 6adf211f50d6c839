package dev.promptpo.ledger;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reading {@code events.jsonl}: its events, and where the committed part ends.
 *
 * @param events in order
 * @param committed bytes up to and including the last newline
 * @param tail what follows it; empty in a ledger that was closed or is between two events
 */
record EventLog(List<Event> events, long committed, byte[] tail) {

    /**
     * Reads all whole lines.
     *
     * @param where the file's name, for messages
     * @throws LedgerException naming the line that is not what was written
     */
    static EventLog parse(byte[] bytes, String where) {
        List<Event> events = new ArrayList<>();
        int start = 0;
        while (start < bytes.length) {
            int end = indexOf(bytes, '\n', start);
            if (end < 0 || neverReachedTheDisk(bytes, start, end)) {
                break;
            }
            byte[] line = Arrays.copyOfRange(bytes, start, end);
            events.add(event(line, events.size() + 1L, where));
            start = end + 1;
        }
        return new EventLog(
                List.copyOf(events), start, Arrays.copyOfRange(bytes, start, bytes.length));
    }

    /** The tail as an event, where only its newline is missing. */
    boolean tailIsWhole() {
        try {
            SealedLine.open(tail);
            return true;
        } catch (SealedLine.Broken e) {
            return false;
        }
    }

    /**
     * After a power cut a file can have its new length before its new bytes, which then read as
     * zeros, of which JSON never holds any: a last line with several is a torn tail. A single zero
     * is no lost block but a changed byte.
     */
    private static boolean neverReachedTheDisk(byte[] bytes, int start, int end) {
        if (end != bytes.length - 1) {
            return false; // first, for it spares looking through the rest of the file at each line
        }
        int first = indexOf(bytes, 0, start);
        return first >= 0 && indexOf(bytes, 0, first + 1) >= 0;
    }

    private static Event event(byte[] line, long number, String where) {
        try {
            ObjectNode fields = SealedLine.open(line);
            long sequence = fields.path("sequence").asLong(-1);
            if (sequence != number) {
                throw new SealedLine.Broken(
                        "it has sequence number " + sequence + " where " + number + " comes next");
            }
            Instant time = Instant.parse(fields.path("time").asText());
            String type = fields.path("type").asText();
            fields.remove(List.of("sequence", "time", "type"));
            return new Event(sequence, time, type, fields);
        } catch (SealedLine.Broken | DateTimeException e) {
            throw new LedgerException(
                    "line "
                            + number
                            + " of "
                            + where
                            + " is not what was written: "
                            + e.getMessage()
                            + "; restore the file from a copy",
                    e);
        }
    }

    private static int indexOf(byte[] bytes, int value, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] == value) {
                return i;
            }
        }
        return -1;
    }
}
