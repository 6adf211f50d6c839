package dev.promptpo.figures;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.knowm.xchart.internal.chartpart.Annotation;

/**
 * Labels at the right of the plot, each at the height of what it names, moved apart where they
 * would overlap.
 */
final class SideLabels extends Annotation {
    private static final double GAP = 10;
    private static final double SPACE = 5;

    private record Label(double value, String name, String detail, Color color) {}

    private final List<Label> labels = new ArrayList<>();
    private final Font nameFont = Typeface.semiBold(11.5);
    private final Font detailFont = Typeface.regular(11);

    SideLabels() {
        super(false);
    }

    /**
     * @param value where on the y axis
     * @param name first line, in the colour of what it names
     * @param detail second line, grey; may be empty
     */
    SideLabels add(double value, String name, String detail, Color color) {
        labels.add(new Label(value, name, detail, color));
        return this;
    }

    @Override
    public void paint(Graphics2D graphics) {
        double x = getXAxisScreenValueForMax() + GAP;
        double top = getYAxisScreenValueForMin();
        // XChart names the ends of the plot the other way round on some versions.
        double bottom = getYAxisScreenValueForMax();
        if (top > bottom) {
            double swap = top;
            top = bottom;
            bottom = swap;
        }
        List<Label> sorted = new ArrayList<>(labels);
        sorted.sort(Comparator.comparingDouble(label -> -label.value()));
        double[] middle = new double[sorted.size()];
        for (int i = 0; i < middle.length; i++) {
            middle[i] = getYAxisScreenValue(sorted.get(i).value());
        }
        spread(sorted, middle, top, bottom);
        bounds = new Rectangle2D.Double(x, top, 0, bottom - top);
        for (int i = 0; i < middle.length; i++) {
            Label label = sorted.get(i);
            double exact = getYAxisScreenValue(label.value());
            graphics.setStroke(PaperTheme.HAIRLINE);
            graphics.setColor(Ink.faint(label.color(), 160));
            graphics.draw(new Line2D.Double(x - GAP + 1, exact, x - 3, middle[i]));
            double baseline = middle[i] - height(label) / 2 + nameFont.getSize2D() * .92;
            graphics.setFont(nameFont);
            graphics.setColor(label.color());
            graphics.drawString(label.name(), (float) x, (float) baseline);
            if (!label.detail().isEmpty()) {
                graphics.setFont(detailFont);
                graphics.setColor(Ink.MUTED);
                graphics.drawString(
                        label.detail(), (float) x, (float) (baseline + nameFont.getSize2D() * 1.2));
            }
        }
    }

    private double height(Label label) {
        return nameFont.getSize2D() * 1.2
                + (label.detail().isEmpty() ? 0 : detailFont.getSize2D() * 1.2);
    }

    /** Pushes labels down where they overlap, then back up from the foot of the plot. */
    private void spread(List<Label> sorted, double[] middle, double top, double bottom) {
        double free = top - 4;
        for (int i = 0; i < middle.length; i++) {
            double half = height(sorted.get(i)) / 2;
            middle[i] = Math.max(middle[i], free + half);
            free = middle[i] + half + SPACE;
        }
        free = bottom + 8;
        for (int i = middle.length - 1; i >= 0; i--) {
            double half = height(sorted.get(i)) / 2;
            middle[i] = Math.min(middle[i], free - half);
            free = middle[i] - half - SPACE;
        }
    }
}
