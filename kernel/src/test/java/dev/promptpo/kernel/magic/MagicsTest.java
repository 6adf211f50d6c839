package dev.promptpo.kernel.magic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MagicsTest {
    private final Magics magics = new Magics();

    @BeforeEach
    void register() {
        magics.line("maven", "X", "fetches", (kernel, arguments) -> arguments);
        magics.cell("time", "", "measures", (kernel, arguments, body) -> body);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    maven   | there is no magic %mavn; nearest: %maven; %lsmagic lists them  | mavn
                    other   | there is no magic %tme; nearest: %%time; %lsmagic lists them   | tme
                    none    | there is no magic %quaternion; %lsmagic lists them             | quaternion
                    """)
    void anUnknownMagicNamesTheNearest(String name, String message, String asked) {
        assertThatThrownBy(() -> magics.evalLineMagic(null, asked, List.of()))
                .isInstanceOf(MagicException.class)
                .hasMessage(message);
    }

    @Test
    void aCellMagicInALineSaysWhereItBelongs() {
        assertThatThrownBy(() -> magics.evalLineMagic(null, "time", List.of()))
                .hasMessageContaining("%%time is one for a whole cell");
        assertThatThrownBy(() -> magics.evalCellMagic(null, "maven", List.of(), ""))
                .hasMessageContaining("%maven is one for a line");
    }

    @Test
    void extensionsMagicsAreListedToo() {
        magics.registerLineMagic("shout", (kernel, arguments) -> null);
        assertThat(magics.names()).containsExactly("%%time", "%maven", "%shout");
        assertThat(magics.help("%maven")).hasValue("%maven X\n    fetches");
        assertThat(magics.help("%shout")).isPresent();
        assertThat(magics.help("%nothing")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            textBlock =
                    """
                    a  b                | a;b
                    "a b" c             | a b;c
                    print("a  b")       | print("a  b")
                    'a  b' + "c"        | 'a  b';+;c
                    "a" + "b"           | a;+;b
                    "x".join(["a b"])   | "x".join(["a b"])
                    """)
    void argumentsKeepTheQuotesThatBelongToCode(String line, String arguments) {
        assertThat(String.join(";", Arguments.split(line))).isEqualTo(arguments);
    }

    @Test
    void aPercentSignWithoutANameBehindItIsNoMagic() {
        MagicSyntax syntax = new MagicSyntax();
        String java = "int a = 7\n    % 3;\nint b = a %2;\n%= 1";
        assertThat(syntax.resolveMagics(java)).isEqualTo(java);
        String mixed = "int a = 1;\n%jars lib\nint b = oops;";
        assertThat(syntax.resolveMagics(mixed).lines().toList())
                .hasSize(3)
                .element(1)
                .asString()
                .contains("lineMagic");
    }

    @Test
    void timedCellsKeepTheirLineNumbers() {
        assertThat(Timing.timed("%%time\nint a;")).hasValue("\nint a;");
        assertThat(Timing.timed("\n%%time note\nint a;")).hasValue("\n\nint a;");
        assertThat(Timing.timed("%%timer\nint a;")).isEmpty();
        assertThat(Timing.timed("int a = 3 %%time;")).isEmpty();
        assertThat(Timing.text(1_500)).isEqualTo("1.50 us");
        assertThat(Timing.text(20_000_000)).isEqualTo("20.0 ms");
        assertThat(Timing.text(61_900_000_000L)).isEqualTo("1 min 01 s");
    }
}
