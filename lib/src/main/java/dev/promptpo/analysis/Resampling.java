package dev.promptpo.analysis;

import java.util.SplittableRandom;

/**
 * Which values a bootstrap draws, with replacement, from a seeded generator.
 *
 * <p>The draws depend on sizes and seed alone, and most estimates have the same, so the last ones
 * are kept: drawing costs several times what adding up does. The means are the same to the last
 * bit, kept or not.
 */
final class Resampling {
    /** More draws than these (5 MB) are not kept. */
    private static final int MOST_KEPT = 2_500_000;

    private static volatile Resampling last = new Resampling(0, 0, new char[0]);

    private final int size;
    private final long seed;
    private final char[] places;

    private Resampling(int size, long seed, char[] places) {
        this.size = size;
        this.seed = seed;
        this.places = places;
    }

    /**
     * The mean of each resample, in the order of the draws.
     *
     * @param values at least one
     */
    static double[] means(double[] values, int resamples, long seed) {
        boolean kept =
                (long) values.length * resamples <= MOST_KEPT
                        && values.length <= Character.MAX_VALUE;
        return kept
                ? of(values.length, resamples, seed).means(values)
                : drawn(values, resamples, seed);
    }

    /** As {@link #means(double[], int, long)}, keeping no draws. */
    static double[] drawn(double[] values, int resamples, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] means = new double[resamples];
        for (int b = 0; b < resamples; b++) {
            double sum = 0;
            for (int i = 0; i < values.length; i++) {
                sum += values[random.nextInt(values.length)];
            }
            means[b] = sum / values.length;
        }
        return means;
    }

    private static Resampling of(int size, int resamples, long seed) {
        Resampling known = last;
        if (known.size == size && known.seed == seed && known.places.length == size * resamples) {
            return known;
        }
        SplittableRandom random = new SplittableRandom(seed);
        char[] places = new char[size * resamples];
        for (int i = 0; i < places.length; i++) {
            places[i] = (char) random.nextInt(size);
        }
        Resampling fresh = new Resampling(size, seed, places);
        last = fresh;
        return fresh;
    }

    /** Two resamples at once, since an addition waits for the one before it. */
    private double[] means(double[] values) {
        double[] means = new double[places.length / size];
        int b = 0;
        for (; b + 1 < means.length; b += 2) {
            int from = b * size;
            double one = 0;
            double other = 0;
            for (int i = from; i < from + size; i++) {
                one += values[places[i]];
                other += values[places[i + size]];
            }
            means[b] = one / size;
            means[b + 1] = other / size;
        }
        if (b < means.length) {
            double sum = 0;
            for (int i = b * size; i < places.length; i++) {
                sum += values[places[i]];
            }
            means[b] = sum / size;
        }
        return means;
    }
}
