package dev.promptpo.optimizer;

import java.util.List;

/** What something is expected to come to. */
public record Range(double low, double likely, double high) {
    static final Range ZERO = exactly(0);

    public Range {
        if (!(low <= likely && likely <= high)) {
            throw new IllegalArgumentException(
                    "expected low <= likely <= high, got %s, %s, %s".formatted(low, likely, high));
        }
    }

    static Range exactly(double value) {
        return new Range(value, value, value);
    }

    /** Half and twice of a single value. */
    static Range around(double value) {
        return new Range(value / 2, value, value * 2);
    }

    /**
     * The mean of what was seen, between its tenth and its ninetieth percentile; half and twice
     * where it was seen less than five times.
     */
    static Range of(List<Double> seen) {
        double mean = seen.stream().mapToDouble(d -> d).average().orElseThrow();
        if (seen.size() < 5) {
            return around(mean);
        }
        List<Double> sorted = seen.stream().sorted().toList();
        int last = sorted.size() - 1;
        double low = sorted.get((int) Math.floor(0.1 * last));
        double high = sorted.get((int) Math.ceil(0.9 * last));
        // A few very large values can lift the mean over the percentile.
        return new Range(Math.min(low, mean), mean, Math.max(high, mean));
    }

    Range plus(Range other) {
        return new Range(low + other.low, likely + other.likely, high + other.high);
    }

    Range times(double factor) {
        return new Range(low * factor, likely * factor, high * factor);
    }

    /** Of amounts and how often each. */
    Range times(Range other) {
        return new Range(low * other.low, likely * other.likely, high * other.high);
    }

    Range atMost(double limit) {
        return new Range(Math.min(low, limit), Math.min(likely, limit), Math.min(high, limit));
    }
}
