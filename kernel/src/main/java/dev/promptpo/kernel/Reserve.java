package dev.promptpo.kernel;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Memory that is kept back from the cells: when they have filled the heap, the kernel can still
 * answer, and run a cell that frees something.
 *
 * <p>While the heap is full, any thread may be the one that is refused, not only the cell's. What
 * must not fail for that is done with {@link #persist}. The reserve is not for that: a cell that
 * still runs would have it all at once.
 */
final class Reserve {
    private static final int BLOCKS = 64;

    /** Small enough for any region of the heap. */
    private static final int BLOCK_BYTES = 128 << 10;

    private static final long BYTES = (long) BLOCKS * BLOCK_BYTES;

    private static final byte[][] NOTHING = {};

    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(20);

    /** For other threads of a cell to meet the end of memory as well, and let go. */
    private static final int PAUSES = 100;

    /** For a cell to meet the end of memory itself. */
    private static final long STARVED_NS = TimeUnit.SECONDS.toNanos(3);

    private final Runnable whenStarved;

    // What the blocks hold is read by nobody: they are there to be let go.
    private volatile byte[][] blocks = NOTHING;

    /** {@code whenStarved} is called when there has been no memory for seconds. */
    Reserve(Runnable whenStarved) {
        this.whenStarved = whenStarved;
        rehearse();
    }

    // What is done for the first time takes memory, too: a handler is looked for, classes start.
    private void rehearse() {
        reviveCommonPool();
        AtomicBoolean thrown = new AtomicBoolean();
        persist(() -> {
            if (thrown.compareAndSet(false, true)) {
                throw new OutOfMemoryError("only to see how it is met");
            }
        });
    }

    /** Does what must be done: once more whenever there was no memory for it. */
    void persist(Runnable work) {
        long since = 0;
        boolean starved = false;
        while (true) {
            try {
                if (since != 0 && System.nanoTime() - since > STARVED_NS) {
                    since = 0;
                    if (starved) {
                        // No cell is to blame, or none that can be stopped.
                        release();
                    }
                    starved = true;
                    whenStarved.run();
                }
                work.run();
                return;
            } catch (OutOfMemoryError e) {
                since = since == 0 ? System.nanoTime() : since;
                LockSupport.parkNanos(PAUSE_NS);
            }
        }
    }

    /** Keeps memory back where that is not so yet, and there is enough. */
    void fill() {
        if (blocks != NOTHING) {
            return;
        }
        if (available() < 2 * BYTES) {
            System.gc();
        }
        if (available() >= 2 * BYTES) {
            try {
                blocks = new byte[BLOCKS][BLOCK_BYTES];
            } catch (OutOfMemoryError e) {
                release();
            }
        }
    }

    /** After a cell: has memory for saying how it went, and waits for that, for seconds at most. */
    void makeRoom() {
        for (int pause = 0; available() < BYTES / 2 && pause < PAUSES; pause++) {
            release();
            System.gc();
            reviveCommonPool();
            LockSupport.parkNanos(PAUSE_NS);
        }
    }

    // Its threads, too, end for want of memory, and leave tasks behind with all that these hold.
    private static void reviveCommonPool() {
        try {
            ForkJoinPool.commonPool().execute(() -> {});
        } catch (OutOfMemoryError | LinkageError e) {
            // There may be another try.
        }
    }

    private void release() {
        blocks = NOTHING;
    }

    /** Bytes that can be had without a collection. */
    private static long available() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory();
    }
}
