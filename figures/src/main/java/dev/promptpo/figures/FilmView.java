package dev.promptpo.figures;

import dev.promptpo.film.Film;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.Base64;
import java.util.List;

/** How a film shows itself: moving in a browser, as a strip of stills elsewhere. */
final class FilmView {
    /** Stills in the picture that stands for a film where nothing moves. */
    static final int STILLS = 6;

    private static final int SIDE = 12;
    private static final int GAP = 8;
    private static final int WIDTH = 976;
    private static final int NARROWEST = 152;
    private static final int HEAD = SIDE + 46;
    private static final int LABEL = 16;
    private static final int LINE = 18;

    private FilmView() {}

    static String html(Film film) {
        Film.Video video = film.video();
        String source =
                "data:"
                        + video.mime()
                        + ";base64,"
                        + Base64.getEncoder().encodeToString(video.bytes());
        String size = "\" width=\"" + film.width() + "\" height=\"" + film.height() + "\"";
        String caption = Html.escape(film.caption());
        String moving =
                video.mime().startsWith("video/")
                        ? "<video controls autoplay loop muted playsinline src=\""
                                + source
                                + size
                                + " aria-label=\""
                                + caption
                                + "\"></video>"
                        : "<img src=\"" + source + size + " alt=\"" + caption + "\">";
        return Html.block(
                "<div style=\"max-width:100%\">" + moving + "</div>" + Html.muted(film.caption()));
    }

    /** What it is, what came of it, and the stills, under each how many steps had been taken. */
    static Picture strip(Film film, int count) {
        List<Integer> stills = film.stills(count);
        List<BufferedImage> images = stills.stream().map(film::frame).toList();
        int columns = Math.min(STILLS, stills.size());
        int wide =
                Math.clamp(
                        (WIDTH - 2 * SIDE - (columns - 1) * GAP) / columns,
                        NARROWEST,
                        Math.max(NARROWEST, film.width()));
        int high = Math.round((float) wide * film.height() / film.width());
        int rows = Math.ceilDiv(stills.size(), columns);
        int row = high + LABEL + GAP;
        int width = 2 * SIDE + columns * wide + (columns - 1) * GAP;
        String stamp = film.episode().stamp();
        List<String> steered =
                stamp.isEmpty()
                        ? List.of()
                        : Typeface.wrap(
                                List.of("The run is " + stamp + "."),
                                Typeface.regular(12),
                                width - 2 * SIDE);
        int head = HEAD + steered.size() * LINE;
        return Picture.of(
                width,
                head + rows * row - GAP + SIDE,
                film.caption(),
                graphics -> {
                    graphics.setColor(Ink.TEXT);
                    write(graphics, film.episode().title(), Typeface.semiBold(14), SIDE + 14);
                    graphics.setColor(Ink.MUTED);
                    write(graphics, film.details(), Typeface.regular(12), SIDE + 34);
                    for (int i = 0; i < steered.size(); i++) {
                        int baseline = SIDE + 34 + (i + 1) * LINE;
                        write(graphics, steered.get(i), Typeface.regular(12), baseline);
                    }
                    for (int i = 0; i < images.size(); i++) {
                        int x = SIDE + i % columns * (wide + GAP);
                        int y = head + i / columns * row;
                        graphics.setRenderingHint(
                                RenderingHints.KEY_INTERPOLATION,
                                RenderingHints.VALUE_INTERPOLATION_BICUBIC);
                        graphics.drawImage(images.get(i), x, y, wide, high, null);
                        graphics.setFont(Typeface.regular(11));
                        graphics.setColor(Ink.MUTED);
                        String label = "step " + film.states().get(stills.get(i));
                        graphics.drawString(label, x, y + high + LABEL - 3);
                    }
                });
    }

    private static void write(Graphics2D graphics, String text, Font font, int baseline) {
        graphics.setFont(font);
        graphics.drawString(text, SIDE, baseline);
    }
}
