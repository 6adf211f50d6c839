package dev.promptpo.figures;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.rollout.Trace;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class EpisodePathTest {
    private final EnvironmentSpec spec = Specs.read("noise-world-2.json");

    @Test
    void aPathEndsWhereTheLastStepLed() {
        // Down, then right into the goal: row 8 to 9 at column 8, then column 9.
        assertThat(EpisodePath.cells(spec, trace(new double[][] {{8, 8, 1, -1}, {9, 8, 3, 999}})))
                .containsExactly(
                        new BoardPicture.Cell(8, 8),
                        new BoardPicture.Cell(9, 8),
                        new BoardPicture.Cell(9, 9));
        assertThat(EpisodePath.cells(spec, trace(new double[][] {{1, 7, 3, -1001}})))
                .containsExactly(new BoardPicture.Cell(1, 7), new BoardPicture.Cell(1, 8));
    }

    @Test
    void whereTheStepsRanOutThePathEndsWithWhatWasSeenLast() {
        assertThat(EpisodePath.cells(spec, trace(new double[][] {{0, 0, 0, -1}, {0, 0, 0, -1}})))
                .containsExactly(new BoardPicture.Cell(0, 0), new BoardPicture.Cell(0, 0));
    }

    /** Rows of agent row, agent column, action, reward. */
    private Trace trace(double[][] rows) {
        int width = spec.observationSize() + 2;
        ByteBuffer data =
                ByteBuffer.allocate(rows.length * width * Double.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN);
        for (double[] row : rows) {
            double[] values = new double[width];
            values[0] = row[0] / 9;
            values[1] = row[1] / 9;
            values[width - 2] = row[2];
            values[width - 1] = row[3];
            for (double value : values) {
                data.putDouble(value);
            }
        }
        return new Trace(List.of(rows.length), spec.observationSize(), 1, data.array());
    }
}
