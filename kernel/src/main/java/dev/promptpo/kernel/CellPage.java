package dev.promptpo.kernel;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.dflib.jjava.jupyter.messages.publish.PublishStream;
import org.dflib.jjava.jupyter.messages.publish.PublishStream.StreamType;

/**
 * The text below one cell. Beyond 2.5 MB, or 20,000 changes between the streams, it is not sent any
 * more (Jupyter's server drops floods, and a browser that gets one is slow for good): the rest goes
 * to a file, and the cell says so.
 *
 * <p>Not safe for threads: {@link CellOutput} holds its lock around every call.
 */
final class CellPage {
    private static final int SEND_AT_BYTES = 32 << 10;
    private static final long MOST_BYTES = 2_500_000;
    private static final int MOST_MESSAGES = 20_000;

    private final Consumer<PublishStream> target;
    private final ByteArrayOutputStream gathered = new ByteArrayOutputStream();
    private StreamType stream = StreamType.OUT;
    private long sent;
    private int messages;
    private Optional<Rest> rest = Optional.empty();

    CellPage(Consumer<PublishStream> target) {
        this.target = target;
    }

    void write(StreamType to, byte[] bytes, int from, int length) {
        if (rest.isPresent()) {
            rest.get().write(bytes, from, length);
            return;
        }
        if (to != stream) {
            send();
            gathered.reset();
            stream = to;
        }
        gathered.write(bytes, from, length);
        if (gathered.size() >= SEND_AT_BYTES) {
            send();
        }
    }

    /** Sends what has been gathered; of a character that has only come in part, nothing. */
    void send() {
        rest.ifPresent(Rest::flush);
        byte[] bytes = gathered.toByteArray();
        int whole = wholeCharacters(bytes, bytes.length);
        if (whole == 0) {
            return;
        }
        gathered.reset();
        int room = (int) Math.min(whole, Math.max(0, MOST_BYTES - sent));
        int now = messages < MOST_MESSAGES ? wholeCharacters(bytes, room) : 0;
        if (now > 0) {
            publish(new String(bytes, 0, now, StandardCharsets.UTF_8));
            sent += now;
        }
        if (now < whole) {
            overflow(bytes, now);
        } else {
            gathered.write(bytes, whole, bytes.length - whole);
        }
    }

    private void overflow(byte[] bytes, int from) {
        Rest opened = Rest.open();
        opened.write(bytes, from, bytes.length - from);
        rest = Optional.of(opened);
        say("The output is cut here, after " + megabytes(sent) + "; " + opened.whereabouts());
    }

    /** The cell has ended: says how much there is in the file. */
    void end() {
        rest.ifPresent(opened -> {
            opened.flush();
            say(megabytes(opened.size) + " more of output: " + opened.whereabouts());
        });
    }

    /** What was shown has been taken away, so that there is room again. */
    void clear() {
        rest.ifPresent(Rest::flush);
        rest = Optional.empty();
        sent = 0;
        messages = 0;
    }

    private void say(String notice) {
        stream = StreamType.ERR;
        publish("\n[" + notice + "]\n");
    }

    private void publish(String text) {
        messages++;
        target.accept(new PublishStream(stream, text));
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }

    /** How many of the first bytes are whole UTF-8 characters: all but up to three at the end. */
    private static int wholeCharacters(byte[] bytes, int length) {
        for (int back = 1; back <= Math.min(3, length); back++) {
            int b = bytes[length - back] & 0xff;
            if (b < 0x80) {
                return length;
            }
            if (b >= 0xc0) {
                int needed = b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : 2;
                return needed > back ? length - back : length;
            }
        }
        return length;
    }

    /** Where the rest of a flood goes. */
    private static final class Rest {
        private final Optional<Path> file;
        private OutputStream out;
        private Optional<IOException> failure = Optional.empty();
        private long size;

        private Rest(Optional<Path> file, OutputStream out) {
            this.file = file;
            this.out = out;
        }

        static Rest open() {
            try {
                Path file = Files.createTempFile("cell-output-", ".txt");
                return new Rest(
                        Optional.of(file), new BufferedOutputStream(Files.newOutputStream(file)));
            } catch (IOException e) {
                Rest lost = new Rest(Optional.empty(), OutputStream.nullOutputStream());
                lost.failure = Optional.of(e);
                return lost;
            }
        }

        void write(byte[] bytes, int from, int length) {
            size += length;
            try {
                out.write(bytes, from, length);
            } catch (IOException e) {
                fail(e);
            }
        }

        void flush() {
            try {
                out.flush();
            } catch (IOException e) {
                fail(e);
            }
        }

        private void fail(IOException e) {
            failure = Optional.of(e);
            out = OutputStream.nullOutputStream();
        }

        String whereabouts() {
            String where = file.map(path -> "the rest is in " + path).orElse("the rest is lost");
            return failure.map(e -> where + " (" + e + ")").orElse(where);
        }
    }
}
