package dev.promptpo.figures;

import java.awt.Font;
import java.awt.FontFormatException;
import java.io.IOException;
import java.io.InputStream;
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
}
