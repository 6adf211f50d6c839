package dev.promptpo.ledger;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.util.Arrays;

/**
 * A disk that fails for good at its n-th operation. Forcing is counted and may fail, but nothing is
 * forced: no test here takes the power away, and many a run is written.
 */
final class FailingDisk implements Disk {
    private final Trouble trouble;
    private final Way way;
    private final int failAt;
    private int operations;

    FailingDisk(Trouble trouble, Way way, int failAt) {
        this.trouble = trouble;
        this.way = way;
        this.failAt = failAt;
    }

    /** What of the failing operation happens. */
    enum Way {
        BEFORE,
        HALF,
        AFTER
    }

    /** What the operating system says, in the exceptions in which Java passes it on. */
    enum Trouble {
        /** ENOSPC. */
        FULL("No space left on device"),
        /** EROFS: the file system was mounted again for reading, as after an error of the disk. */
        READ_ONLY("Read-only file system"),
        /** The same of a file system that is written in Java: no IOException, and no message. */
        READ_ONLY_UNCHECKED("Read-only file system");

        private final String message;

        Trouble(String message) {
            this.message = message;
        }

        String message() {
            return message;
        }

        private IOException ofFile() {
            refuseUnchecked();
            return new IOException(message);
        }

        /** As {@link RandomAccessFile} words it. */
        private IOException ofOpening(Path file) {
            refuseUnchecked();
            return new FileNotFoundException(file + " (" + message + ")");
        }

        /** As {@link java.nio.file.Files} words it. */
        private IOException ofPath(Path one, Path other) {
            refuseUnchecked();
            return new FileSystemException(
                    one.toString(), other == null ? null : other.toString(), message);
        }

        private void refuseUnchecked() {
            if (this == READ_ONLY_UNCHECKED) {
                throw new ReadOnlyFileSystemException();
            }
        }
    }

    int operations() {
        return operations;
    }

    @Override
    public void createFolder(Path folder) throws IOException {
        perform(() -> UNFORCED.createFolder(folder), () -> {}, () -> trouble.ofPath(folder, null));
    }

    @Override
    public RandomAccessFile open(Path file) throws IOException {
        perform(
                () -> UNFORCED.open(file).close(),
                () -> UNFORCED.open(file).close(),
                () -> trouble.ofOpening(file));
        return UNFORCED.open(file);
    }

    @Override
    public void write(RandomAccessFile file, byte[] bytes) throws IOException {
        perform(
                () -> UNFORCED.write(file, bytes),
                () -> UNFORCED.write(file, Arrays.copyOf(bytes, bytes.length / 2)),
                trouble::ofFile);
    }

    @Override
    public void sync(RandomAccessFile file) throws IOException {
        perform(() -> UNFORCED.sync(file), () -> {}, trouble::ofFile);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        perform(() -> UNFORCED.move(from, to), () -> {}, () -> trouble.ofPath(from, to));
    }

    @Override
    public void syncFolder(Path folder) throws IOException {
        perform(() -> UNFORCED.syncFolder(folder), () -> {}, () -> trouble.ofPath(folder, null));
    }

    @Override
    public void truncate(RandomAccessFile file, long length) throws IOException {
        perform(() -> UNFORCED.truncate(file, length), () -> {}, trouble::ofFile);
    }

    private void perform(Operation whole, Operation half, Failure failure) throws IOException {
        int number = operations++;
        if (number < failAt) {
            whole.run();
            return;
        }
        if (number == failAt && way == Way.HALF) {
            half.run();
        } else if (number == failAt && way == Way.AFTER) {
            whole.run();
        }
        throw failure.exception();
    }

    @FunctionalInterface
    private interface Operation {
        void run() throws IOException;
    }

    @FunctionalInterface
    private interface Failure {
        IOException exception();
    }
}
