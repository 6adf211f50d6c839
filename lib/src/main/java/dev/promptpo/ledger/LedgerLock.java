package dev.promptpo.ledger;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One writer a folder. The lock is the operating system's and ends with its process, however that
 * ends; the file's text only says who holds it.
 */
final class LedgerLock implements AutoCloseable {
    /**
     * POSIX drops a process's lock as soon as the process closes any descriptor of the file, so a
     * second attempt within this process must not even open it.
     */
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final RandomAccessFile file;

    private LedgerLock(Path folder, RandomAccessFile file) {
        this.folder = folder;
        this.file = file;
    }

    /**
     * Takes the lock of an existing folder.
     *
     * @throws LedgerException when another writer holds it
     */
    static LedgerLock take(Path directory) throws IOException {
        Path folder = directory.toRealPath();
        if (!HELD_HERE.add(folder)) {
            throw refused(directory, "this process");
        }
        RandomAccessFile file = null;
        try {
            file = new RandomAccessFile(folder.resolve("lock").toFile(), "rw");
            Optional<FileLock> lock = tryLock(file);
            if (lock.isEmpty()) {
                throw refused(directory, holder(file));
            }
            String text =
                    "process %d since %s%n"
                            .formatted(
                                    ProcessHandle.current().pid(),
                                    Instant.now().truncatedTo(ChronoUnit.SECONDS));
            file.setLength(0);
            file.write(text.getBytes(StandardCharsets.UTF_8));
            return new LedgerLock(folder, file);
        } catch (IOException | LedgerException e) {
            HELD_HERE.remove(folder);
            if (file != null) {
                file.close();
            }
            throw e;
        }
    }

    private static Optional<FileLock> tryLock(RandomAccessFile file) throws IOException {
        try {
            return Optional.ofNullable(file.getChannel().tryLock());
        } catch (OverlappingFileLockException e) {
            return Optional.empty();
        }
    }

    private static String holder(RandomAccessFile file) throws IOException {
        String line = file.readLine();
        return line == null || line.isBlank() ? "another process" : line.strip();
    }

    private static LedgerException refused(Path directory, String holder) {
        return new LedgerException(
                "the run in "
                        + directory
                        + " is being written by "
                        + holder
                        + ": a run has one writer; close that one first, or use another folder");
    }

    @Override
    public void close() throws IOException {
        try {
            file.close();
        } finally {
            HELD_HERE.remove(folder);
        }
    }
}
