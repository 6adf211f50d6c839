package dev.promptpo.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptpo.kernel.assist.Completions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.dflib.jjava.jupyter.kernel.display.mime.MIMEType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AssistTest {
    private Cells cells;
    private Assist assist;
    private String replaced;

    @BeforeAll
    void open() {
        cells = new Cells();
        cells.run("import java.util.*;");
        cells.run("String greeting = \"hello\";");
        assist =
                new Assist(
                        cells.session(),
                        Set.of("%jars", "%help", "%%time", "%%sh"),
                        name -> Optional.of("about " + name));
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

    /** What is offered at the bar, and what the first of it would replace. */
    private List<String> options(String marked) {
        Completions found = assist.complete(marked.replace("|", ""), marked.indexOf('|'));
        replaced = marked.substring(found.start(), found.end());
        return found.options().stream().map(Completions.Option::text).toList();
    }

    private String tooltip(String marked) {
        return assist.inspect(marked.replace("|", ""), marked.indexOf('|'))
                .map(data -> String.valueOf(data.getData(MIMEType.TEXT_PLAIN)))
                .orElse("");
    }

    @Test
    void completesInLaterPiecesOfACell() {
        assertThat(options("int n = 1;\n// note\ngreeting.toUp|"))
                .first()
                .isEqualTo("toUpperCase(");
        assertThat(replaced).isEqualTo("toUp");
    }

    @Test
    void completesInTheMidstOfACell() {
        assertThat(options("greeting.len|\nint after = 1;")).containsExactly("length()");
    }

    @Test
    void completesWhatTheSameCellDeclaresBefore() {
        assertThat(options("int first = 1;\nvar list = List.of(1);\nlist.str|"))
                .containsExactly("stream()");
        assertThat(replaced).isEqualTo("str");
        assertThat(options("record Pair(int left) {}\nvar pair = new Pair(1);\npair.le|"))
                .contains("left()");
        assertThat(tooltip("var text = \"\";\ntext.isBl|ank()"))
                .contains("boolean String.isBlank()");
        assertThat(tooltip("Math.floorM|od(1, 2)"))
                .as("help works after it")
                .contains("int Math.floorMod(int x, int y)");
    }

    @Test
    void offersTypesThatAreNotImportedByTheirQualifiedNames() {
        assertThat(options("new AtomicInteg|"))
                .contains("java.util.concurrent.atomic.AtomicInteger");
        assertThat(replaced).isEqualTo("AtomicInteg");
        assertThat(options("import JsonPars|")).contains("com.google.gson.JsonParser");
        assertThat(options("greeting.AtomicInteg|")).isEmpty();
        assertThat(options("import java.ut|")).containsExactly("util.");
        assertThat(options("import com.goo|")).containsExactly("google.");
    }

    @Test
    void offersMagics() {
        assertThat(options("%j|")).containsExactly("%jars");
        assertThat(replaced).isEqualTo("%j");
        assertThat(options("%t|")).containsExactly("%%time");
        assertThat(options("%%|")).containsExactlyInAnyOrder("%%time", "%%sh");
        assertThat(options("int a = 7 %|")).noneMatch(option -> option.startsWith("%"));
        assertThat(tooltip("%ja|rs lib")).isEqualTo("about %jars");
        assertThat(tooltip("7 %ja|rs")).isNotEqualTo("about %jars");
    }

    @Test
    void aMagicElsewhereInTheCellHidesNothing() {
        assertThat(options("%jars lib\ngreeting.len|")).containsExactly("length()");
        assertThat(options("%%time\ngreeting.len|")).containsExactly("length()");
        assertThat(tooltip("%%time\ngreeting.len|gth()")).contains("int String.length()");
    }

    @Test
    void offersFilesInStringsAndForMagics(@TempDir Path folder) throws IOException {
        Files.createDirectory(folder.resolve("inner"));
        Files.createFile(folder.resolve("input.csv"));
        Files.createFile(folder.resolve(".hidden"));
        assertThat(options("Path.of(\"" + folder + "/in|")).containsExactly("inner/", "input.csv");
        assertThat(replaced).isEqualTo("in");
        assertThat(options("%jars " + folder + "/|")).containsExactly("inner/", "input.csv");
        assertThat(options("%%sh\ncat " + folder + "/inp|")).containsExactly("input.csv");
        assertThat(options("Path.of(\"/no/such/folder/|")).isEmpty();
        assertThat(options("String done = \"a\"; greeting.len|")).containsExactly("length()");
        assertThat(options("/* \"a */ char c = '\"'; greeting.len|")).containsExactly("length()");
    }

    @Test
    void showsSignaturesWithWhatIsWrittenAboutThem() {
        assertThat(tooltip("int n = 1;\nMath.floor|Mod(n, 2);"))
                .contains("int Math.floorMod(int x, int y)");
        assertThat(tooltip("noth|ingOfThatName")).isEmpty();
        // Only where the JDK comes with its sources.
        if (Files.exists(Path.of(System.getProperty("java.home"), "lib", "src.zip"))) {
            assertThat(tooltip("Math.floor|Mod(1, 2);"))
                    .contains("Returns the floor modulus of the int arguments")
                    .contains("returns: the floor modulus")
                    .doesNotContain("{@code", "<p>");
        }
    }
}
