package dev.promptpo.ledger;

import dev.promptpo.ledger.FailingDisk.Trouble;
import dev.promptpo.ledger.FailingDisk.Way;
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
        return new FailingLedgers(new FailingDisk(Trouble.FULL, Way.BEFORE, Integer.MAX_VALUE));
    }

    /**
     * A disk that is full from an operation on; half of that one is done where it can be halved.
     */
    public static FailingLedgers fullAt(int operation) {
        return new FailingLedgers(new FailingDisk(Trouble.FULL, Way.HALF, operation));
    }

    /** A file system that can only be read from an operation on, of which nothing is done. */
    public static FailingLedgers readOnlyAt(int operation) {
        return new FailingLedgers(new FailingDisk(Trouble.READ_ONLY, Way.BEFORE, operation));
    }

    public BiFunction<Path, RunDocument, Ledger> opening() {
        return (folder, document) -> Ledger.openOrBegin(folder, document, disk);
    }

    /** Folders and files made, writes, forces and moves so far. */
    public int operations() {
        return disk.operations();
    }
}
