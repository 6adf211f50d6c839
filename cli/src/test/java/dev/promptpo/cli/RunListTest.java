package dev.promptpo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptpo.analysis.Interval;
import dev.promptpo.analysis.RunSummary;
import dev.promptpo.optimizer.Steering;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunListTest {
    private static final Interval ESTIMATE =
            new Interval(966.123456, 951, 975, .95, 100, "episodes", "BCa bootstrap");

    @Test
    void showsFewDigitsUnderEachOther() {
        assertThat(
                        lines(
                                120,
                                run("NoiseWorld1-paper-3f2a91cc-s0", "replay: someone"),
                                unfinished("NoiseWorld1-paper-3f2a91cc-s1", "replay: someone")))
                .containsExactly(
                        "run                            model             N  rounds  ended  search"
                                + "  held-out  norm.        steps  begun",
                        "-----------------------------  ---------------  --  ------  -----  ------"
                                + "  --------  -----  -----------  ----------",
                        "NoiseWorld1-paper-3f2a91cc-s0  replay: someone  20   20/20  yes    974.91"
                                + "    966.12  0.991    1,234,567  2026-11-21",
                        "NoiseWorld1-paper-3f2a91cc-s1  replay: someone  20    3/20  no           "
                                + "                   >=1,234,567  2026-11-21");
    }

    @Test
    void keepsToTheWidthHoweverLongNamesAre() {
        String name = "door-open-v3-a-very-long-name-that-someone-gave-to-a-folder-of-theirs-s17";
        String model = "openai: a-model-with-a-name-of-many-words-2026-11-21";
        RunSummary[] runs = {run(name, model), run("NoiseWorld1-x", "replay")};
        List<String> lines = lines(120, runs);
        assertThat(lines).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(120));
        assertThat(lines.get(2))
                .startsWith("door-open-v3-...f-theirs-s17  NoiseWorld1  open...-21  20")
                .endsWith("1,234,567  2026-11-21");
        assertThat(lines(Integer.MAX_VALUE, runs).get(2)).contains(name, model);
    }

    @Test
    void namesTheEnvironmentWhereTheRunDoesNot() {
        assertThat(lines(120, run("mine", "replay")).get(2)).startsWith("mine  NoiseWorld1  ");
    }

    @ParameterizedTest
    @CsvSource({
        "974.912345, 974.91",
        "-186.35198, -186.35",
        "0, 0",
        "-0.0, 0",
        "1, 1",
        "1500, 1500",
        "123456.7, 123460",
        "0.000123456, 0.00012346",
        "0.00001, 1.0000e-05",
        "-12345678901, -1.2346e+10",
        "NaN, NaN",
        "Infinity, Infinity"
    })
    void showsFiveSignificantDigits(double value, String expected) {
        assertThat(Digits.few(value)).isEqualTo(expected);
    }

    private static List<String> lines(int width, RunSummary... runs) {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        RunList.print(List.of(runs), width, out);
        out.flush();
        return text.toString().lines().toList();
    }

    private static RunSummary run(String name, String model) {
        return summary(name, model, true);
    }

    private static RunSummary unfinished(String name, String model) {
        return summary(name, model, false);
    }

    private static RunSummary summary(String name, String model, boolean finished) {
        return new RunSummary(
                name,
                "promptpo",
                "NoiseWorld1",
                "paper",
                model,
                OptionalInt.of(20),
                OptionalInt.of(20),
                OptionalInt.of(5),
                0,
                finished ? 20 : 3,
                finished,
                finished ? OptionalDouble.of(974.912345) : OptionalDouble.empty(),
                finished ? Optional.of(ESTIMATE) : Optional.empty(),
                finished ? OptionalDouble.of(.99123) : OptionalDouble.empty(),
                1_000_000,
                1_234_567,
                !finished,
                1,
                2,
                Instant.parse("2026-11-21T10:00:00Z"),
                Steering.NONE);
    }
}
