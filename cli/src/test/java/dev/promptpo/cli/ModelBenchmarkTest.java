package dev.promptpo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelBenchmarkTest {
    @Test
    void timesRoundsAndCountsWhatWasInFlightAtOnce() {
        StringWriter out = new StringWriter();
        String[] command = "benchmark models --candidates 3 --rounds 2 --latency 0.5".split(" ");
        int code = Main.run(command, new PrintWriter(out, true), new PrintWriter(out, true));
        assertThat(code).as("%s", out).isZero();

        List<String[]> rows =
                out.toString()
                        .lines()
                        .map(line -> line.strip().split("  +", -1))
                        .filter(row -> row.length == 4 && row[0].matches("\\d+"))
                        .toList();
        assertThat(rows).hasSize(2);
        // Three policies and the Feedback class; a comparison, then three policies.
        assertThat(rows.get(0)[1]).isEqualTo("4");
        assertThat(rows.get(1)[1]).isEqualTo("4");
        assertThat(Integer.parseInt(rows.get(1)[2])).isBetween(1, 3);
        // A server that sleeps half a second is never quicker.
        assertThat(Double.parseDouble(rows.get(0)[3])).isGreaterThanOrEqualTo(0.5);
        assertThat(Double.parseDouble(rows.get(1)[3])).isGreaterThanOrEqualTo(1.0);
    }
}
