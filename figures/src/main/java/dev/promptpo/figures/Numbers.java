package dev.promptpo.figures;

import java.util.Locale;
import java.util.function.Function;

/** How numbers are written in figures and tables. */
final class Numbers {
    /** About so many steps has a score axis: what XChart makes of the heights used here. */
    private static final int AXIS_STEPS = 8;

    private Numbers() {}

    /** Steps and other counts: {@code 12,500}. */
    static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /**
     * Counts on an axis: {@code 1500}, {@code 12k}, {@code 1.5M}. No comma, which would hang below
     * the line and push a tick's label up.
     */
    static String axisCount(double value) {
        double size = Math.abs(value);
        if (size >= 1e6) {
            return trimmed(value / 1e6) + "M";
        }
        if (size >= 1e4) {
            return trimmed(value / 1e3) + "k";
        }
        return Long.toString(Math.round(value));
    }

    /** A return or score with as many places as tell it apart: {@code 976.8}, {@code -0.52}. */
    static String score(double value) {
        double size = Math.abs(value);
        String text =
                size >= 10_000
                        ? String.format(Locale.ROOT, "%,.0f", value)
                        : size >= 10
                                ? String.format(Locale.ROOT, "%,.1f", value)
                                : String.format(Locale.ROOT, "%.3f", value);
        return minus(text);
    }

    /** A score in a narrow cell: {@code 977}, {@code -12}, {@code 0.87}. */
    static String cell(double value) {
        double size = Math.abs(value);
        return size >= 1e5
                ? minus(axisCount(value))
                : minus(String.format(Locale.ROOT, size >= 10 ? "%.0f" : "%.2f", value));
    }

    /**
     * Ticks of a score axis from {@code low} to {@code high}: all with the same places, as many as
     * tell them apart.
     */
    static Function<Double, String> axis(double low, double high) {
        double size = Math.max(Math.abs(low), Math.abs(high));
        // A suffix rounds: only where the axis spans so much of its values that none is lost.
        boolean wide = high - low > .1 * size;
        double unit = wide && size >= 1e6 ? 1e6 : wide && size >= 1e5 ? 1e3 : 1;
        String suffix = unit == 1e6 ? "M" : unit == 1e3 ? "k" : "";
        int places = places(step(high - low, AXIS_STEPS) / unit);
        return value -> minus(fixed(value / unit, places, size / unit) + suffix);
    }

    /** The least of 1, 2, 5, 10, 20, 50... and their tenths that divides a span into so few. */
    static double step(double span, int most) {
        double rough = span / most;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        for (double factor : new double[] {1, 2, 5}) {
            // A little generous, for a span of 7 times .1 is not quite .7.
            if (rough <= factor * power * (1 + 1e-9)) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    /** The decimal places that multiples of a step of {@link #step} need. */
    static int places(double step) {
        return Math.max(0, (int) -Math.floor(Math.log10(step) + 1e-9));
    }

    /** With these places, or with more where a tick lies between them. */
    private static String fixed(double value, int places, double size) {
        double scale = Math.pow(10, places);
        int more = 0;
        while (more < 3 && Math.abs(Math.rint(value * scale) - value * scale) > 1e-6) {
            more++;
            scale *= 10;
        }
        // Adding zero makes a negative zero positive.
        double shown = Math.rint(value * scale) / scale + 0.0;
        String format = (size >= 1e4 ? "%,." : "%.") + (places + more) + "f";
        return String.format(Locale.ROOT, format, shown);
    }

    /** The bound of an observation or action, which is mostly a small whole number. */
    static String bound(double value) {
        double size = Math.abs(value);
        if (size >= 1e5) {
            return minus(axisCount(value));
        }
        return minus(
                Math.rint(value) == value
                        ? String.format(Locale.ROOT, size >= 1e4 ? "%,.0f" : "%.0f", value)
                        : trimmed(value));
    }

    /** A true minus sign: a hyphen is too short beside figures. */
    static String minus(String text) {
        return text.replace('-', '\u2212');
    }

    private static String trimmed(double value) {
        String text = String.format(Locale.ROOT, "%.2f", value);
        return text.replaceAll("0+$", "").replaceAll("\\.$", "");
    }
}
