package dev.promptpo.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.dflib.jjava.jupyter.kernel.display.mime.MIMEType;
import org.junit.jupiter.api.Test;

class ValueTextTest {
    @Test
    void arraysShowWhatIsInThem() {
        assertThat(ValueText.of(new double[] {1, 2.5})).isEqualTo("[1.0, 2.5]");
        assertThat(ValueText.of(new int[][] {{1}, {2, 3}})).isEqualTo("[[1], [2, 3]]");
        assertThat(ValueText.of(new Object[] {"a", null})).isEqualTo("[a, null]");
    }

    @Test
    void othersShowTheirString() {
        assertThat(ValueText.of(List.of(1, 2))).isEqualTo("[1, 2]");
        assertThat(ValueText.of(null)).isEqualTo("null");
    }

    @Test
    void theRendererUsesItWhereNothingIsRegistered() {
        CellRenderer renderer = new CellRenderer();
        assertThat(renderer.render(new boolean[] {true}).getData(MIMEType.TEXT_PLAIN))
                .isEqualTo("[true]");
        assertThat(renderer.render(null).getData(MIMEType.TEXT_PLAIN)).isEqualTo("null");
    }
}
