package dev.promptpo.python;

import java.io.PrintStream;

/**
 * Where Python's {@code sys.stdout} or {@code sys.stderr} goes: to the streams that the caller of
 * the running task had, so that a notebook's cell gets its own prints.
 *
 * <p>Public because Python calls it.
 */
public final class CallerOutput {
    private static final ThreadLocal<Streams> CURRENT = new ThreadLocal<>();

    private final boolean error;

    CallerOutput(boolean error) {
        this.error = error;
    }

    /** The two streams of a caller. */
    record Streams(PrintStream out, PrintStream err) {
        static Streams ofCaller() {
            Streams nested = CURRENT.get();
            return nested != null ? nested : new Streams(System.out, System.err);
        }
    }

    static void enter(Streams streams) {
        CURRENT.set(streams);
    }

    static void leave() {
        Streams streams = CURRENT.get();
        CURRENT.remove();
        streams.out().flush();
        streams.err().flush();
    }

    /** Writes text. */
    public void print(String text) {
        stream().print(text);
    }

    /** Pushes it out. */
    public void flush() {
        stream().flush();
    }

    private PrintStream stream() {
        Streams streams = CURRENT.get();
        if (streams == null) {
            return error ? System.err : System.out;
        }
        return error ? streams.err() : streams.out();
    }
}
