package dev.promptpo.film;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/**
 * An episode in pictures. A notebook shows the moving one; where nothing moves, a strip of stills.
 */
public final class Film {
    private final Episode episode;
    private final List<Integer> states;
    private final List<byte[]> pictures;
    private final Video video;
    private final Timing timing;
    private final int width;
    private final int height;

    /**
     * A film of pictures at hand; {@link Episode#film} makes one.
     *
     * @param states of each picture, how many steps had been taken; from 0 to the episode's length
     * @param pictures as PNG, all of one size
     * @throws IllegalArgumentException unless there is one picture a state, and at least one
     */
    public Film(
            Episode episode,
            List<Integer> states,
            List<byte[]> pictures,
            Video video,
            Timing timing,
            int width,
            int height) {
        if (pictures.isEmpty() || pictures.size() != states.size()) {
            throw new IllegalArgumentException(
                    "a film has one picture a state, and at least one; got "
                            + pictures.size()
                            + " for "
                            + states.size());
        }
        this.episode = episode;
        this.states = List.copyOf(states);
        this.pictures = List.copyOf(pictures);
        this.video = video;
        this.timing = timing;
        this.width = width;
        this.height = height;
    }

    /**
     * Moving pictures.
     *
     * @param mime {@code image/gif} or {@code video/mp4}
     */
    public record Video(byte[] bytes, String mime) {}

    /**
     * How fast it goes, and what it took.
     *
     * @param secondsPerPicture how long a picture is shown
     * @param speed simulated seconds in a second of the film: 1 is real time; empty where steps are
     *     no time
     * @param stepsPerSecond steps in a second of the film
     * @param renderer what drew it
     * @param firstSeconds by the clock, for the first picture, which prepares the others
     * @param othersSeconds by the clock, for all other pictures: drawing alone
     * @param othersProcessorSeconds the same of processor time, of all threads
     */
    public record Timing(
            double secondsPerPicture,
            OptionalDouble speed,
            double stepsPerSecond,
            String renderer,
            double firstSeconds,
            double othersSeconds,
            double othersProcessorSeconds) {}

    /** What it shows. */
    public Episode episode() {
        return episode;
    }

    /** The moving pictures. */
    public Video video() {
        return video;
    }

    public Timing timing() {
        return timing;
    }

    /** Pixels. */
    public int width() {
        return width;
    }

    /** Pixels. */
    public int height() {
        return height;
    }

    /** Of each picture, how many steps had been taken: from 0 to the episode's length. */
    public List<Integer> states() {
        return states;
    }

    /** The pictures, in order; the first is the state before the first step, the last the end. */
    public List<BufferedImage> frames() {
        return IntStream.range(0, pictures.size()).mapToObj(this::frame).toList();
    }

    /** The picture of this number, from 0. */
    public BufferedImage frame(int index) {
        try {
            return ImageIO.read(new ByteArrayInputStream(pictures.get(index)));
        } catch (IOException e) {
            throw new UncheckedIOException("the process that draws sent a broken picture", e);
        }
    }

    /**
     * Numbers of pictures evenly spaced from the first to the last.
     *
     * @param count at least 2; where there are fewer pictures, all of them
     */
    public List<Integer> stills(int count) {
        if (count < 2) {
            throw new IllegalArgumentException(
                    "a strip has at least 2 stills, the beginning and the end; got " + count);
        }
        int last = pictures.size() - 1;
        return IntStream.range(0, count)
                .map(i -> Math.round((float) i * last / (count - 1)))
                .distinct()
                .boxed()
                .toList();
    }

    /** Stills side by side, evenly spaced from the first to the last; {@code count} at least 2. */
    public BufferedImage strip(int count) {
        List<Integer> chosen = stills(count);
        BufferedImage strip =
                new BufferedImage(width * chosen.size(), height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = strip.createGraphics();
        for (int i = 0; i < chosen.size(); i++) {
            graphics.drawImage(frame(chosen.get(i)), i * width, 0, null);
        }
        graphics.dispose();
        return strip;
    }

    /** Environment, policy, seed, return, steps, speed and a steered run's stamp, in one line. */
    public String caption() {
        return episode.stamped(episode.title() + ", " + details());
    }

    /** Return, steps and speed. */
    public String details() {
        return episode.outcome() + ", " + speed();
    }

    private String speed() {
        if (timing.speed().isEmpty()) {
            double rate = timing.stepsPerSecond();
            return String.format(
                            Locale.ROOT,
                            rate < 10 && rate != Math.rint(rate) ? "%.1f" : "%.0f",
                            rate)
                    + " steps a second";
        }
        double speed = timing.speed().getAsDouble();
        return Math.abs(speed - 1) < 0.005
                ? "real time"
                : String.format(Locale.ROOT, "%.2g times real time", speed);
    }

    /**
     * Writes the film, or a strip of six stills, to a file; its name ends as {@link #video} says
     * ({@code .gif} or {@code .mp4}), or in {@code .png}.
     *
     * @return the file
     * @throws IllegalArgumentException for another ending
     * @throws UncheckedIOException when it cannot be written
     */
    public Path save(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        String ending = video.mime().equals("video/mp4") ? ".mp4" : ".gif";
        try {
            if (file.toAbsolutePath().getParent() != null) {
                Files.createDirectories(file.toAbsolutePath().getParent());
            }
            if (name.endsWith(ending)) {
                return Files.write(file, video.bytes());
            }
            if (name.endsWith(".png")) {
                ImageIO.write(strip(6), "png", file.toFile());
                return file;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
        throw new IllegalArgumentException(
                "this film is saved as "
                        + ending
                        + " (another form: film(seed, FilmSettings.DEFAULT.video(...))), its stills"
                        + " as .png; got "
                        + file.getFileName());
    }

    @Override
    public String toString() {
        return caption();
    }
}
