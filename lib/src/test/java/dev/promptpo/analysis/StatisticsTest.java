package dev.promptpo.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class StatisticsTest {

    @Test
    void expectedBestOfTwoOutOfThreeIsTheMeanOfTheThreePairs() {
        // Pairs of {1, 2, 4}: maxima 2, 4, 4.
        assertThat(Statistics.expectedBestOfN(new double[] {4, 1, 2}))
                .containsExactly(new double[] {7 / 3.0, 10 / 3.0, 4}, within(1e-12));
    }

    @Property(tries = 60)
    void expectedBestEqualsTheMeanOverAllSubsets(@ForAll @Size(min = 1, max = 9) double[] raw) {
        double[] scores = Arrays.stream(raw).map(v -> Double.isFinite(v) ? v % 1000 : 0).toArray();
        double[] expected = new double[scores.length];
        double[] subsets = new double[scores.length];
        for (int mask = 1; mask < 1 << scores.length; mask++) {
            int members = mask;
            double best =
                    IntStream.range(0, scores.length)
                            .filter(i -> (members >> i & 1) == 1)
                            .mapToDouble(i -> scores[i])
                            .max()
                            .orElseThrow();
            expected[Integer.bitCount(mask) - 1] += best;
            subsets[Integer.bitCount(mask) - 1]++;
        }
        double[] best = Statistics.expectedBestOfN(scores);
        for (int n = 0; n < scores.length; n++) {
            assertThat(best[n]).isCloseTo(expected[n] / subsets[n], within(1e-8));
        }
    }

    @Test
    void expectedBestOfALargePoolStaysFiniteAndIsUnbiasedForTheUniform() {
        // The expected maximum of n uniforms is n / (n + 1); of a regular grid of N it is
        // n (N + 1) / ((n + 1) N) exactly (order statistics of {1/N .. N/N} without replacement).
        int pool = 2000;
        double[] grid =
                IntStream.rangeClosed(1, pool).mapToDouble(i -> (double) i / pool).toArray();
        double[] best = Statistics.expectedBestOfN(grid);
        for (int n : new int[] {1, 2, 10, 500, 1999, 2000}) {
            assertThat(best[n - 1]).isCloseTo(n * (pool + 1.0) / ((n + 1.0) * pool), within(1e-9));
        }
    }

    @Test
    void errorOfTheExpectedBestOfOneIsTheStandardErrorOfTheMean() {
        double[] scores = {3, 1, 4, 1, 5, 9, 2, 6};
        double[] error = Statistics.expectedBestOfNError(scores);
        double mean = Arrays.stream(scores).average().orElseThrow();
        double variance =
                Arrays.stream(scores).map(v -> (v - mean) * (v - mean)).sum() / (scores.length - 1);
        assertThat(error[0]).isCloseTo(Math.sqrt(variance / scores.length), within(1e-12));
        assertThat(error[scores.length - 1]).isNaN();
    }

    @Test
    void intervalAgreesWithScipy() {
        // scipy.stats.bootstrap((x,), numpy.mean, n_resamples=200000, method="BCa",
        // random_state=0) on x = the law school data's LSAT column (Efron and Tibshirani 1993,
        // table 3.1): low 581.33, high 622.27. Monte Carlo error of ours about .3.
        double[] lsat = {576, 635, 558, 578, 666, 580, 555, 661, 651, 605, 653, 575, 545, 572, 594};
        Interval interval = Statistics.meanInterval(lsat, "schools", 1);
        assertThat(interval.estimate()).isCloseTo(600.2667, within(1e-3));
        assertThat(interval.low()).isCloseTo(581.33, within(.8));
        assertThat(interval.high()).isCloseTo(622.27, within(.8));
        assertThat(Statistics.meanInterval(lsat, "schools", 1)).isEqualTo(interval);
    }

    @Test
    void intervalOfASkewedSampleLeansToItsLongTail() {
        double[] returns = new double[50];
        Arrays.fill(returns, 950);
        returns[0] = -1000;
        returns[1] = -1000;
        Interval interval = Statistics.meanInterval(returns, "episodes", 0);
        assertThat(interval.estimate() - interval.low())
                .isGreaterThan(1.3 * (interval.high() - interval.estimate()));
    }

    @Test
    void intervalCoversTheMeanAboutAsOftenAsItSays() {
        Random random = new Random(7);
        int covered = 0;
        int trials = 300;
        for (int trial = 0; trial < trials; trial++) {
            double[] sample = random.doubles(40).map(u -> -Math.log(u)).toArray();
            covered += Statistics.meanInterval(sample, "draws", trial).contains(1) ? 1 : 0;
        }
        // 95 % aimed at; BCa falls a little short on exponentials of 40 (binomial error 1.5 %).
        assertThat((double) covered / trials).isBetween(.88, .985);
    }

    @Test
    void equalValuesHaveNoWidthAndSaySo() {
        Interval interval = Statistics.meanInterval(new double[] {3, 3, 3}, "episodes", 0);
        assertThat(interval.low()).isEqualTo(3);
        assertThat(interval.high()).isEqualTo(3);
        assertThat(interval.toString())
                .isEqualTo("3.0, 95 % interval 3.0 to 3.0 (3 episodes, all values equal)");
    }

    @Test
    void tooFewOrBrokenValuesAreRefusedWithACount() {
        assertThatThrownBy(() -> Statistics.meanInterval(new double[] {1}, "episodes", 0))
                .hasMessageContaining("at least 2 values; got 1");
        assertThatThrownBy(() -> Statistics.expectedBestOfN(new double[] {1, Double.NaN}))
                .hasMessageContaining("finite");
    }

    @Property(tries = 100)
    void normalisedReturnMapsTheEndsToZeroAndOne(
            @ForAll @DoubleRange(min = -2000, max = 0) double random,
            @ForAll @DoubleRange(min = 1, max = 2000) double reference) {
        assertThat(Statistics.normalised(random, random, reference)).isZero();
        assertThat(Statistics.normalised(reference, random, reference)).isEqualTo(1);
        assertThatThrownBy(() -> Statistics.normalised(1, random, random))
                .hasMessageContaining("two different finite ends");
    }

    @Test
    void aStepCurveHoldsItsValueUntilTheNextPoint() {
        StepCurve curve =
                new StepCurve(List.of(new StepCurve.Point(100, -5), new StepCurve.Point(300, 7)));
        assertThat(curve.at(99)).isEmpty();
        assertThat(curve.at(299)).hasValue(-5);
        assertThat(curve.at(300)).hasValue(7);
        assertThat(curve.reaches(0)).hasValue(300);
        assertThat(curve.reaches(8)).isEmpty();
    }

    /** Sizes on both sides of what is kept, in turns, so that others' draws are thrown away. */
    @Test
    void resamplesTheSameWithDrawsThatWereKept() {
        Random random = new Random(5);
        for (int size : new int[] {1, 2, 100, 2, 100, 250, 251, 1000}) {
            for (long seed : new long[] {0, 0, 7, 0}) {
                double[] values = random.doubles(size, -1e3, 1e3).toArray();
                assertThat(Resampling.means(values, 10_000, seed))
                        .as("%d values, seed %d", size, seed)
                        .isEqualTo(Resampling.drawn(values, 10_000, seed));
            }
        }
    }
}
