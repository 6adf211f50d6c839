package dev.promptpo.film;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.environment.EnvironmentSpec.Lifetime;
import dev.promptpo.environment.Environments;
import dev.promptpo.environment.RenderException;
import dev.promptpo.film.FilmSettings.Video;
import dev.promptpo.python.PythonInterruptedException;
import dev.promptpo.rollout.Purpose;
import dev.promptpo.rollout.RolloutEngine;
import dev.promptpo.rollout.RolloutEngines;
import dev.promptpo.rollout.RolloutRequest;
import dev.promptpo.rollout.RolloutResult.Completed;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.assertj.core.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Films of real rollouts. What needs GL is skipped where no renderer works. */
@Timeout(300)
class FilmTest {
    private static final String DOWN_AND_RIGHT =
            """
            class Policy:
                def act(self, obs):
                    return 1 if obs.agent_row < obs.goal_row else 3
            """;
    private static final String WALK =
            """
            import numpy as np
            class Policy:
                def act(self, obs):
                    return np.clip(-3.0 * obs.vector[2:5] + 0.3 * np.random.randn(3), -1, 1)
            """;

    @TempDir Path folder;

    @Test
    void aFilmShowsTheEpisodeFromItsFirstStateToItsEnd() throws Exception {
        Episode episode = rolled("NoiseWorld2", DOWN_AND_RIGHT, 11);
        Film film = episode.film(FilmSettings.DEFAULT.video(Video.GIF));

        assertThat(film.states())
                .isEqualTo(IntStream.rangeClosed(0, episode.length()).boxed().toList());
        List<BufferedImage> frames = film.frames();
        assertThat(frames).hasSize(episode.length() + 1);
        assertThat(frames)
                .allSatisfy(frame -> {
                    assertThat(frame.getWidth()).isEqualTo(film.width()).isEqualTo(480);
                    assertThat(frame.getHeight()).isEqualTo(film.height()).isEqualTo(480);
                });
        assertThat(pixels(frames.getLast())).isNotEqualTo(pixels(frames.getFirst()));
        assertThat(film.video().mime()).isEqualTo("image/gif");
        assertThat(moving(film)).isGreaterThan(3);
        assertThat(film.caption())
                .startsWith("NoiseWorld2: a policy, seed 11, return ")
                .endsWith(" steps, 8 steps a second");
    }

    @Test
    void anEpisodeGivesTheVideoAndTheFramesOfItsFilm() throws Exception {
        Episode episode = rolled("NoiseWorld2", DOWN_AND_RIGHT, 11);
        Film film = episode.film();

        Film.Video video = episode.video();
        assertThat(video.mime()).isEqualTo(film.video().mime());
        assertThat(video.bytes()).isEqualTo(film.video().bytes());

        List<BufferedImage> frames = episode.frames();
        assertThat(frames).hasSize(episode.length() + 1);
        for (int i = 0; i < frames.size(); i++) {
            assertThat(pixels(frames.get(i))).isEqualTo(pixels(film.frame(i)));
        }
    }

