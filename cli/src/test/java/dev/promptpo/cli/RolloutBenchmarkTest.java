package dev.promptpo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class RolloutBenchmarkTest {
    @Test
    void eachMeasureStandsBesideItsTarget() {
        StringWriter out = new StringWriter();
        String command =
                "benchmark rollout --part candidate --part steps --part bridge"
                        + " --environment NoiseWorld1 --pairs 1";
        int code =
                Main.run(
                        command.split(" "), new PrintWriter(out, true), new PrintWriter(out, true));
        assertThat(code).as("%s", out).isZero();
        List<String> lines =
                out.toString().lines().filter(line -> !line.startsWith("... ")).toList();
        String numbers = " +[\\d.]+ +[\\d.]+ to [\\d.]+ +";
        assertThat(lines.get(3))
                .matches(
                        "a further candidate, source to first action"
                                + numbers
                                + "ms +7 +at most 30.0 +(yes|no)");
        assertThat(lines.get(4))
                .matches(
                        "CPU time a step, NoiseWorld1"
                                + numbers
                                + "times the plain loop +1 +at most 2.00 +(yes|no) +.* 20000 steps; two"
                                + " bare processes [\\d.]+ times \\([\\d.]+ to [\\d.]+\\)");
        assertThat(lines.get(5))
                .matches(
                        "Java to Python and back, no argument"
                                + numbers
                                + "us +100000 +at most 3.00 +(yes|no) .*");
        assertThat(lines.get(6)).startsWith("handing over 1,000,000 doubles of Java");
    }

    @Test
    void anUnknownEnvironmentIsNamed() {
        StringWriter out = new StringWriter();
        String command = "benchmark rollout --part steps --environment NoiseWorld7 --pairs 1";
        int code =
                Main.run(
                        command.split(" "), new PrintWriter(out, true), new PrintWriter(out, true));
        assertThat(code).as("%s", out).isEqualTo(ExitCodes.BAD_ARGUMENTS);
        assertThat(out.toString()).contains("NoiseWorld7", "NoiseWorld1", "Hopper-v5");
    }
}
