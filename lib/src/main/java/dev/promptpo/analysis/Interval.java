package dev.promptpo.analysis;

import java.util.Locale;

/**
 * An estimate of a mean with its interval.
 *
 * @param estimate the sample mean
 * @param low lower end; equal to the estimate where all values are equal
 * @param high upper end
 * @param level coverage aimed at, for example .95
 * @param n values that went in
 * @param unit what one value is, for example {@code episodes}: an interval over episodes of one
 *     policy says nothing of other runs of the method
 * @param method how it was computed, for a caption
 */
public record Interval(
        double estimate, double low, double high, double level, int n, String unit, String method) {

    public Interval {
        if (!(low <= estimate && estimate <= high)) {
            throw new IllegalArgumentException(
                    "an interval holds its estimate; got "
                            + estimate
                            + " outside ["
                            + low
                            + ", "
                            + high
                            + "]");
        }
    }

    /** Whether a value lies in the interval, its ends included. */
    public boolean contains(double value) {
        return low <= value && value <= high;
    }

    /** For example {@code 974.9, 95 % interval 962.1 to 981.0 (100 episodes, BCa bootstrap)}. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%.1f, %.0f %% interval %.1f to %.1f (%d %s, %s)",
                estimate,
                100 * level,
                low,
                high,
                n,
                unit,
                method);
    }
}
