package dev.promptpo.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptpo.ledger.EventSelection.Part;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Reading {@code events.jsonl}: its events, and where the committed part ends.
 *
 * @param events in order
 * @param committed bytes up to and including the last newline
 * @param tail what follows it; empty in a ledger that was closed or is between two events
 */
record EventLog(List<Event> events, long committed, byte[] tail) {
    private static final List<String> HEAD = List.of("sequence", "time", "type");

    /** The event that says in which format those after it are written. */
    private static final String SESSION = "session_started";

    private static final byte[] TYPE = "\",\"type\":\"".getBytes(UTF_8);

    /**
     * Reads all whole lines.
     *
     * @param where the file's name, for messages
     * @throws LedgerException naming the line that is not what was written
     */
    static EventLog parse(byte[] bytes, String where) {
        List<Event> events = new ArrayList<>();
        int committed =
                eachLine(
                        bytes,
                        where,
                        (from, to, number) -> events.add(event(bytes, from, to, number, where)));
        return new EventLog(
                List.copyOf(events), committed, Arrays.copyOfRange(bytes, committed, bytes.length));
    }

    /**
     * Checks all whole lines and tells of the events that are wanted, in order.
     *
     * @param visitor is told the type and at least the wanted fields
     * @throws LedgerException naming the line that is not what was written
     */
    static void visit(
            byte[] bytes,
            String where,
            EventSelection wanted,
            BiConsumer<String, ObjectNode> visitor) {
        eachLine(
                bytes,
                where,
                (from, to, number) -> {
                    SealedLine.check(bytes, from, to);
                    Optional<String> type = typeOf(bytes, from, to, number);
                    if (type.isPresent() && !type.get().equals(SESSION)) {
                        Optional<Part> part = wanted.of(type.get());
                        if (part.isEmpty()) {
                            return;
                        }
                        Optional<ObjectNode> some =
                                SelectiveReader.read(bytes, from, to, part.get());
                        if (some.isPresent()) {
                            visitor.accept(type.get(), some.get());
                            return;
                        }
                    }
                    Event event = event(bytes, from, to, number, where);
                    if (wanted.of(event.type()).isPresent()) {
                        visitor.accept(event.type(), event.fields());
                    }
                });
    }

    /**
     * The type of a line that has the expected sequence number and begins as we write it, which
     * spares parsing the line to learn that it is not wanted; empty where parsing must tell.
     */
    private static Optional<String> typeOf(byte[] bytes, int from, int to, long number) {
        byte[] head = ("{\"sequence\":" + number + ",\"time\":\"").getBytes(UTF_8);
        if (!begins(bytes, from, to, head)) {
            return Optional.empty();
        }
        int time = indexOf(bytes, '"', from + head.length, to);
        if (time < 0 || !begins(bytes, time, to, TYPE)) {
            return Optional.empty();
        }
        int type = time + TYPE.length;
        int end = indexOf(bytes, '"', type, to);
        // A name with an escape in it is parsed: it may hold a quote.
        return end < 0 || indexOf(bytes, '\\', type, end) >= 0
                ? Optional.empty()
                : Optional.of(new String(bytes, type, end - type, UTF_8));
    }

    private static boolean begins(byte[] bytes, int from, int to, byte[] with) {
        return to - from >= with.length
                && Arrays.equals(bytes, from, from + with.length, with, 0, with.length);
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
        int first = indexOf(bytes, 0, start, end);
        return first >= 0 && indexOf(bytes, 0, first + 1, end) >= 0;
    }

    /**
     * Goes through the lines that have their newline.
     *
     * @return bytes up to and including the last of them
     */
    private static int eachLine(byte[] bytes, String where, Line visitor) {
        int start = 0;
        long number = 0;
        while (start < bytes.length) {
            int end = indexOf(bytes, '\n', start, bytes.length);
            if (end < 0) {
                refuseChangedNewline(bytes, start, where, number + 1);
                break;
            }
            if (neverReachedTheDisk(bytes, start, end)) {
                break;
            }
            number++;
            try {
                visitor.take(start, end, number);
            } catch (SealedLine.Broken | DateTimeException e) {
                throw broken(where, number, e.getMessage(), e);
            }
            start = end + 1;
        }
        return start;
    }

    /** A whole line with another byte than its newline behind it is no torn one. */
    private static void refuseChangedNewline(byte[] bytes, int start, String where, long number) {
        int last = bytes.length - 1;
        if (bytes[last] == 0) {
            return; // see neverReachedTheDisk
        }
        try {
            SealedLine.check(bytes, start, last);
        } catch (SealedLine.Broken e) {
            return;
        }
        throw broken(where, number, "its newline was changed", null);
    }

    private static LedgerException broken(
            String where, long number, String reason, Exception cause) {
        return new LedgerException(
                "line "
                        + number
                        + " of "
                        + where
                        + " is not what was written: "
                        + reason
                        + "; restore the file from a copy",
                cause);
    }

    private static Event event(byte[] bytes, int from, int to, long number, String where)
            throws SealedLine.Broken {
        SealedLine.check(bytes, from, to);
        ObjectNode fields = SealedLine.read(bytes, from, to);
        long sequence = fields.path("sequence").asLong(-1);
        if (sequence != number) {
            throw new SealedLine.Broken(
                    "it has sequence number " + sequence + " where " + number + " comes next");
        }
        Instant time = Instant.parse(fields.path("time").asText());
        String type = fields.path("type").asText();
        if (type.equals(SESSION)) {
            RunDocument.refuseNewer(
                    fields.path("schema").asInt(), "line " + number + " of " + where);
        }
        fields.remove(HEAD);
        return new Event(sequence, time, type, fields);
    }

    /** A line from its first byte to its newline, numbered from 1. */
    private interface Line {
        void take(int from, int to, long number) throws SealedLine.Broken;
    }

    private static int indexOf(byte[] bytes, int value, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == value) {
                return i;
            }
        }
        return -1;
    }
}
