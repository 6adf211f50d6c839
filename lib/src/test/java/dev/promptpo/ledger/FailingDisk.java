package dev.promptpo.ledger;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Arrays;

/** A disk that fails for good at its n-th operation. */
final class FailingDisk implements Disk {
    private final Way way;
    private final int failAt;
    private int operations;

    FailingDisk(Way way, int failAt) {
        this.way = way;
        this.failAt = failAt;
    }

    /** What of the failing operation happens. */
    enum Way {
        BEFORE,
        HALF,
        AFTER
    }

    int operations() {
        return operations;
    }

    @Override
    public void write(RandomAccessFile file, byte[] bytes) throws IOException {
        perform(
                () -> REAL.write(file, bytes),
                () -> REAL.write(file, Arrays.copyOf(bytes, bytes.length / 2)));
    }

    @Override
    public void sync(RandomAccessFile file) throws IOException {
        perform(() -> REAL.sync(file), () -> {});
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        perform(() -> REAL.move(from, to), () -> {});
    }

    @Override
    public void syncFolder(Path folder) throws IOException {
        perform(() -> REAL.syncFolder(folder), () -> {});
    }

    @Override
    public void truncate(RandomAccessFile file, long length) throws IOException {
        perform(() -> REAL.truncate(file, length), () -> {});
    }

    private void perform(Operation whole, Operation half) throws IOException {
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
        throw new IOException("No space left on device");
    }

    @FunctionalInterface
    private interface Operation {
        void run() throws IOException;
    }
}
