package dev.promptpo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class FilmBenchmarkTest {
    @Test
    void filmsEachEnvironmentAndSaysOfOneThatCannotBeDrawnWhy() {
        StringWriter out = new StringWriter();
        String[] command = "benchmark film NoiseWorld0 MountainCar-v0 --films 2".split(" ");
        int code = Main.run(command, new PrintWriter(out, true), new PrintWriter(out, true));
        assertThat(code).as("%s", out).isZero();
        List<String> lines = out.toString().lines().toList();
        assertThat(lines.get(2))
                .matches(
                        "NoiseWorld0 +240 x 240 +\\d+ +\\d+ +\\d+ +[\\d.]+ +\\d+ +[\\d.]+ +[\\d.]+ +the env.*");
        assertThat(lines.get(3)).startsWith("MountainCar-v0").containsAnyOf("pygame", " x ");
    }
}
