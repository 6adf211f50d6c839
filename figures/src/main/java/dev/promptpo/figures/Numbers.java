package dev.promptpo.figures;

import java.util.Locale;

/** How numbers are written in figures and tables. */
final class Numbers {
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
                ? axisScore(value)
                : minus(String.format(Locale.ROOT, size >= 10 ? "%.0f" : "%.2f", value));
    }

    /** A tick on a score axis. */
    static String axisScore(double value) {
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
