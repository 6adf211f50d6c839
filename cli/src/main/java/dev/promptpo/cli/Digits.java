package dev.promptpo.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import java.util.OptionalDouble;

/** Numbers as a person reads them. */
final class Digits {
    private static final MathContext SIGNIFICANT = new MathContext(5);
    private static final double SMALL = 1e-4;
    private static final double LARGE = 1e9;

    private Digits() {}

    /** Five significant digits, for example {@code 974.91}; nothing where there is no value. */
    static String few(OptionalDouble value) {
        return value.isPresent() ? few(value.getAsDouble()) : "";
    }

    /** Five significant digits; an exponent only where the number is very large or small. */
    static String few(double value) {
        double size = Math.abs(value);
        if (!Double.isFinite(value) || value == 0) {
            return value == 0 ? "0" : String.valueOf(value);
        }
        if (size < SMALL || size >= LARGE) {
            return String.format(Locale.ROOT, "%.4e", value);
        }
        BigDecimal rounded = new BigDecimal(value).round(SIGNIFICANT).stripTrailingZeros();
        return rounded.toPlainString();
    }

    /** For example {@code 1,234,567}. */
    static String grouped(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }
}