    @Test
    void aStripHasTheBeginningTheEndAndWhatLiesBetween() throws Exception {
        Film film = rolled("NoiseWorld2", DOWN_AND_RIGHT, 11).film();
        BufferedImage strip = film.strip(4);
        assertThat(strip.getWidth()).isEqualTo(4 * film.width());
        assertThat(strip.getHeight()).isEqualTo(film.height());
        int last = film.states().size() - 1;
        assertThat(film.stills(4)).hasSize(4).startsWith(0).endsWith(last);
        assertThat(film.stills(1000)).hasSize(last + 1);
        BufferedImage end = strip.getSubimage(3 * film.width(), 0, film.width(), film.height());
        assertThat(pixels(end)).isEqualTo(pixels(film.frame(last)));
        assertThatThrownBy(() -> film.strip(1)).hasMessageContaining("got 1");

        assertThat(ImageIO.read(film.save(folder.resolve("a/strip.png")).toFile()).getWidth())
                .isEqualTo(6 * film.width());
        String ending = film.video().mime().equals("video/mp4") ? ".mp4" : ".gif";
        assertThat(Files.readAllBytes(film.save(folder.resolve("film" + ending))))
                .isEqualTo(film.video().bytes());
        assertThatThrownBy(() -> film.save(folder.resolve("film.avi")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(ending)
                .hasMessageContaining("film.avi");
    }

    @Test
    void aMujocoFilmHasTheSizeAskedForGoesAtItsSpeedAndMoves() throws Exception {
        Episode episode = rolled("Hopper-v5", WALK, 5);
        Film film = drawn(() -> episode.film(FilmSettings.DEFAULT.size(200, 150).frames(5)));
        List<BufferedImage> frames = film.frames();
        assertThat(frames).hasSizeBetween(2, 5);
        assertThat(film.states()).startsWith(0).endsWith(episode.length());
        for (int i = 0; i < frames.size(); i++) {
            assertThat(frames.get(i).getWidth()).isEqualTo(200);
            assertThat(frames.get(i).getHeight()).isEqualTo(150);
            if (i > 0) {
                assertThat(pixels(frames.get(i))).isNotEqualTo(pixels(frames.get(i - 1)));
            }
        }
        double shown = film.timing().speed().orElseThrow();
        double perStep = film.timing().secondsPerPicture() / (film.states().get(1));
        assertThat(shown).isEqualTo(0.008 / perStep, org.assertj.core.api.Assertions.within(1e-9));
    }

    /**
     * The actions of another seed's episode come to another return: that is no film of this one.
     */
    @Test
    void anEpisodeThatGoesAnotherWayWhereItIsDrawnGivesNoFilm() throws Exception {
        Episode real = rolled("NoiseWorld2", DOWN_AND_RIGHT, 11);
        Episode claimed =
                new Episode(
                        real.spec(),
                        real.policy(),
                        real.seed(),
                        real.trace(),
                        real.episodeReturn() + 0.5,
                        real.success(),
                        real.logged(),
                        real.steps(),
                        true);
        assertThatThrownBy(claimed::film)
                .isInstanceOf(RenderException.class)
                .hasMessageContaining("NoiseWorld2 does not repeat itself")
                .hasMessageContaining(String.valueOf(real.episodeReturn()));
    }

    @Test
    void anInterruptEndsAFilmAndItsProcess() throws Exception {
        Episode episode =
                rolled("NoiseWorld6", "class Policy:\n    def act(self, obs): return 0\n", 1);
        Thread.currentThread().interrupt();
        assertThatThrownBy(episode::film).isInstanceOf(PythonInterruptedException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(renderProcesses()).isEmpty();
        assertThat(episode.film().frames()).isNotEmpty();
        assertThat(renderProcesses()).isEmpty();
    }

    @Test
    void badSettingsAreRefused() {
        assertThatThrownBy(() -> FilmSettings.DEFAULT.size(4, 300)).hasMessageContaining("4 x 300");
        assertThatThrownBy(() -> FilmSettings.DEFAULT.frames(1)).hasMessageContaining("got 1");
    }

    private static List<String> renderProcesses() {
        return ProcessHandle.current()
                .descendants()
                .map(process -> String.join(" ", process.info().arguments().orElse(new String[0])))
                .filter(line -> line.contains("promptpo_render"))
                .toList();
    }

    private static Episode rolled(String environment, String source, long seed)
            throws InterruptedException {
        EnvironmentSpec spec = Environments.spec(environment);
        try (RolloutEngine engine = RolloutEngines.shared()) {
            Completed done =
                    (Completed)
                            engine.rollout(
                                    new RolloutRequest(
                                            environment,
                                            "paper",
                                            source,
                                            "",
                                            List.of(seed),
                                            Lifetime.EPISODE,
                                            Purpose.RENDER,
                                            1,
                                            true));
            return new Episode(
                    spec,
                    "a policy",
                    seed,
                    done.trace().orElseThrow(),
                    done.returns().getFirst(),
                    Optional.empty(),
                    OptionalDouble.empty(),
                    done.steps(),
                    false);
        }
    }

    private static Film drawn(java.util.function.Supplier<Film> film) {
        try {
            return film.get();
        } catch (RenderException e) {
            Assumptions.assumeThat(e.getMessage()).doesNotStartWith("no renderer works");
            throw e;
        }
    }

    private static int moving(Film film) throws Exception {
        ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
        try (ImageInputStream in =
                ImageIO.createImageInputStream(new ByteArrayInputStream(film.video().bytes()))) {
            reader.setInput(in);
            return reader.getNumImages(true);
        } finally {
            reader.dispose();
        }
    }

    private static int[] pixels(BufferedImage image) {
        BufferedImage copy =
                new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
        copy.createGraphics().drawImage(image, 0, 0, null);
        return ((DataBufferInt) copy.getRaster().getDataBuffer()).getData();
    }
}
