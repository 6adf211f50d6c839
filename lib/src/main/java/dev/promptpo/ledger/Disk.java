package dev.promptpo.ledger;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * The operations on which a ledger's promises rest, in one place so that a test can let each of
 * them fail. Called on the ledger's own thread only: an interrupt would close a channel.
 */
interface Disk {
    Disk REAL = new Real();

    /** The file system, with nothing forced to the device: for what can be made again. */
    Disk UNFORCED = new Unforced();

    /** How the names of files begin that are not whole yet. */
    String UNFINISHED = ".unfinished-";

    /** Makes a folder, where it is not there yet. */
    void createFolder(Path folder) throws IOException;

    /** Opens a file for writing, and makes it where it is not there yet. */
    RandomAccessFile open(Path file) throws IOException;

    /** Appends bytes where the file's pointer stands. */
    void write(RandomAccessFile file, byte[] bytes) throws IOException;

    /** Forces a file's bytes and length to the device. */
    void sync(RandomAccessFile file) throws IOException;

    /** Puts a finished file in its place, atomically. */
    void move(Path from, Path to) throws IOException;

    /** Forces a folder's entries to the device. */
    void syncFolder(Path folder) throws IOException;

    /** Cuts a file to a length. */
    void truncate(RandomAccessFile file, long length) throws IOException;

    /** Writes a file that is either there whole or not at all. */
    default void writeWhole(Path file, byte[] bytes) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        // Not createTempFile: that would keep other users from reading the run.
        Path unfinished = folder.resolve(UNFINISHED + UUID.randomUUID());
        try {
            try (RandomAccessFile out = open(unfinished)) {
                write(out, bytes);
                sync(out);
            }
            move(unfinished, file);
        } catch (IOException | RuntimeException e) {
            discard(unfinished, e);
            throw e;
        }
        syncFolder(folder);
    }

    /** Where even this fails, the next opening sweeps; the first failure is the one to tell of. */
    private static void discard(Path unfinished, Exception failure) {
        try {
            Files.deleteIfExists(unfinished);
        } catch (IOException | RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    /** Takes away what a crash left half-written; nothing names it. */
    static void sweep(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, UNFINISHED + "*")) {
            for (Path file : left) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** Leaves forcing to the operating system. */
    final class Unforced extends Real {
        @Override
        public void sync(RandomAccessFile file) {}

        @Override
        public void syncFolder(Path folder) {}
    }

    /** The file system. */
    class Real implements Disk {
        @Override
        public void createFolder(Path folder) throws IOException {
            Files.createDirectories(folder);
        }

        @Override
        public RandomAccessFile open(Path file) throws IOException {
            return new RandomAccessFile(file.toFile(), "rw");
        }

        @Override
        public void write(RandomAccessFile file, byte[] bytes) throws IOException {
            file.write(bytes);
        }

        @Override
        public void sync(RandomAccessFile file) throws IOException {
            file.getFD().sync();
        }

        @Override
        public void move(Path from, Path to) throws IOException {
            Files.move(
                    from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }

        @Override
        public void syncFolder(Path folder) throws IOException {
            if (System.getProperty("os.name", "").startsWith("Windows")) {
                return; // a folder cannot be opened there
            }
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }

        @Override
        public void truncate(RandomAccessFile file, long length) throws IOException {
            file.setLength(length);
        }
    }
}
