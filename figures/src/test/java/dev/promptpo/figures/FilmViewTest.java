package dev.promptpo.figures;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptpo.film.Episode;
import dev.promptpo.film.Film;
import dev.promptpo.rollout.Trace;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import javax.imageio.ImageIO;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.dflib.jjava.jupyter.kernel.display.Renderer;
import org.dflib.jjava.jupyter.kernel.display.mime.MIMEType;
import org.junit.jupiter.api.Test;

class FilmViewTest {
    private static final byte[] MOVING = {1, 2, 3, 4};

    @Test
    void aNotebookGetsTheMovingFilmAStripAndALine() throws IOException {
        Renderer renderer = new Renderer();
        NotebookExtension.register(renderer);
        Film film = film(21, "image/gif", OptionalDouble.of(12.5));
        DisplayData shown = renderer.render(film);
        assertThat((String) shown.getData(MIMEType.TEXT_HTML))
                .contains(
                        "<img src=\"data:image/gif;base64,AQIDBA==\" width=\"320\" height=\"240\"")
                .contains("return 12.50, as in the run, 20 steps, real time</div>");
        BufferedImage strip =
                ImageIO.read(
                        new ByteArrayInputStream(
                                Base64.getDecoder()
                                        .decode((String) shown.getData(MIMEType.IMAGE_PNG))));
        assertThat(strip.getWidth()).isEqualTo(2 * 976);
        assertThat(shown.getData(MIMEType.TEXT_PLAIN)).isEqualTo(film.caption());
    }

    @Test
    void anMp4HasControlsAndPlaysAgainAndAgain() {
        assertThat(FilmView.html(film(5, "video/mp4", OptionalDouble.empty())))
                .contains("<video controls autoplay loop muted")
                .contains("src=\"data:video/mp4;base64,AQIDBA==\"")
                .contains("return 12.50, 4 steps, real time");
    }

    @Test
    void aReturnThatDiffersFromTheRunsIsSaid() {
        assertThat(FilmView.html(film(5, "image/gif", OptionalDouble.of(12.25))))
                .contains("return 12.50, but 12.25 in the run");
        assertThat(film(5, "image/gif", OptionalDouble.of(12.5 + 1e-9)).caption())
                .contains("return 12.5, but 12.500000001 in the run");
    }

    @Test
    void aFilmOfASteeredRunSaysSo() {
        Film plain = film(5, "image/gif", OptionalDouble.empty());
        Film steered = film(5, "image/gif", OptionalDouble.empty(), "steered by hand: 1 hint");
        assertThat(steered.caption()).isEqualTo(plain.caption() + "; steered by hand: 1 hint");
        assertThat(FilmView.html(steered)).contains("steered by hand: 1 hint</div>");
        assertThat(FilmView.strip(steered, 5).height())
                .isEqualTo(FilmView.strip(plain, 5).height() + 18);
    }

    @Test
    void aStripShowsEachStillWholeWithItsStep() {
        Film film = film(21, "image/gif", OptionalDouble.empty());
        Picture strip = FilmView.strip(film, 6);
        assertThat(film.stills(6)).containsExactly(0, 4, 8, 12, 16, 20);
        BufferedImage image = strip.image(1);
        // The stills are plain, each a little redder than the one before.
        List<Integer> reds = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            int x = 12 + i * (image.getWidth() - 24 + 8) / 6;
            Color corner = new Color(image.getRGB(x + 1, 59));
            Color other = new Color(image.getRGB(x + 150, 59 + 110));
            assertThat(other).isEqualTo(corner);
            assertThat(corner.getBlue()).isEqualTo(200);
            reds.add(corner.getRed());
        }
        assertThat(reds).containsExactly(0, 40, 80, 120, 160, 200);
        assertThat(FilmView.strip(film, 2).width()).isEqualTo(2 * 320 + 8 + 24);
        assertThat(FilmView.strip(film, 21).height()).isGreaterThan(3 * strip.height() / 2);
    }

    private static Film film(int pictures, String mime, OptionalDouble logged) {
        return film(pictures, mime, logged, "");
    }

    private static Film film(int pictures, String mime, OptionalDouble logged, String stamp) {
        List<byte[]> images = new ArrayList<>();
        List<Integer> states = new ArrayList<>();
        for (int i = 0; i < pictures; i++) {
            images.add(plain(new Color(i * 10, 90, 200)));
            states.add(i);
        }
        int steps = pictures - 1;
        Episode episode =
                new Episode(
                        Specs.read("noise-world-2.json"),
                        "round 2, candidate 3",
                        77,
                        new Trace(List.of(steps), 1, 1, new byte[steps * 24]),
                        12.5,
                        Optional.empty(),
                        logged,
                        steps,
                        true,
                        stamp);
        return new Film(
                episode,
                states,
                images,
                new Film.Video(MOVING, mime),
                new Film.Timing(0.04, OptionalDouble.of(1), 25, "a test", 0.1, 0.2, 0.3),
                320,
                240);
    }

    private static byte[] plain(Color colour) {
        BufferedImage image = new BufferedImage(320, 240, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(colour);
        graphics.fillRect(0, 0, 320, 240);
        graphics.dispose();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
