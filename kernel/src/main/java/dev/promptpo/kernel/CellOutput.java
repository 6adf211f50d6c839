package dev.promptpo.kernel;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.dflib.jjava.jupyter.messages.publish.PublishStream;
import org.dflib.jjava.jupyter.messages.publish.PublishStream.StreamType;

/**
 * {@code System.out} and {@code System.err} as a notebook sees them: text goes to the cell that
 * prints it, in the order in which it was printed. A thread that a cell's code has started prints
 * into that cell for as long as it lives; every other thread (a pool's, a library's) prints into
 * the cell that runs, or ran last.
 *
 * <p>Text is gathered and sent when the other stream speaks, when 32 KiB are there, 50 ms after the
 * first of it, and before anything else is shown: a message a print would drown the notebook.
 */
final class CellOutput {
    private static final long SEND_AFTER_MS = 50;

    private static final StackWalker STACK = StackWalker.getInstance();

    private final PrintStream out = printStream(StreamType.OUT);
    private final PrintStream err = printStream(StreamType.ERR);
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    work -> Thread.ofPlatform().daemon().name("output").unstarted(work));

    private final Object lock = new Object();

    // Guarded by lock.
    private final Set<CellPage> waiting = new LinkedHashSet<>();
    private boolean scheduled;
    private CellPage current = new CellPage(ignored -> {});

    private final ThreadLocal<Optional<CellPage>> page =
            new InheritableThreadLocal<>() {
                @Override
                protected Optional<CellPage> initialValue() {
                    return Optional.empty();
                }

                @Override
                protected Optional<CellPage> childValue(Optional<CellPage> parent) {
                    return parent.isPresent() || !STACK.walk(CellOutput::isStartedByCell)
                            ? parent
                            : Optional.of(current());
                }
            };

    /**
     * Whether a thread that is being made is one of a cell's: its code asked for it, not a library,
     * and not the pool that all share.
     */
    private static boolean isStartedByCell(Stream<StackWalker.StackFrame> frames) {
        return frames.map(StackWalker.StackFrame::getClassName)
                .filter(name -> !name.startsWith(CellOutput.class.getName()))
                .dropWhile(name ->
                        (name.startsWith("java.") || name.startsWith("jdk."))
                                && !name.startsWith("java.util.concurrent.ForkJoinPool"))
                .findFirst()
                .filter(name -> name.startsWith("REPL."))
                .isPresent();
    }

    private CellPage current() {
        synchronized (lock) {
            return current;
        }
    }

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
    void sendTo(Consumer<PublishStream> target) {
        synchronized (lock) {
            flush();
            current = new CellPage(target);
        }
    }

    /** Sends what has been gathered; of a character that has only come in part, nothing. */
    void flush() {
        synchronized (lock) {
            waiting.forEach(CellPage::send);
            waiting.clear();
        }
    }

    /**
     * The running cell ends: sends what is there, and says where the rest is if it was too much.
     */
    void endCell() {
        synchronized (lock) {
            flush();
            current.end();
        }
    }

    /** The running cell's output has been taken away. */
    void clearCell() {
        synchronized (lock) {
            flush();
            current.clear();
        }
    }

    private void write(StreamType to, byte[] bytes, int from, int length) {
        synchronized (lock) {
            CellPage target = page.get().orElse(current);
            target.write(to, bytes, from, length);
            waiting.add(target);
            if (!scheduled) {
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
