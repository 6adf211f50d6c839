package dev.promptpo.analysis;

import java.util.Arrays;
import org.hipparchus.distribution.continuous.NormalDistribution;
import org.hipparchus.stat.StatUtils;
import org.hipparchus.stat.descriptive.rank.Percentile;

/** The estimators that tables, captions and figures share. Every one is seeded or exact. */
public final class Statistics {
    /** Resamples of a bootstrap: the Monte Carlo error of an end is then far below its width. */
    static final int RESAMPLES = 10_000;

    private static final NormalDistribution NORMAL = new NormalDistribution();

    private Statistics() {}

    /**
     * The 95 % bias-corrected and accelerated bootstrap interval of a mean.
     *
     * <p>BCa because returns are skewed (one death among a hundred episodes) and the plain
     * percentile interval is then off to one side. It sees only what the sample holds: outcomes
     * rarer than one in n are not in it, and where all values are equal it has no width.
     *
     * <p>Source: Efron, "Better bootstrap confidence intervals", JASA 82 (1987), equations 2.3 and
     * 6.6; Efron and Tibshirani, "An introduction to the bootstrap" (1993), equations 14.9 to
     * 14.15.
     *
     * @param values at least two finite values
     * @param unit what one value is, for example {@code episodes}
     * @param seed of the resampling: the same values, seed and library give the same interval
     * @throws IllegalArgumentException for fewer than two values, or one that is not finite
     */
    public static Interval meanInterval(double[] values, String unit, long seed) {
        return meanInterval(values, unit, .95, seed);
    }

    /** As {@link #meanInterval(double[], String, long)}, at another level in (0, 1). */
    public static Interval meanInterval(double[] values, String unit, double level, long seed) {
        requireFinite(values, 2, "an interval of a mean");
        if (!(level > 0 && level < 1)) {
            throw new IllegalArgumentException("a level lies in (0, 1); got " + level);
        }
        double mean = StatUtils.mean(values);
        if (StatUtils.min(values) == StatUtils.max(values)) {
            double value = values[0];
            return new Interval(
                    value, value, value, level, values.length, unit, "all values equal");
        }
        double[] means = Resampling.means(values, RESAMPLES, seed);
        double below = 0;
        for (double m : means) {
            // Ties count by half: means of few distinct returns often hit the estimate exactly.
            below += m < mean ? 1 : m == mean ? .5 : 0;
        }
        double bias = quantile(clamp(below / means.length));
        double acceleration = acceleration(values, mean);
        Percentile percentile = new Percentile();
        percentile.setData(means);
        double tail = (1 - level) / 2;
        double low = percentile.evaluate(100 * adjusted(tail, bias, acceleration));
        double high = percentile.evaluate(100 * adjusted(1 - tail, bias, acceleration));
        return new Interval(
                mean,
                Math.min(low, mean),
                Math.max(high, mean),
                level,
                values.length,
                unit,
                "BCa bootstrap");
    }

    /**
     * The expected best of n for every n from 1 to N, from one pool of N independent scores.
     *
     * <p>Element {@code n - 1} is the mean, over all subsets of size n, of the largest score in the
     * subset: with scores sorted ascending, the sum over i of {@code score(i) * C(i - 1, n - 1) /
     * C(N, n)}. It is unbiased for the expected best of n fresh samples, and exact: nothing is
     * drawn. The last element is the pool's maximum, a single observation, whose error cannot be
     * judged from the pool.
     *
     * <p>Source: the U-statistic of the maximum, as in Tang et al., "Showing your work doesn't
     * always work" (ACL 2020), section 4, against the biased estimator with replacement of Dodge et
     * al., "Show your work" (EMNLP 2019).
     *
     * @param scores at least one finite score, in any order
     * @return N values, never decreasing; the first is the mean, the last the maximum
     */
    public static double[] expectedBestOfN(double[] scores) {
        requireFinite(scores, 1, "an expected best");
        double[] sorted = scores.clone();
        Arrays.sort(sorted);
        int pool = sorted.length;
        double[] best = new double[pool];
        for (int n = 1; n <= pool; n++) {
            // Weight of the largest is C(N-1, n-1) / C(N, n) = n / N; each smaller one follows by
            // C(i-2, n-1) / C(i-1, n-1) = (i - n) / (i - 1). No factorial is ever formed.
            double weight = (double) n / pool;
            for (int i = pool; i >= n; i--) {
                best[n - 1] += weight * sorted[i - 1];
                weight *= i > 1 ? (double) (i - n) / (i - 1) : 0;
            }
        }
        return best;
    }

