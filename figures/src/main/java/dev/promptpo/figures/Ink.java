package dev.promptpo.figures;

import java.awt.Color;

/**
 * The colours of all figures.
 *
 * <p>Data colours are the palette of Okabe and Ito ("Color universal design", 2008), which stays
 * apart for every common form of colour blindness; greys carry what is not data.
 */
final class Ink {
    static final Color BLUE = new Color(0x0072B2);
    static final Color ORANGE = new Color(0xE69F00);
    static final Color GREEN = new Color(0x009E73);
    static final Color VERMILION = new Color(0xD55E00);
    static final Color PURPLE = new Color(0xCC79A7);
    static final Color SKY = new Color(0x56B4E9);
    static final Color YELLOW = new Color(0xF0E442);

    static final Color PAPER = Color.WHITE;
    static final Color TEXT = new Color(0x1F2328);
    static final Color MUTED = new Color(0x656D76);
    static final Color AXIS = new Color(0x9AA1A9);
    static final Color GRID = new Color(0xE9ECEF);

    private Ink() {}

    /** Series colours in order of use. Yellow is left out: a thin line of it vanishes on white. */
    static Color[] series() {
        return new Color[] {BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, TEXT};
    }

    static Color faint(Color color, int alpha) {
        return new Color(color.getRed(), color.getGreen(), color.getBlue(), alpha);
    }
}
