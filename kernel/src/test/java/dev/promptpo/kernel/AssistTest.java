package dev.promptpo.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.dflib.jjava.jupyter.kernel.ReplacementOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AssistTest {
    private Cells cells;
    private Assist assist;

    @BeforeAll
    void open() {
        cells = new Cells();
        cells.run("String greeting = \"hello\";");
        assist = new Assist(cells.session().analysis());
    }

    @AfterAll
    void close() {
        cells.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    1 + 1                  | complete
                    int a = 1; int b = 2;  | complete
                    if (true) {            | '    '
                    '  while (true) {'     | '      '
                    int x = );             | invalid
                    /* open                | ''
                    // closed              | complete
                    List.of(1,             | '    '
                    """)
    void completeness(String source, String answer) {
        assertThat(assist.isComplete(source)).isEqualTo(answer == null ? "" : answer);
    }

    @Test
    void completesInLaterPiecesOfACell() {
        String source = "int n = 1;\n// note\ngreeting.toUp";
        ReplacementOptions options = assist.complete(source, source.length());
        assertThat(options.getReplacements()).first().isEqualTo("toUpperCase(");
        assertThat(source.substring(options.getSourceStart(), options.getSourceEnd()))
                .isEqualTo("toUp");
    }

    @Test
    void completesInTheMidstOfACell() {
        String source = "greeting.len\nint after = 1;";
        ReplacementOptions options = assist.complete(source, "greeting.len".length());
        assertThat(options.getReplacements()).containsExactly("length()");
    }

    @Test
    void showsSignatures() {
        String source = "int n = 1;\nMath.floorMod(n, 2);";
        assertThat(assist.inspect(source, source.indexOf("Mod") + 1))
                .hasValueSatisfying(
                        text -> assertThat(text).contains("int Math.floorMod(int x, int y)"));
        assertThat(assist.inspect("nothingOfThatName", 5)).isEmpty();
    }
}
