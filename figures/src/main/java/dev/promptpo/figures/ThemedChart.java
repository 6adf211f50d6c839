package dev.promptpo.figures;

import dev.promptpo.optimizer.Steering;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * An XChart line chart with a headline at the left, a line beneath it that says how to read the
 * chart, a margin at the right for direct labels, and notes at the foot.
 *
 * <p>It is an {@link XYChart}: series, styler and annotations are XChart's own and can be changed
 * before it is shown.
 */
public final class ThemedChart extends XYChart {
    private static final int SIDE = 12;
    private static final double HEADLINE = 14;
    private static final double READING = 12;
    private static final double NOTE = 11;
    private static final int DETAIL_LEFT = 66;
    private static final double DETAIL_SHARE = .48;
    private static final int COLUMN = 460;
    private static final double COLUMN_MM = 90;

    private final int marginRight;
    private final List<String> reading = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final Map<String, Steering> steerings = new HashMap<>();
    private Steering steering = Steering.NONE;
    private Optional<Table> data = Optional.empty();
    private Optional<ThemedChart> detail = Optional.empty();

    /**
     * @param width in CSS pixels
     * @param height in CSS pixels
     * @param marginRight of these, left free at the right of the plot for labels
     */
    ThemedChart(int width, int height, int marginRight) {
        super(width, height, new PaperTheme());
        this.marginRight = marginRight;
        getStyler().setChartTitleVisible(false);
        getStyler().setLegendVisible(false);
        getStyler().setAntiAlias(true);
        getStyler().setYAxisLabelAlignment(AxesChartStyler.TextAlignment.Right);
    }

    /** The headline. */
    ThemedChart headline(String text) {
        setTitle(text);
        return this;
    }

    /** A line beneath the headline, wrapped to the width of the chart. */
    ThemedChart reading(String text) {
        reading.add(text);
        return this;
    }

    /** A small line at the foot: units, what an interval is over, what a reference is. */
    ThemedChart note(String text) {
        notes.add(text);
        return this;
    }

    /** Says at the foot what a person decided in the run; nothing where nobody did. */
    ThemedChart stamp(Steering steering) {
        stampData(steering);
        return steering.any() ? note("The run is " + steering.stamp() + ".") : this;
    }

    /** As {@link #stamp}, in {@link #data} alone: where the chart's own words say it already. */
    ThemedChart stampData(Steering whole) {
        steering = whole;
        return this;
    }

    /** As {@link #stampData(Steering)}, of one series, where others are of other runs. */
    void stampData(XYSeries series, Steering own) {
        steerings.put(series.getName(), own);
    }

    /** A second panel above this one, over the same x axis; its own headline is not shown. */
    ThemedChart detail(ThemedChart panel) {
        detail = Optional.of(panel);
        // Both plots begin at the same place, however wide their tick labels are.
        panel.getStyler().setYAxisLeftWidthHint(DETAIL_LEFT);
        getStyler().setYAxisLeftWidthHint(DETAIL_LEFT);
        return this;
    }

    /** What {@link #data()} gives, of a chart that draws more than the points of its series. */
    ThemedChart data(Table drawn) {
        data = Optional.of(drawn);
        return this;
    }

    /**
     * Exactly what is drawn: unless the chart has a table of its own one row a point, {@code
     * series, x, y, stamp}, the last empty where nobody steered the run. A second panel shows a
     * part of the same.
     */
    Table data() {
        return data.orElseGet(this::points);
    }

    private Table points() {
        StringColumn series = StringColumn.create("series");
        DoubleColumn x = DoubleColumn.create("x");
        DoubleColumn y = DoubleColumn.create("y");
        StringColumn stamp = StringColumn.create("stamp");
        for (XYSeries one : getSeriesCollection()) {
            for (int i = 0; i < one.getXData().length; i++) {
                series.append(one.getName());
                x.append(one.getXData()[i]);
                y.append(one.getYData()[i]);
                stamp.append(steerings.getOrDefault(one.getName(), steering).stamp());
            }
        }
        return Table.create("data", series, x, y, stamp);
    }

