package dev.promptpo.figures;

import java.awt.Font;
import java.awt.FontFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * Inter, shipped with the figures: text has the same shape and width on every machine, also on one
 * with no fonts installed.
 */
final class Typeface {
    private static final String FOLDER = "/com/formdev/flatlaf/fonts/inter/";
    private static final Font REGULAR = load("Inter-Regular.otf");
    private static final Font SEMI_BOLD = load("Inter-SemiBold.otf");

    private Typeface() {}

    static Font regular(double points) {
        return REGULAR.deriveFont((float) points);
    }

    static Font semiBold(double points) {
        return SEMI_BOLD.deriveFont((float) points);
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
            throw new UncheckedIOException(e);
        } catch (FontFormatException e) {
            throw new IllegalStateException("the typeface " + file + " cannot be read", e);
        }
    }
}
