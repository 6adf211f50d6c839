package dev.promptpo.kernel;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.dflib.jjava.jupyter.messages.publish.PublishStream;
import org.dflib.jjava.jupyter.messages.publish.PublishStream.StreamType;

/**
 * {@code System.out} and {@code System.err} as a notebook sees them: text goes to the cell that
 * runs, or ran last, whichever thread prints it, in the order in which it was printed.
 *
 * <p>Text is gathered and sent when the other stream speaks, when 32 KiB are there, 50 ms after the
 * first of it, and before anything else is shown: a message a print would drown the notebook.
 */
final class CellOutput {
    private static final int SEND_AT_BYTES = 32 << 10;
    private static final long SEND_AFTER_MS = 50;

    private final PrintStream out = printStream(StreamType.OUT);
    private final PrintStream err = printStream(StreamType.ERR);
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    work -> Thread.ofPlatform().daemon().name("output").unstarted(work));

    private final Object lock = new Object();

    // Guarded by lock.
    private final ByteArrayOutputStream gathered = new ByteArrayOutputStream();
    private StreamType stream = StreamType.OUT;
    private boolean scheduled;
    private Consumer<PublishStream> target = ignored -> {};

    PrintStream out() {
        return out;
    }

    PrintStream err() {
        return err;
    }

    /** Makes these {@code System.out} and {@code System.err}, for good. */
    void install() {
        System.setOut(out);
        System.setErr(err);
    }

    /** From now on, text goes there; what was gathered goes where it belonged. */
    void sendTo(Consumer<PublishStream> newTarget) {
        synchronized (lock) {
            flush();
            target = newTarget;
        }
    }

    /** Sends what has been gathered; of a character that has only come in part, nothing. */
    void flush() {
        synchronized (lock) {
            byte[] bytes = gathered.toByteArray();
            int whole = wholeCharacters(bytes);
            if (whole > 0) {
                gathered.reset();
                gathered.write(bytes, whole, bytes.length - whole);
                target.accept(
                        new PublishStream(
                                stream, new String(bytes, 0, whole, StandardCharsets.UTF_8)));
            }
        }
    }

    private void write(StreamType to, byte[] bytes, int from, int length) {
        synchronized (lock) {
            if (to != stream) {
                flush();
                gathered.reset();
                stream = to;
            }
            gathered.write(bytes, from, length);
            if (gathered.size() >= SEND_AT_BYTES) {
                flush();
            } else if (!scheduled) {
                scheduled = true;
                timer.schedule(this::flushLater, SEND_AFTER_MS, TimeUnit.MILLISECONDS);
            }
        }
    }

    private void flushLater() {
        synchronized (lock) {
            scheduled = false;
            flush();
        }
    }

    /** How many of the bytes are whole UTF-8 characters: all but up to three at the end. */
    private static int wholeCharacters(byte[] bytes) {
        for (int back = 1; back <= Math.min(3, bytes.length); back++) {
            int b = bytes[bytes.length - back] & 0xff;
            if (b < 0x80) {
                return bytes.length;
            }
            if (b >= 0xc0) {
                int needed = b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : 2;
                return needed > back ? bytes.length - back : bytes.length;
            }
        }
        return bytes.length;
    }

    private PrintStream printStream(StreamType type) {
        OutputStream sink =
                new OutputStream() {
                    @Override
                    public void write(int b) {
                        CellOutput.this.write(type, new byte[] {(byte) b}, 0, 1);
                    }

                    @Override
                    public void write(byte[] bytes, int from, int length) {
                        CellOutput.this.write(type, bytes, from, length);
                    }
                };
        return new PrintStream(sink, false, StandardCharsets.UTF_8);
    }
}