    /** All that is written around the chart, in reading order. */
    public String description() {
        List<String> parts = new ArrayList<>();
        if (getTitle() != null) {
            parts.add(getTitle());
        }
        parts.addAll(reading);
        parts.addAll(notes);
        return String.join(". ", parts).replace("..", ".");
    }

    /** What is to be seen, in words, where there is no browser. */
    @Override
    public String toString() {
        return description();
    }

    /** Points without a line. */
    XYSeries dots(String name, double[] x, double[] y, Color color) {
        XYSeries series = addSeries(name, x, y);
        series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
        series.setMarker(SeriesMarkers.CIRCLE);
        series.setMarkerColor(color);
        return series;
    }

    @Override
    public void paint(Graphics2D graphics, int width, int height) {
        graphics.setRenderingHint(
                RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setColor(getStyler().getChartBackgroundColor());
        graphics.fillRect(0, 0, width, height);
        List<String> head = Typeface.wrap(reading, Typeface.regular(READING), width - 2 * SIDE);
        List<String> foot = Typeface.wrap(notes, Typeface.regular(NOTE), width - 2 * SIDE);
        double y = SIDE;
        if (getTitle() != null && !getTitle().isBlank()) {
            y = line(graphics, getTitle(), Typeface.semiBold(HEADLINE), Ink.TEXT, y);
        }
        for (String text : head) {
            y = line(graphics, text, Typeface.regular(READING), Ink.MUTED, y);
        }
        int top = (int) Math.ceil(y);
        int bottom = foot.isEmpty() ? 0 : (int) Math.ceil(foot.size() * NOTE * 1.35) + 6;
        panels(graphics, top, width, height - top - bottom);
        setWidth(width);
        setHeight(height);
        double footY = height - bottom;
        for (String text : foot) {
            footY = line(graphics, text, Typeface.regular(NOTE), Ink.MUTED, footY);
        }
    }

    /**
     * The panels alone, as wide as a column of a paper (90 mm): headline, reading line and notes
     * are the caption's work there, and {@link #description} has their words. Letters come out at 6
     * points.
     */
    public Picture column() {
        int width = getWidth();
        int height = getHeight();
        int lines = Typeface.wrap(reading, Typeface.regular(READING), width - 2 * SIDE).size();
        int around =
                (int) (SIDE + HEADLINE * 1.4 + lines * READING * 1.4)
                        + (int)
                                (Typeface.wrap(notes, Typeface.regular(NOTE), width - 2 * SIDE)
                                                .size()
                                        * NOTE
                                        * 1.35);
        int column = Math.min(width, COLUMN);
        int panels = height - around;
        return Picture.of(
                        column,
                        panels,
                        description(),
                        graphics -> {
                            graphics.setRenderingHint(
                                    RenderingHints.KEY_ANTIALIASING,
                                    RenderingHints.VALUE_ANTIALIAS_ON);
                            graphics.setColor(getStyler().getChartBackgroundColor());
                            graphics.fillRect(0, 0, column, panels);
                            panels(graphics, 0, column, panels);
                            // What the page shows keeps its own size.
                            setWidth(width);
                            setHeight(height);
                        })
                .printed(COLUMN_MM);
    }

    private void panels(Graphics2D graphics, int top, int width, int height) {
        int below = top;
        if (detail.isPresent()) {
            int part = (int) (height * DETAIL_SHARE);
            detail.get().plot(graphics, top, width, part);
            below += part;
        }
        plot(graphics, below, width, top + height - below);
    }

    private void plot(Graphics2D graphics, int top, int width, int height) {
        AffineTransform before = graphics.getTransform();
        graphics.translate(0, top);
        super.paint(graphics, width - marginRight, height);
        graphics.setTransform(before);
    }

    private static double line(
            Graphics2D graphics, String text, Font font, Color color, double top) {
        graphics.setFont(font);
        graphics.setColor(color);
        graphics.drawString(text, SIDE, (float) (top + font.getSize2D()));
        return top + font.getSize2D() * 1.4;
    }
}
