package dev.promptpo.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SessionTest {
    private Cells cells;

    @BeforeAll
    void open() {
        cells = new Cells();
        cells.run("import java.util.*; import java.util.stream.*;");
    }

    @AfterAll
    void close() {
        cells.close();
    }

    @Test
    void lastExpressionIsTheValue() {
        assertThat(cells.value("int a = 6; int b = 7;\na * b")).isEqualTo(42);
        assertThat(cells.value("\"text\"")).isEqualTo("text");
        assertThat(cells.value("a;")).isEqualTo(6);
        assertThat(cells.value("(Object) null")).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "int quiet = 1;",
                "int quiet2; quiet2 = 5",
                "record Quiet(int q) {}",
                "import java.util.concurrent.*",
                "for (int i = 0; i < 3; i++) {}",
                "// only a comment",
                "/* only */ /* comments */",
                "",
                "  \n "
            })
    void othersHaveNone(String source) {
        assertThat(cells.run(source)).isEqualTo(new Outcome.Done());
    }

    @Test
    void anExpressionBeforeADeclarationIsNotTheValue() {
        assertThat(cells.run("1 + 1;\nint afterwards = 3;")).isEqualTo(new Outcome.Done());
    }

    @Test
    void valuesAreTheObjectsThemselves() {
        Object list = cells.value("var theList = new ArrayList<>(List.of(1)); theList");
        assertThat(cells.value("theList")).isSameAs(list);
    }

    @Test
    void topLevelTypesOfAllKinds() {
        assertThat(
                        cells.value(
                                """
                                sealed interface Shape permits Circle, Square {}
                                record Circle(double r) implements Shape {}
                                record Square(double a) implements Shape {}
                                enum Unit { CM, M }
                                <T extends Shape> double area(T shape) {
                                    return switch ((Shape) shape) {
                                        case Circle c -> Math.PI * c.r() * c.r();
                                        case Square(double a) -> a * a;
                                    };
                                }
                                Stream.of(new Square(2), new Square(3)).mapToDouble(s -> area(s)).sum()
                                """))
                .isEqualTo(13.0);
    }

    @Test
    void recordsCheckTheirComponentsInAnyConstructor() {
        cells.run(
                """
                record Share(double part) {
                    Share {
                        if (part > 1) throw new IllegalArgumentException("more than all");
                    }
                }
                record Both(int a, int b) { Both(int a, int b) { this.a = b; this.b = a; } }
                """);
        int declared = number();
        assertThat(cells.value("new Both(1, 2).a()")).isEqualTo(2);
        assertThat(cells.failure("new Share(2)"))
                .startsWith(
                        "java.lang.IllegalArgumentException: more than all",
                        "    at In [" + declared + "], line 3, in Share.<init>");
        assertThat(
                        cells.failure(
                                "record Odd(int n) { Odd { String s = n; } int twice() { return x; } }"))
                .containsSequence(
                        "    record Odd(int n) { Odd { String s = n; } int twice() { return x; } }",
                        "                                         ^")
                .containsSequence(
                        "    record Odd(int n) { Odd { String s = n; } int twice() { return x; } }",
                        "                                                                   ^");
    }

    @Test
    void whatEndsAnotherThreadIsTracedToItsCellsToo() {
        cells.run(
                """
                // the first line
                class Deep {
                    void fail() {
                        throw new IllegalStateException("in a thread");
                    }
                }
                """);
        int declared = number();
        cells.run(
                """
                var ended = new java.util.concurrent.CompletableFuture<Throwable>();
                var thread = new Thread(() -> {
                    int n = 1;
                    new Deep().fail();
                });
                thread.setUncaughtExceptionHandler((t, e) -> ended.complete(e));
                thread.start();
                """);
        int started = number();
        Throwable thrown = (Throwable) cells.value("ended.join()");
        assertThat(cells.session().ofThread(thrown).chain().getFirst().frames())
                .filteredOn(Outcome.CellFrame.class::isInstance)
                .extracting(frame ->
                        ((Outcome.CellFrame) frame).cell().number()
                                + ":"
                                + ((Outcome.CellFrame) frame).line()
                                + " "
                                + ((Outcome.CellFrame) frame).method())
                .containsExactly(declared + ":4 Deep.fail", started + ":4 ");
    }

    @Test
    void methodsMayReferToLaterOnes() {
        assertThat(
                        cells.value(
                                """
                                int first(int n) { return second(n) + 1; }
                                int second(int n) { return 2 * n; }
                                first(4)
                                """))
                .isEqualTo(9);
        assertThat(cells.notices()).isEmpty();
    }

    @Test
    void whatWaitsForADeclarationIsSaidOnceAndThenWorks() {
        try (Cells fresh = new Cells()) {
            assertThat(fresh.run("int early() { return late(); }")).isEqualTo(new Outcome.Done());
            assertThat(fresh.notices())
                    .containsExactly("early can be used once this is declared: method late()\n");
            assertThat(fresh.failure("early()").getFirst())
                    .isEqualTo(
                            "UnresolvedReference: early was used, but this is not declared: method"
                                    + " late()");
            assertThat(fresh.value("int late() { return 3; }\nearly()")).isEqualTo(3);
        }
    }

    @Test
    void aVariableOfAnUnknownTypeIsAnError() {
        assertThat(cells.failure("int x1 = 1;\nNowhere y1 = new Nowhere();\ny1.toString()"))
                .startsWith(
                        "In [" + number() + "], line 2: cannot find symbol",
                        "    Nowhere y1 = new Nowhere();",
                        "    ^^^^^^^");
    }

    @Test
    void aSyntaxErrorRunsNothing() {
        cells.run("int count = 0;");
        assertThat(cells.failure("count++;\nint y = );"))
                .startsWith("In [" + number() + "], line 2: illegal start of expression");
        assertThat(cells.value("count")).isEqualTo(0);
    }

    @Test
    void anotherCompileErrorStopsThere() {
        cells.run("int done = 0;");
        cells.failure("done++;\nint z = \"text\";\ndone++;");
        assertThat(cells.value("done")).isEqualTo(1);
    }

    @Test
    void allCompileErrorsOfAPieceAreShownAtTheirLines() {
        assertThat(
                        cells.failure(
                                """
                                // a comment

                                int bad(int n) {
                                    String s = n;
                                    return s;
                                }
                                """))
                .containsExactly(
                        "In ["
                                + number()
                                + "], line 4: incompatible types: int cannot be converted to"
                                + " java.lang.String",
                        "        String s = n;",
                        "                   ^",
                        "In ["
                                + number()
                                + "], line 5: incompatible types: java.lang.String cannot be"
                                + " converted to int",
                        "        return s;",
                        "               ^");
    }

    @Test
    void framesNameCellAndLine() {
        cells.run(
                """
                /* about it */
                int deep(int n) {
                    if (n == 0)
                        throw new IllegalStateException("deep", new RuntimeException("cause"));
                    return deep(n - 1);
                }
                """);
        int defined = number();
        List<String> trace = cells.failure("\n// here\nint q1 = 1;\n\ndeep(2);\n");
        assertThat(trace)
                .containsExactly(
                        "java.lang.IllegalStateException: deep",
                        "    at In [" + defined + "], line 4, in deep",
                        "        > throw new IllegalStateException(\"deep\", new"
                                + " RuntimeException(\"cause\"));",
                        "    at In [" + defined + "], line 5, in deep (2 times)",
                        "    at In [" + number() + "], line 5",
                        "Caused by: java.lang.RuntimeException: cause",
                        "    at In [" + defined + "], line 4, in deep",
                        "        > throw new IllegalStateException(\"deep\", new"
                                + " RuntimeException(\"cause\"));",
                        "    at In [" + defined + "], line 5, in deep (2 times)",
                        "    at In [" + number() + "], line 5");
    }

    @Test
    void ofAnExceptionDeepInALibraryOnlyTheTopAndTheCellAreShown() {
        List<String> trace =
                cells.failure(
                        "java.nio.file.Files.readString(java.nio.file.Path.of(\"/nowhere/at all\"));");
        assertThat(trace).hasSize(5);
        assertThat(trace.getFirst()).contains("NoSuchFileException: /nowhere/at all");
        assertThat(trace.get(1)).startsWith("    at ").contains("sun.nio.fs.UnixException");
        assertThat(trace.get(2)).matches(" {4}\\.\\.\\. \\d+ more in libraries");
        assertThat(trace.get(3)).isEqualTo("    at In [" + number() + "], line 1");
    }

    @Test
    void aCauseThatOnlyRepeatsWhatWasSaidIsLeftOut() {
        String cell =
                """
                throw new IllegalStateException("it is %s", new IllegalArgumentException("%s"));
                """;
        assertThat(cells.failure(cell.formatted("broken", "broken")))
                .hasSize(3)
                .noneMatch(line -> line.startsWith("Caused by"));
        assertThat(cells.failure(cell.formatted("broken", "no room")))
                .contains("Caused by: java.lang.IllegalArgumentException: no room");
    }

    @Test
    void theCauseOfAnExceptionWithoutAMessageIsShown() {
        assertThat(
                        cells.failure(
                                """
                                class Broken {
                                    static final int SIZE = Integer.parseInt("many");
                                }
                                Broken.SIZE
                                """))
                .contains("java.lang.ExceptionInInitializerError")
                .contains("Caused by: java.lang.NumberFormatException: For input string: \"many\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "class Once { static final int N = start(3); }",
                "class Once { class Deep { static final int N = start(3); }\n"
                        + "static int n() { return Deep.N; } }",
                "record Once(int n) { static final int N = start(3); }",
                "enum Once { ONE; static final int N = start(3); }",
            })
    void aClassThatFailedToStartIsStartedAnewWhenItsCellRunsAgain(String declaration) {
        String use = declaration.contains("Deep") ? "Once.n()" : "Once.N";
        for (String failure : List.of("IllegalStateException", "AssertionError")) {
            cells.run("boolean broken = true;");
            cells.run(
                    """
                    int start(int n) {
                        if (broken) throw new %s("not yet");
                        return n;
                    }
                    """
                            .formatted(failure));
            cells.run(declaration);
            assertThat(cells.failure(use)).anyMatch(line -> line.contains("not yet"));
            cells.run("broken = false;");
            assertThat(cells.failure(use))
                    .anyMatch(line -> line.contains("Could not initialize class Once"))
                    .last()
                    .asString()
                    .startsWith("Java starts a class only once: run the cell that declares it");
            cells.run(declaration);
            assertThat(cells.value(use)).isEqualTo(3);
        }
    }

    @Test
    void aCauseFromAnotherPlaceOfACellIsShownThoughItRepeatsTheMessage() {
        assertThat(
                        cells.failure(
                                """
                                try {
                                    Integer.parseInt("x");
                                } catch (NumberFormatException e) {
                                    throw new RuntimeException(e);
                                }
                                """))
                .contains("    at In [" + number() + "], line 2");
    }

    @Test
    void framesOfLambdasAndOfChainsNameTheirLines() {
        cells.run("int zero = 0;");
        List<String> trace =
                cells.failure(
                        "List.of(1)\n    .stream()\n    .map(i ->\n        i / zero)\n    .toList();");
        assertThat(trace.get(1)).isEqualTo("    at In [" + number() + "], line 4");
        assertThat(trace.getLast()).isEqualTo("    at In [" + number() + "], line 5");
        assertThat(trace).noneMatch(line -> line.contains("jdk.jshell"));
    }

    @Test
    void exceptionsOfCellsAreNamedAsWritten() {
        assertThat(
                        cells.failure(
                                        "class MyProblem extends RuntimeException {}\nthrow new"
                                                + " MyProblem();")
                                .getFirst())
                .isEqualTo("MyProblem");
        assertThat(cells.failure("enum Few { A }\nFew.valueOf(\"B\")").getFirst())
                .isEqualTo("java.lang.IllegalArgumentException: No enum constant Few.B");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "int forever(int n) { return forever(n + 1) + 1; }\nforever(0)",
                "long[][] much = new long[1000][];\n"
                        + "for (int i = 0; i < 1000; i++) much[i] = new long[Integer.MAX_VALUE - 8];",
                "class Bad { static int v = Integer.parseInt(\"no\"); }\nBad.v",
                "throw new NoClassDefFoundError(\"Missing\");",
                "throw new ThreadDeath();",
                "throw new Error(\"an error\");",
                "System.exit(1);",
                "Runnable r = () -> System.exit(1); r.run();",
                "IntStream.of(1).forEach(System::exit);",
                "class Strange extends RuntimeException { public String getMessage() { throw this; }"
                        + " }\nthrow new Strange();",
                "var e1 = new RuntimeException(\"a\"); var e2 = new RuntimeException(\"b\", e1);"
                        + " e1.initCause(e2); throw e1;"
            })
    void theSessionOutlivesAnything(String source) {
        cells.run("int survivor = 11;");
        assertThat(cells.run(source)).isInstanceOf(Outcome.Threw.class);
        assertThat(cells.value("survivor")).isEqualTo(11);
    }

    @Test
    void aRefusedExitSaysWhatToDo() {
        assertThat(cells.failure("System.exit(3)").getFirst())
                .startsWith("java.lang.UnsupportedOperationException: System.exit(3) is refused");
    }

    @Test
    void redefinitionReplaces() {
        cells.run("int twice(int n) { return 2 * n; }\nint user(int n) { return twice(n); }");
        cells.run("int twice(int n) { return 20 * n; }");
        assertThat(cells.value("user(1)")).isEqualTo(20);
        cells.run("int kind = 1;");
        cells.run("String kind = \"now text\";");
        assertThat(cells.value("kind")).isEqualTo("now text");
    }

    @Test
    void cellsSeeTheApplicationsClasses() {
        assertThat(cells.value("dev.promptpo.kernel.Session.class")).isSameAs(Session.class);
    }

    private int number() {
        return cells.number();
    }
}
