package dev.promptpo.ledger;

import java.nio.file.Path;
import java.util.function.BiFunction;

/** Opens ledgers on a disk that fails, for tests of other packages. */
public final class FailingLedgers {
    private final FailingDisk disk;

    private FailingLedgers(FailingDisk disk) {
        this.disk = disk;
    }

    /** A disk that never fails and counts its operations. */
    public static FailingLedgers counting() {
        return new FailingLedgers(new FailingDisk(FailingDisk.Way.BEFORE, Integer.MAX_VALUE));
    }

    /** A disk that fails for good at an operation, with half of it done where it can be halved. */
    public static FailingLedgers failingAt(int operation) {
        return new FailingLedgers(new FailingDisk(FailingDisk.Way.HALF, operation));
    }

    public BiFunction<Path, RunDocument, Ledger> opening() {
        return (folder, document) -> Ledger.openOrBegin(folder, document, disk);
    }

    /** Writes, forces and moves so far. */
    public int operations() {
        return disk.operations();
    }
}
