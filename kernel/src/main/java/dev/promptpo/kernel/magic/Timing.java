package dev.promptpo.kernel.magic;

import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How long a cell takes: {@code %%time} in its first line. */
public final class Timing {
    static final String NAME = "time";

    private static final Pattern FIRST_LINE =
            Pattern.compile("(\\s*)%%" + NAME + "\\b[^\\n]*(?:\\n|\\z)");

    private final long wallNanos = System.nanoTime();
    private final long cpuNanos = cpu();

    private Timing() {}

    /**
     * The cell without its {@code %%time}, where it has one. The lines keep their numbers: errors
     * name them.
     */
    public static Optional<String> timed(String source) {
        Matcher first = FIRST_LINE.matcher(source);
        return first.lookingAt()
                ? Optional.of(first.group(1) + "\n" + source.substring(first.end()))
                : Optional.empty();
    }

    /** Starts the clocks: the wall's, and this thread's processor time. */
    public static Timing start() {
        return new Timing();
    }

    /** What they show. */
    public String text() {
        return "wall time "
                + text(System.nanoTime() - wallNanos)
                + ", processor time of the cell's thread "
                + text(cpu() - cpuNanos);
    }

    /** A duration with three digits that count. */
    static String text(long nanos) {
        double seconds = nanos / 1e9;
        if (seconds >= 60) {
            return String.format(
                    Locale.ROOT, "%d min %02.0f s", (long) seconds / 60, Math.floor(seconds % 60));
        }
        if (seconds >= 1) {
            return String.format(Locale.ROOT, "%.3g s", seconds);
        }
        return seconds >= 1e-3
                ? String.format(Locale.ROOT, "%.3g ms", seconds * 1e3)
                : String.format(Locale.ROOT, "%.3g us", seconds * 1e6);
    }

    private static long cpu() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
