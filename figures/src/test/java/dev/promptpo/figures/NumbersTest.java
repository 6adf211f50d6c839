package dev.promptpo.figures;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Function;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class NumbersTest {
    @Test
    void ticksOfAnAxisHaveTheSamePlaces() {
        assertThat(labels(Numbers.axis(975.3, 976.9), 975.4, 976, 976.8))
                .containsExactly("975.4", "976.0", "976.8");
        assertThat(labels(Numbers.axis(-190, 1000), -100, -0.0, 500))
                .containsExactly("\u2212100", "0", "500");
        assertThat(labels(Numbers.axis(2.1e6, 9.9e6), 3e6, 6e6)).containsExactly("3M", "6M");
    }

    @Test
    void aTickBetweenThesePlacesIsWrittenWhole() {
        assertThat(labels(Numbers.axis(974.5, 979.9), 975, 975.5)).containsExactly("975", "975.5");
    }

    @Test
    void ticksOfANarrowAxisFarFromZeroAreToldApart() {
        assertThat(labels(Numbers.axis(1_000_000, 1_000_100), 1_000_020, 1_000_040))
                .containsExactly("1,000,020", "1,000,040");
        assertThat(labels(Numbers.axis(.9999, 1.0001), .99994, .99996))
                .containsExactly("0.99994", "0.99996");
    }

    @Test
    void aStepNeedsAsManyPlacesAsItHas() {
        assertThat(Numbers.step(.7, 7)).isEqualTo(.1);
        assertThat(Numbers.step(1.54, 8)).isEqualTo(.2);
        assertThat(Numbers.places(.2)).isEqualTo(1);
        assertThat(Numbers.places(.001)).isEqualTo(3);
        assertThat(Numbers.places(50)).isZero();
    }

    private static String[] labels(Function<Double, String> axis, double... ticks) {
        return DoubleStream.of(ticks).mapToObj(axis::apply).toArray(String[]::new);
    }
}
