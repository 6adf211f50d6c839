package dev.promptpo.figures;

import java.awt.Font;
import java.awt.FontFormatException;
import java.awt.font.FontRenderContext;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Inter, shipped with the figures: text has the same shape and width on every machine, whatever
 * fonts are installed there.
 */
final class Typeface {
    private static final String FOLDER = "/com/formdev/flatlaf/fonts/inter/";
    private static final Map<String, Font> LOADED = new ConcurrentHashMap<>();

    private Typeface() {}

    static Font regular(double points) {
        return LOADED.computeIfAbsent("Inter-Regular.otf", Typeface::load)
                .deriveFont((float) points);
    }

    static Font semiBold(double points) {
        return LOADED.computeIfAbsent("Inter-SemiBold.otf", Typeface::load)
                .deriveFont((float) points);
    }

    private static Font load(String file) {
        try (InputStream stream = Typeface.class.getResourceAsStream(FOLDER + file)) {
            if (stream == null) {
                throw new IllegalStateException(
                        "the typeface "
                                + file
                                + " is not on the class path; add"
                                + " com.formdev:flatlaf-fonts-inter");
            }
            return Font.createFont(Font.TRUETYPE_FONT, stream);
        } catch (IOException e) {
            // So Java says that a library of its own is missing, or that there is no font at all.
            throw new IllegalStateException(
                    "Java cannot draw letters on this machine; ./promptpo doctor says what to"
                            + " install",
                    e);
        } catch (FontFormatException e) {
            throw new IllegalStateException("the typeface " + file + " cannot be read", e);
        }
    }

    /** Paragraphs in lines no wider than this, in CSS pixels. */
    static List<String> wrap(List<String> paragraphs, Font font, double width) {
        FontRenderContext context = new FontRenderContext(null, true, true);
        List<String> lines = new ArrayList<>();
        for (String paragraph : paragraphs) {
            StringBuilder current = new StringBuilder();
            for (String word : paragraph.split(" ", -1)) {
                String longer = current.isEmpty() ? word : current + " " + word;
                if (!current.isEmpty()
                        && font.getStringBounds(longer, context).getWidth() > width) {
                    lines.add(current.toString());
                    current.setLength(0);
                    current.append(word);
                } else {
                    current.setLength(0);
                    current.append(longer);
                }
            }
            lines.add(current.toString());
        }
        return lines;
    }
}
