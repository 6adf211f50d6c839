package dev.promptpo.ledger;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Writes a run's folder. An event is on the device when {@link #append} returns, and so is every
 * payload that it names; nothing is rewritten in place.
 *
 * <p>May be used from many threads at once: all writing happens on one thread of its own, which no
 * interrupt reaches, so an interrupted caller never leaves half an event behind. After a failed
 * write (disk full, folder gone) the ledger takes nothing more; what was committed is intact and
 * opening the folder again goes on from there.
 */
public final class Ledger implements AutoCloseable {
    static final String RUN = "run.json";
    static final String EVENTS = "events.jsonl";

    private final Path directory;
    private final Disk disk;
    private final LedgerLock lock;
    private final RunDocument run;
    private final List<Event> found;
    private final Optional<Repair> repair;
    private final RandomAccessFile file;
    private final Payloads payloads;
    private final ExecutorService writer;

    private long sequence;
    private Optional<LedgerException> broken = Optional.empty();

    private Ledger(Path directory, Disk disk, LedgerLock lock, RunDocument run, Opened opened) {
        this.directory = directory;
        this.disk = disk;
        this.lock = lock;
        this.run = run;
        this.found = opened.events;
        this.repair = opened.repair;
        this.file = opened.file;
        this.sequence = found.size();
        this.payloads = new Payloads(directory);
        this.writer =
                Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().daemon().name("ledger-", 0).factory());
    }

    /**
     * Opens the run in a folder for writing, or begins one there.
     *
     * @param wanted written as {@code run.json} where there is none; else the one found counts:
     *     compare {@link #run()}
     * @throws LedgerException when another writer holds the folder, it cannot be written, or what
     *     is in it is broken or newer
     */
    public static Ledger openOrBegin(Path directory, RunDocument wanted) {
        return openOrBegin(directory, wanted, Disk.REAL);
    }

    /**
     * As {@link #openOrBegin}, but nothing is forced to the device: a power cut can take events
     * that were appended. For what can be made again from a seed, such as a benchmark's runs.
     */
    public static Ledger openUnforced(Path directory, RunDocument wanted) {
        return openOrBegin(directory, wanted, Disk.UNFORCED);
    }

    static Ledger openOrBegin(Path directory, RunDocument wanted, Disk disk) {
        try {
            disk.createFolder(directory);
            LedgerLock lock = LedgerLock.take(directory);
            try {
                Path document = directory.resolve(RUN);
                if (!Files.exists(document)) {
                    refuseOrphans(directory);
                    disk.writeWhole(document, SealedLine.seal(wanted.toJson()));
                    Path parent = directory.toAbsolutePath().getParent();
                    if (parent != null) {
                        disk.syncFolder(parent);
                    }
                }
                return openLocked(directory, disk, lock);
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException | ReadOnlyFileSystemException e) {
            throw cannotWrite(directory, e);
        }
    }

    /**
     * Opens an existing run for writing.
     *
     * @throws LedgerException as {@link #openOrBegin}, and when the folder holds no run
     */
    public static Ledger open(Path directory) {
        LedgerReader.readDocument(directory);
        try {
            LedgerLock lock = LedgerLock.take(directory);
            try {
                return openLocked(directory, Disk.REAL, lock);
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException | ReadOnlyFileSystemException e) {
            throw cannotWrite(directory, e);
        }
    }

    private static Ledger openLocked(Path directory, Disk disk, LedgerLock lock)
            throws IOException {
        RunDocument run = LedgerReader.readDocument(directory);
        Disk.sweep(directory);
        Disk.sweep(new Payloads(directory).folder());
        return new Ledger(directory, disk, lock, run, Opened.of(directory, disk));
    }

    /** Events without a run.json were not begun here: something was lost. */
    private static void refuseOrphans(Path directory) throws IOException {
        Path events = directory.resolve(EVENTS);
        if (Files.exists(events) && Files.size(events) > 0) {
            throw new LedgerException(
                    directory
                            + " has events but no run.json: restore that file, or use another"
                            + " folder");
        }
    }

    public Path directory() {
        return directory;
    }

    /** {@code run.json}. */
    public RunDocument run() {
        return run;
    }

    /** The events found at opening, in order. */
    public List<Event> found() {
        return found;
    }

    /** What opening mended, if anything. */
    public Optional<Repair> repair() {
        return repair;
    }

    /** A reader of the same folder. */
    public LedgerReader reader() {
        return LedgerReader.of(directory, run);
    }

    /**
     * Commits an event.
     *
     * @param fields everything but sequence, time, type and crc; not kept
     * @return the event as written, on the device
     * @throws LedgerException when it could not be written; then it did not happen
     */
    public Event append(String type, ObjectNode fields) {
        ObjectNode copy = Json.wellFormed(fields);
        return onWriter(() -> {
            Event event =
                    new Event(
                            sequence + 1, Instant.now().truncatedTo(ChronoUnit.MILLIS), type, copy);
            byte[] line = SealedLine.seal(toJson(event));
            onDisk(() -> {
                disk.write(file, line);
                disk.sync(file);
                return line.length;
            });
            sequence++;
            return event;
        });
    }

    /**
     * Stores bytes under their SHA-256.
     *
     * @return the digest, to be named in an event; the bytes are on the device
     */
    public String store(byte[] bytes) {
        return onWriter(() -> onDisk(() -> payloads.store(disk, bytes)));
    }

    /** Stores text as UTF-8; an unpaired surrogate becomes U+FFFD. */
    public String store(String text) {
        return store(Json.wellFormed(text).getBytes(StandardCharsets.UTF_8));
    }

    /** Ends writing and gives the folder free. What was appended is already safe. */
    @Override
    public void close() {
        endWriter();
        try {
            file.close();
            lock.close();
        } catch (IOException e) {
            throw cannotWrite(directory, e);
        }
    }

    /** Not ExecutorService.close: that interrupts its thread when the caller is interrupted. */
    private void endWriter() {
        writer.shutdown();
        boolean interrupted = false;
        while (!writer.isTerminated()) {
            try {
                writer.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static ObjectNode toJson(Event event) {
        ObjectNode json = Json.object();
        json.put("sequence", event.sequence());
        json.put("time", event.time().toString());
        json.put("type", event.type());
        event.fields().fields().forEachRemaining(f -> json.set(f.getKey(), f.getValue()));
        return json;
    }

    private <T> T onWriter(Supplier<T> work) {
        CompletableFuture<T> done = new CompletableFuture<>();
        try {
            writer.execute(() -> {
                try {
                    done.complete(work.get());
                } catch (Throwable e) {
                    done.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            throw new LedgerException("the run in " + directory + " is closed", e);
        }
        try {
            return done.join(); // not interruptible, on purpose
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** After one failure nothing is written: half a line may stand at the end of the file. */
    private <T> T onDisk(Work<T> work) {
        if (broken.isPresent()) {
            throw new LedgerException(broken.get().getMessage(), broken.get());
        }
        try {
            return work.run();
        } catch (IOException | ReadOnlyFileSystemException e) {
            LedgerException failure = cannotWrite(directory, e);
            broken = Optional.of(failure);
            throw failure;
        } catch (RuntimeException | Error e) {
            broken = Optional.of(cannotWrite(directory, e));
            throw e;
        }
    }

    private static LedgerException cannotWrite(Path directory, Throwable e) {
        Optional<Path> file = fileInTheWay(directory);
        if (file.isPresent()) {
            return new LedgerException(
                    "cannot write the run in "
                            + directory
                            + ": "
                            + file.get()
                            + " is a file, and a folder is needed there; name another folder",
                    e);
        }
        return new LedgerException(
                "cannot write the run in "
                        + directory
                        + " ("
                        + reason(e)
                        + "): make room or give access, then run it again; what was written"
                        + " before is safe",
                e);
    }

    /** One line; the exceptions of files say no more than a name. */
    private static String reason(Throwable e) {
        String message =
                e.getMessage() == null ? "" : e.getMessage().lines().findFirst().orElse("");
        return switch (e) {
            case ReadOnlyFileSystemException readOnly -> "Read-only file system";
            case AccessDeniedException denied -> message + ": access denied";
            case NoSuchFileException gone -> message + ": it is not there any more";
            default -> message.isEmpty() ? e.getClass().getSimpleName() : message;
        };
    }

    private static Optional<Path> fileInTheWay(Path directory) {
        for (Path at = directory; at != null; at = at.getParent()) {
            if (Files.exists(at)) {
                return Files.isDirectory(at) ? Optional.empty() : Optional.of(at);
            }
        }
        return Optional.empty();
    }

    private interface Work<T> {
        T run() throws IOException;
    }

    /** {@code events.jsonl}, mended, with its pointer at the end. */
    private record Opened(RandomAccessFile file, List<Event> events, Optional<Repair> repair) {

        static Opened of(Path directory, Disk disk) throws IOException {
            Path path = directory.resolve(EVENTS);
            boolean fresh = !Files.exists(path);
            RandomAccessFile file = disk.open(path);
            try {
                if (fresh) {
                    disk.syncFolder(directory);
                }
                EventLog log = LedgerReader.log(directory);
                Optional<Repair> repair = mend(directory, disk, file, log);
                if (repair.isPresent()) {
                    log = LedgerReader.log(directory);
                }
                file.seek(file.length());
                return new Opened(file, log.events(), repair);
            } catch (IOException | RuntimeException e) {
                file.close();
                throw e;
            }
        }

        private static Optional<Repair> mend(
                Path directory, Disk disk, RandomAccessFile file, EventLog log) throws IOException {
            byte[] tail = log.tail();
            if (tail.length == 0) {
                return Optional.empty();
            }
            long line = log.events().size() + 1L;
            boolean whole = log.tailIsWhole();
            if (whole) {
                file.seek(file.length());
                disk.write(file, new byte[] {'\n'});
            } else {
                String name = "torn-" + line + "-" + Payloads.digest(tail).substring(0, 8);
                disk.writeWhole(directory.resolve(name), tail);
                disk.truncate(file, log.committed());
            }
            disk.sync(file);
            return Optional.of(new Repair(line, tail.length, whole));
        }
    }
}
