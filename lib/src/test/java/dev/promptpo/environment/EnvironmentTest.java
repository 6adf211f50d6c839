package dev.promptpo.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.promptpo.python.PythonException;
import dev.promptpo.python.PythonThread;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.DoubleBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
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
            assertThat(Arrays.stream(pixels(picture)).distinct().count()).isGreaterThan(3);
        }
    }

    /** Drawn in another process; without a renderer on this machine, one line says so. */
    @Test
    void aMujocoEnvironmentIsDrawnAndStepsOnWhateverComesOfIt() {
        try (Environment hopper = Environments.open("Hopper-v5")) {
            hopper.reset(1);
            Optional<BufferedImage> before = drawn(hopper);
            for (int i = 0; i < 5; i++) {
                hopper.step(new double[] {1, -1, 0.5});
            }
            Optional<BufferedImage> after = drawn(hopper);
            before.ifPresent(picture -> {
                assertThat(picture.getWidth()).isEqualTo(480);
                assertThat(picture.getHeight()).isEqualTo(360);
                assertThat(pixels(after.orElseThrow())).isNotEqualTo(pixels(picture));
            });
            assertThat(hopper.step(new double[3]).reward()).isFinite();
        }
    }

    private static Optional<BufferedImage> drawn(Environment environment) {
        try {
            return Optional.of(environment.render());
        } catch (RenderException e) {
            assertThat(e).hasMessageStartingWith("no renderer works on this machine");
            return Optional.empty();
        }
    }

    /**
     * A user may have set MUJOCO_GL for the whole machine: MuJoCo must not load GL beside torch.
     */
    @Test
    void noGlIsLoadedIntoThisProcess() throws IOException {
        try (Environment hopper = Environments.open("Hopper-v5")) {
            hopper.reset(0);
            drawn(hopper);
        }
        Path maps = Path.of("/proc/self/maps");
        assumeThat(maps).exists();
        assertThat(Files.readString(maps, StandardCharsets.ISO_8859_1))
                .contains("libmujoco")
                .doesNotContain("libEGL", "libOSMesa", "libgallium", "swrast");
    }

    @Test
    void whatDrawsItselfWithSomethingThatIsNotInstalledSaysWhatToInstall() {
        boolean there =
                PythonThread.notebook()
                        .run(python -> {
                            python.execute("import importlib.util");
                            return python.evaluate(
                                    Boolean.class,
                                    "importlib.util.find_spec('pygame') is not None");
                        });
        assumeThat(there).isFalse();
        try (Environment cart = Environments.open("CartPole")) {
            cart.reset(0);
            assertThatThrownBy(cart::render)
                    .isInstanceOf(RenderException.class)
                    .hasMessageContaining("pygame")
                    .hasMessageContaining("pip install")
                    .hasMessageNotContaining("\n");
        }
    }

    @Test
    void theLastFrameCanBeReadWhereItLies() {
        try (Environment cart = Environments.open("CartPole")) {
            DoubleBuffer frame = cart.observation();
            double[] first = cart.reset(3);
            assertThat(frame.get(2)).isEqualTo(first[2]);
            double[] next = cart.step(1).observation();
            assertThat(frame.capacity()).isEqualTo(4);
            assertThat(frame.get(3)).isEqualTo(next[3]).isNotEqualTo(first[3]);
            assertThat(first).as("what was given stays").isEqualTo(cart.reset(3));
            assertThat(frame.isReadOnly()).isTrue();
        }
    }

    @Test
    void aStepNeedsAnEpisode() {
        try (Environment cart = Environments.open("CartPole")) {
            assertThatThrownBy(() -> cart.step(0))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("CartPole-v1 waits for reset(seed): no episode has begun");
            cart.reset(0);
            Step step = cart.step(0);
            while (!step.done()) {
                step = cart.step(0);
            }
            assertThatThrownBy(() -> cart.step(0))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("CartPole-v1 waits for reset(seed): the episode is over");
            assertThatThrownBy(() -> cart.reset(-1)).hasMessage("a seed is 0 or more; got -1");
        }
    }

    @Test
    void anActionOutOfBoundsIsClippedAndOneThatIsNoNumberRefused() {
        try (Environment pendulum = Environments.open("Pendulum-v1")) {
            pendulum.reset(0);
            double[] largest = pendulum.step(new double[] {2}).observation();
            pendulum.reset(0);
            assertThat(pendulum.step(new double[] {50}).observation()).isEqualTo(largest);
            assertThatThrownBy(() -> pendulum.step(new double[] {Double.NaN}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("finite numbers; got [NaN]");
        }
    }

    @Test
    void anUnknownOneNamesTheNearest() {
        assertThatThrownBy(() -> Environments.open("Hoper-v5"))
                .isInstanceOf(UnknownEnvironmentException.class)
                .hasMessageContaining("Hopper-v5");
    }

    @Test
    void whatItRaisesComesWithPythonsTraceback() {
        PythonThread.notebook()
                .run(python -> {
                    python.execute(
                            """
                            import gymnasium
                            from gymnasium.envs.classic_control import CartPoleEnv
                            class Breaking(CartPoleEnv):
                                def step(self, action):
                                    raise ZeroDivisionError("the cart broke")
                            gymnasium.register("Breaking-v0", entry_point=Breaking)
                            """);
                    return true;
                });
        try (Environment cart = Environments.open("Breaking-v0")) {
            cart.reset(0);
            assertThatThrownBy(() -> cart.step(0))
                    .isInstanceOfSatisfying(
                            PythonException.class,
                            e -> assertThat(e.traceback()).contains("Traceback", "the cart broke"));
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

    private static int[] pixels(BufferedImage picture) {
        return picture.getRGB(
                0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth());
    }
}
