package dev.promptpo.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RehearsalTest {
    private final Cells cells = new Cells();

    @AfterEach
    void close() {
        cells.close();
    }

    @Test
    void everyErrorOfACellIsListedAtItsLine() {
        assertThat(heads("int a = \"one\";\nint fine = 2;\nfine.length();\nString s = 3;"))
                .containsExactly(
                        "In [1], line 1: incompatible types: java.lang.String cannot be converted"
                                + " to int",
                        "In [1], line 3: int cannot be dereferenced",
                        "In [1], line 4: incompatible types: int cannot be converted to"
                                + " java.lang.String");
    }

    @Test
    void anErrorThatFollowsFromAnotherIsNotListed() {
        assertThat(heads("int a = \"one\";\nint b = a + 1;\nint c = b + a;\nc + unknown"))
                .hasSize(2)
                .last()
                .asString()
                .startsWith("In [1], line 4: cannot find symbol");
    }

    @Test
    void whatFollowsAnErrorIsNotRunAndDeclaresNothing() {
        cells.run("var ran = new java.util.ArrayList<String>();");
        assertThat(
                        heads(
                                "ran.add(\"before\");\nint a = \"one\";\nran.add(\"after\");\nint late = 1;"))
                .hasSize(1);
        assertThat(cells.value("ran")).isEqualTo(List.of("before"));
        assertThat(heads("late")).singleElement().asString().contains("cannot find symbol");
        assertThat(cells.value("int late = 7;\nlate")).isEqualTo(7);
    }

    @Test
    void whatTheSessionHoldsIsNotReplacedByATrial() {
        cells.run("int kept = 42;");
        assertThat(heads("int a = \"one\";\nint kept = 1;\nString s = 3;")).hasSize(1);
        assertThat(cells.value("kept")).isEqualTo(42);
    }

    @Test
    void methodsClassesAndImportsOfTheRestAreTriedToo() {
        assertThat(
                        heads(
                                """
                                int a = "one";
                                import java.util.concurrent.atomic.AtomicLong;
                                record Point(int x, int y) {}
                                int sum(Point p) { return p + 1; }
                                new AtomicLong(new Point(1, 2).x()).get()
                                """))
                .hasSize(2)
                .last()
                .asString()
                .startsWith("In [1], line 4: bad operand types for binary operator '+'");
        assertThat(heads("new Point(1, 2)")).singleElement().asString().contains("line 1");
    }

    /** The first line of each error of a cell that fails. */
    private List<String> heads(String source) {
        return cells.failure(source).stream().filter(line -> line.startsWith("In [")).toList();
    }
}
