package dev.promptpo.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.promptpo.python.PythonException;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class EnvironmentTest {

    @Test
    void aBoardIsSteppedToItsHorizon() {
        try (Environment board = Environments.open("NoiseWorld1")) {
            double[] first = board.reset(11);
            assertThat(first).hasSize(board.spec().observationSize());
            assertThat(board.reset(11)).isEqualTo(first);
            int steps = 0;
            double sum = 0;
            Step step;
            do {
                step = board.step(steps % 2);
                steps++;
                sum += step.reward();
            } while (!step.done());
            assertThat(step.observation()).hasSize(first.length);
            assertThat(steps).isBetween(1, board.spec().horizon());
            assertThat(step.terminated() || steps == board.spec().horizon()).isTrue();
            assertThat(sum).isFinite().isNotZero();
        }
    }

    /** CartPole's physics is deterministic: two pushes left from one seed are the same twice. */
    @Test
    void theSameSeedAndActionsGiveTheSameEpisode() {
        try (Environment cart = Environments.open("CartPole")) {
            cart.reset(5);
            Step once = cart.step(0);
            cart.reset(5);
            Step again = cart.step(0);
            assertThat(again.observation()).isEqualTo(once.observation()).hasSize(4);
            assertThat(again.reward()).isEqualTo(1.0);
            assertThat(once.observation()[1]).as("pushed to the left").isNegative();
        }
    }

    @Test
    void aVectorIsTheActionOfAContinuousSpace() {
        try (Environment pendulum = Environments.open("Pendulum-v1")) {
            pendulum.reset(0);
            Step step = pendulum.step(new double[] {1.5});
            assertThat(step.reward()).isBetween(-16.2736044, 0.0);
            assertThat(pendulum.sample()).hasSize(1);
            assertThatThrownBy(() -> pendulum.step(1)).hasMessageContaining("1 numbers");
            assertThatThrownBy(() -> pendulum.step(new double[2])).hasMessageContaining("got 2");
        }
    }

    @Test
    void aWrongActionIsRefusedWithWhatWasExpected() {
        try (Environment board = Environments.open("NoiseWorld1")) {
            board.reset(0);
            assertThatThrownBy(() -> board.step(4))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("from 0 to 3")
                    .hasMessageContaining("got 4");
            assertThatThrownBy(() -> board.step(new double[] {1}))
                    .hasMessageContaining("whole number");
        }
    }

    @Test
    void aBoardIsDrawn() {
        try (Environment board = Environments.open("NoiseWorld1")) {
            board.reset(0);
            BufferedImage picture = board.render();
            assertThat(picture.getWidth()).isEqualTo(picture.getHeight()).isGreaterThan(50);
            int[] pixels =
                    picture.getRGB(
                            0,
                            0,
                            picture.getWidth(),
                            picture.getHeight(),
                            null,
                            0,
                            picture.getWidth());
            assertThat(Arrays.stream(pixels).distinct().count()).isGreaterThan(3);
        }
    }

    @Test
    void whatItRaisesComesWithPythonsTraceback() {
        try (Environment cart = Environments.open("CartPole")) {
            assertThatThrownBy(() -> cart.step(0))
                    .isInstanceOfSatisfying(
                            PythonException.class,
                            e -> assertThat(e.traceback()).contains("Traceback"));
        }
    }

    @Test
    void aClosedOneSaysSo() {
        Environment board = Environments.open("NoiseWorld0");
        board.close();
        board.close();
        assertThatThrownBy(() -> board.reset(0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("NoiseWorld0")
                .hasMessageContaining("closed");
    }
}