    /**
     * The jackknife standard error of {@link #expectedBestOfN} for every n below N.
     *
     * <p>Source: Arvesen, "Jackknifing U-statistics", Annals of Mathematical Statistics 40 (1969).
     *
     * @param scores at least two finite scores
     * @return N values; the last is NaN, for the maximum of the pool has no estimable error
     */
    public static double[] expectedBestOfNError(double[] scores) {
        requireFinite(scores, 2, "the error of an expected best");
        int pool = scores.length;
        double[] error = new double[pool];
        double[][] without = new double[pool][];
        for (int left = 0; left < pool; left++) {
            double[] rest = new double[pool - 1];
            System.arraycopy(scores, 0, rest, 0, left);
            System.arraycopy(scores, left + 1, rest, left, pool - 1 - left);
            without[left] = expectedBestOfN(rest);
        }
        for (int n = 1; n < pool; n++) {
            int column = n - 1;
            double[] values = Arrays.stream(without).mapToDouble(row -> row[column]).toArray();
            double mean = StatUtils.mean(values);
            double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
            error[column] = Math.sqrt(squares * (pool - 1) / pool);
        }
        error[pool - 1] = Double.NaN;
        return error;
    }

    /**
     * A return on the scale where the random policy is 0 and the reference is 1.
     *
     * <p>Neither end is clipped: worse than random is below 0, better than the reference above 1.
     *
     * @throws IllegalArgumentException when the two ends are equal or not finite
     */
    public static double normalised(double value, double random, double reference) {
        if (!Double.isFinite(random) || !Double.isFinite(reference) || random == reference) {
            throw new IllegalArgumentException(
                    "normalising needs two different finite ends; got random "
                            + random
                            + " and reference "
                            + reference);
        }
        return (value - random) / (reference - random);
    }

    /** Whether all values are one, but for the rounding of sums in another order. */
    public static boolean equal(double[] values) {
        requireFinite(values, 1, "a comparison");
        double low = StatUtils.min(values);
        double high = StatUtils.max(values);
        return high - low <= 1e-9 * Math.max(1, Math.max(Math.abs(low), Math.abs(high)));
    }

    /** A sixth of the skewness of the jackknife means (Efron and Tibshirani, equation 14.15). */
    private static double acceleration(double[] values, double mean) {
        double cubes = 0;
        double squares = 0;
        for (double value : values) {
            // The jackknife mean without this value differs from the mean by (mean - value)/(n-1);
            // the divisor cancels in the ratio.
            double difference = value - mean;
            cubes += difference * difference * difference;
            squares += difference * difference;
        }
        return cubes / (6 * Math.pow(squares, 1.5));
    }

    private static double adjusted(double tail, double bias, double acceleration) {
        double z = bias + quantile(tail);
        return clamp(NORMAL.cumulativeProbability(bias + z / (1 - acceleration * z)));
    }

    private static double quantile(double probability) {
        return NORMAL.inverseCumulativeProbability(probability);
    }

    /** Keeps a bootstrap probability off 0 and 1, where the normal quantile is infinite. */
    private static double clamp(double probability) {
        double edge = .5 / RESAMPLES;
        return Math.min(1 - edge, Math.max(edge, probability));
    }

    private static void requireFinite(double[] values, int least, String what) {
        if (values.length < least) {
            throw new IllegalArgumentException(
                    what + " needs at least " + least + " values; got " + values.length);
        }
        for (double value : values) {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException(
                        what + " needs finite values; got " + Arrays.toString(values));
            }
        }
    }
}
