package dev.promptpo.figures;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import org.junit.jupiter.api.Test;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.HeatMapChartBuilder;
import org.knowm.xchart.PieChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.ChartTheme;
import org.knowm.xchart.style.Styler.LegendPosition;

class PaperLookTest {
    @Test
    void aChartWithXChartsOwnLookTakesOurs() {
        XYChart chart = new XYChartBuilder().build();
        PaperLook.on(chart);
        assertThat(chart.getStyler().getChartBackgroundColor()).isEqualTo(Ink.PAPER);
        assertThat(chart.getStyler().getSeriesColors()).isEqualTo(Ink.series());
        assertThat(chart.getStyler().getBaseFont()).isEqualTo(new PaperTheme().getBaseFont());
        assertThat(chart.getStyler().isPlotGridVerticalLinesVisible()).isFalse();
        assertThat(chart.getStyler().isPlotGridHorizontalLinesVisible()).isTrue();
        assertThat(chart.getStyler().getPlotContentSize())
                .as("points at the ends are not cut")
                .isLessThan(1);
    }

    @Test
    void whatWasChosenStays() {
        XYChart chart = new XYChartBuilder().build();
        chart.getStyler().setLegendPosition(LegendPosition.InsideNW);
        chart.getStyler().setPlotBackgroundColor(Color.PINK);
        chart.getStyler().setXAxisMax(7.0);
        PaperLook.on(chart);
        assertThat(chart.getStyler().getLegendPosition()).isEqualTo(LegendPosition.InsideNW);
        assertThat(chart.getStyler().getPlotBackgroundColor()).isEqualTo(Color.PINK);
        assertThat(chart.getStyler().getXAxisMax()).isEqualTo(7.0);
    }

    @Test
    void anotherThemeStaysAsAWhole() {
        XYChart chart = new XYChartBuilder().theme(ChartTheme.GGPlot2).build();
        Color before = chart.getStyler().getPlotBackgroundColor();
        PaperLook.on(chart);
        assertThat(chart.getStyler().getPlotBackgroundColor()).isEqualTo(before);
        assertThat(before).isNotEqualTo(Ink.PAPER);
    }

    @Test
    void allKindsOfChartsCanBeDrawnAfterIt() {
        var bars = new CategoryChartBuilder().build();
        bars.addSeries("a", new double[] {1, 2}, new double[] {3, 4});
        var pie = new PieChartBuilder().build();
        pie.addSeries("a", 1);
        pie.addSeries("b", 3);
        var heat = new HeatMapChartBuilder().build();
        heat.addSeries("a", new int[] {0, 1}, new int[] {0, 1}, new int[][] {{1, 2}, {3, 4}});
        for (var chart : java.util.List.of(bars, pie, heat)) {
            assertThat(Picture.of(PaperLook.on(chart)).png()).hasSizeGreaterThan(2000);
        }
    }
}
