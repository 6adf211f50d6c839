package dev.promptpo.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ImportsTest {
    @Test
    void allCompileAndReachWhatTheyName() {
        try (Cells cells = new Cells()) {
            for (String statement :
                    Imports.with("java.util.zip.*; import static java.lang.Math.* ;")) {
                assertThat(cells.run(statement)).isEqualTo(new Outcome.Done());
            }
            assertThat(cells.value("List.of(1).stream().collect(Collectors.toList()).size()"))
                    .isEqualTo(1);
            assertThat(cells.value("floorMod(-1, 5)")).isEqualTo(4);
            assertThat(cells.value("Path.of(\"a\").resolve(\"b\").getNameCount()")).isEqualTo(2);
        }
    }
}
