package dev.promptpo.figures;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.knowm.xchart.style.theme.AbstractBaseTheme;

/**
 * The one look of all charts: white, no frame, light horizontal gridlines, thin lines, small
 * markers, Okabe and Ito's colours. Any XChart chart takes it with {@code
 * chart.getStyler().setTheme(new PaperTheme())}.
 */
public final class PaperTheme extends AbstractBaseTheme {
    static final BasicStroke HAIRLINE = new BasicStroke(.8f);
    static final BasicStroke LINE =
            new BasicStroke(1.8f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
    static final BasicStroke THIN =
            new BasicStroke(1.1f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
    static final BasicStroke DASHED =
            new BasicStroke(
                    1.1f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, new float[] {5, 4}, 0);

    @Override
    public Font getBaseFont() {
        return Typeface.regular(12);
    }

    @Override
    public Font getChartTitleFont() {
        return Typeface.semiBold(14);
    }

    @Override
    public Font getAxisTitleFont() {
        return Typeface.regular(12);
    }

    @Override
    public Font getAxisTickLabelsFont() {
        return Typeface.regular(11.5);
    }

    @Override
    public Font getLegendFont() {
        return Typeface.regular(11.5);
    }

    @Override
    public Font getAnnotationTextFont() {
        return Typeface.regular(11.5);
    }

    @Override
    public Font getAnnotationTextPanelFont() {
        return Typeface.regular(11.5);
    }

    @Override
    public Color getChartBackgroundColor() {
        return Ink.PAPER;
    }

    @Override
    public Color getPlotBackgroundColor() {
        return Ink.PAPER;
    }

    @Override
    public Color getChartFontColor() {
        return Ink.TEXT;
    }

    @Override
    public Color[] getSeriesColors() {
        return Ink.series();
    }

    @Override
    public BasicStroke[] getSeriesLines() {
        return new BasicStroke[] {LINE};
    }

    @Override
    public Marker[] getSeriesMarkers() {
        return new Marker[] {SeriesMarkers.CIRCLE};
    }

    @Override
    public int getMarkerSize() {
        return 5;
    }

    @Override
    public int getChartPadding() {
        return 10;
    }

    @Override
    public boolean isChartTitleBoxVisible() {
        return false;
    }

    @Override
    public LegendPosition getLegendPosition() {
        return LegendPosition.OutsideS;
    }

    @Override
    public Color getLegendBackgroundColor() {
        return Ink.PAPER;
    }

    @Override
    public Color getLegendBorderColor() {
        return Ink.PAPER;
    }

    @Override
    public boolean isPlotBorderVisible() {
        return false;
    }

    @Override
    public boolean isPlotGridVerticalLinesVisible() {
        return false;
    }

    @Override
    public boolean isPlotGridHorizontalLinesVisible() {
        return true;
    }

    @Override
    public boolean isPlotTicksMarksVisible() {
        return false;
    }

    @Override
    public Color getPlotGridLinesColor() {
        return Ink.GRID;
    }

    @Override
    public BasicStroke getPlotGridLinesStroke() {
        return HAIRLINE;
    }

    @Override
    public int getPlotMargin() {
        return 6;
    }

    @Override
    public double getPlotContentSize() {
        return 1;
    }

    @Override
    public Color getAxisTickMarksColor() {
        return Ink.AXIS;
    }

    @Override
    public BasicStroke getAxisTickMarksStroke() {
        return HAIRLINE;
    }

    @Override
    public Color getAxisTickLabelsColor() {
        return Ink.MUTED;
    }

    @Override
    public boolean isAxisTicksLineVisible() {
        return false;
    }

    @Override
    public boolean isAxisTicksMarksVisible() {
        return false;
    }

    @Override
    public int getAxisTickPadding() {
        return 6;
    }

    @Override
    public int getAxisTitlePadding() {
        return 8;
    }

    @Override
    public int getXAxisTickMarkSpacingHint() {
        return 80;
    }

    @Override
    public int getYAxisTickMarkSpacingHint() {
        return 44;
    }

    @Override
    public Color getErrorBarsColor() {
        return Ink.AXIS;
    }
}
