package dev.promptpo.film;

import java.util.Locale;

/**
 * How an episode is filmed.
 *
 * @param width of a picture of a MuJoCo scene, pixels; other environments have sizes of their own
 * @param height likewise
 * @param frames pictures at most; a longer episode is shown with states left out
 * @param video how it is shown
 */
public record FilmSettings(int width, int height, int frames, Video video) {
    /** 320 x 240, at most 300 pictures. */
    public static final FilmSettings DEFAULT = new FilmSettings(320, 240, 300, Video.BEST);

    private static final int LARGEST = 1920;

    /** Forms of moving pictures. */
    public enum Video {
        /** MP4 where imageio-ffmpeg is installed, else GIF. */
        BEST,
        /** A GIF of at most 3 MB: it moves wherever pictures are shown. */
        GIF,
        /** H.264 in MP4; needs imageio-ffmpeg. */
        MP4;

        String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public FilmSettings {
        if (Math.min(width, height) < 16 || Math.max(width, height) > LARGEST) {
            throw new IllegalArgumentException(
                    "a film is 16 to "
                            + LARGEST
                            + " pixels wide and high; got "
                            + width
                            + " x "
                            + height);
        }
        if (frames < 2) {
            throw new IllegalArgumentException(
                    "a film has at least 2 pictures, the beginning and the end; got " + frames);
        }
    }

    /** The same in another size. */
    public FilmSettings size(int pixelsWide, int pixelsHigh) {
        return new FilmSettings(pixelsWide, pixelsHigh, frames, video);
    }

    /** The same with more or fewer pictures. */
    public FilmSettings frames(int atMost) {
        return new FilmSettings(width, height, atMost, video);
    }

    /** The same in another form. */
    public FilmSettings video(Video form) {
        return new FilmSettings(width, height, frames, form);
    }
}
