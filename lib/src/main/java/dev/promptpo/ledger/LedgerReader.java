package dev.promptpo.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/**
 * Reads a run's folder; never writes, takes no lock, and may be used while a writer is at work: a
 * line that has not got its newline yet is left out.
 */
public final class LedgerReader {
    private final Path directory;
    private final RunDocument run;
    private final Payloads payloads;

    private LedgerReader(Path directory, RunDocument run) {
        this.directory = directory;
        this.run = run;
        this.payloads = new Payloads(directory);
    }

    /**
     * Opens a run's folder.
     *
     * @throws LedgerException when it is not one, was written by a newer version, or {@code
     *     run.json} is not what was written
     */
    public static LedgerReader open(Path directory) {
        return new LedgerReader(directory, readDocument(directory));
    }

    static LedgerReader of(Path directory, RunDocument run) {
        return new LedgerReader(directory, run);
    }

    public Path directory() {
        return directory;
    }

    /** {@code run.json}. */
    public RunDocument run() {
        return run;
    }

    /**
     * All events committed so far, in order.
     *
     * @throws LedgerException naming the line that is not what was written
     */
    public List<Event> events() {
        return log(directory).events();
    }

    /**
     * Checks all events committed so far and tells of those that are wanted, in order. Much faster
     * than {@link #events()} where little is wanted.
     *
     * @param visitor is told the type and at least the wanted fields of each
     * @throws LedgerException naming the line that is not what was written; what was told before is
     *     then to be thrown away
     */
    public void visit(EventSelection wanted, BiConsumer<String, ObjectNode> visitor) {
        EventLog.visit(bytes(directory), file(directory), wanted, visitor);
    }

    /**
     * The bytes of a payload.
     *
     * @param digest its SHA-256, as an event names it
     * @throws LedgerException when it is missing or was changed
     */
    public byte[] payload(String digest) {
        return payloads.read(digest);
    }

    /** A payload as UTF-8 text. */
    public String payloadText(String digest) {
        return payloads.readText(digest);
    }

    /**
     * Checks every line and every payload that an event names.
     *
     * @return how many payloads were checked
     * @throws LedgerException at the first that is missing or not what was written
     */
    public int verify() {
        TreeSet<String> named = new TreeSet<>();
        for (Event event : events()) {
            event.fields().fields().forEachRemaining(f -> collect(f.getKey(), f.getValue(), named));
        }
        named.forEach(payloads::read);
        return named.size();
    }

    /** Payloads are named by fields that end in {@code _payload}. */
    private static void collect(String name, JsonNode value, TreeSet<String> into) {
        if (name.endsWith("_payload") && value.isTextual()) {
            into.add(value.asText());
        }
        if (value.isArray()) {
            value.forEach(item -> collect(name, item, into));
        }
        value.fields().forEachRemaining(f -> collect(f.getKey(), f.getValue(), into));
    }

    static EventLog log(Path directory) {
        return EventLog.parse(bytes(directory), file(directory));
    }

    private static String file(Path directory) {
        return directory.resolve(Ledger.EVENTS).toString();
    }

    /** Of all lines; none where the run was begun and nothing has happened yet. */
    private static byte[] bytes(Path directory) {
        Path file = directory.resolve(Ledger.EVENTS);
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return new byte[0];
        } catch (IOException e) {
            throw new LedgerException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    static RunDocument readDocument(Path directory) {
        Path file = directory.resolve(Ledger.RUN);
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new LedgerException(
                    directory + " is not a run's folder: it has no " + Ledger.RUN, e);
        } catch (IOException e) {
            throw new LedgerException("cannot read " + file + ": " + e.getMessage(), e);
        }
        refuseNewer(bytes, file);
        int length = bytes.length;
        if (length > 0 && bytes[length - 1] == '\n') {
            length--;
        }
        try {
            ObjectNode json = SealedLine.open(Arrays.copyOf(bytes, length));
            return RunDocument.fromJson(json);
        } catch (SealedLine.Broken | DateTimeException e) {
            throw new LedgerException(
                    file
                            + " is not what was written: "
                            + e.getMessage()
                            + "; restore it from a copy",
                    e);
        }
    }

    /** Looked at before the checksum: a newer format may be sealed in another way. */
    private static void refuseNewer(byte[] bytes, Path file) {
        int schema;
        try {
            schema = Json.MAPPER.readTree(bytes).path("schema").asInt();
        } catch (IOException e) {
            return; // the checksum says it better
        }
        RunDocument.refuseNewer(schema, file.toString());
    }
}
