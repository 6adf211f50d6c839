package dev.promptpo.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.promptpo.analysis.Ablation;
import dev.promptpo.analysis.Comparison;
import dev.promptpo.analysis.Curves;
import dev.promptpo.analysis.NormalisedReturns;
import dev.promptpo.llm.Recording;
import dev.promptpo.optimizer.Candidate;
import dev.promptpo.optimizer.KeptRuns;
import dev.promptpo.optimizer.Reroll;
import dev.promptpo.optimizer.Run;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.knowm.xchart.XYSeries;
import tech.tablesaw.api.ColumnType;
import tech.tablesaw.api.Table;
import tech.tablesaw.io.csv.CsvReadOptions;

/** Runs beside each other, candidates and differences, and a run that a person steered. */
class ComparedRunsTest {
    private static final String STAMP = "steered by hand: 1 hint";
    private static final Set<String> TEXTS = Set.of("series", "run", "task", "stamp");

    @TempDir Path folder;

    @Test
    void curvesAndHeldOutResultsOfRunsShareAPicture() {
        Run ten = WrittenRun.full(folder.resolve("ten"));
        Run five = small("five");
        ThemedChart chart = Figures.compare(ten, five);
        assertThat(names(chart))
                .contains(
                        "1 N 10, R 2",
                        "1 N 10, R 2, held-out",
                        "2 N 2, R 1",
                        "2 N 2, R 1, held-out");
        XYSeries diamond = chart.getSeries("2 N 2, R 1, held-out");
        assertThat(diamond.getYData()).containsExactly(950);
        assertThat(chart.getSeries("1 N 10, R 2").getLineColor())
                .isNotEqualTo(chart.getSeries("2 N 2, R 1").getLineColor());
        assertThat(chart.description())
                .contains("2 runs")
                .contains("The random policy (\u2212186.3) lies below the picture");
        Comparison both = Comparison.of(ten, five);
        assertThat(both.runs().get(1).difference().orElseThrow().estimate()).isEqualTo(-17);
    }

    @Test
    void anAblationIsDrawnAgainstNWithItsControlApart() {
        Ablation.Result result =
                new Ablation.Result(
                        List.of(
                                new Ablation.Member(2, 0, false, small("a")),
                                new Ablation.Member(2, 0, true, small("b")),
                                new Ablation.Member(
                                        10, 0, false, WrittenRun.full(folder.resolve("c")))));
        ThemedChart chart = Figures.ablation(result);
        assertThat(names(chart))
                .contains("N 2, seed 0", "N 2, seed 0, iid", "N 10, seed 0", "iid control");
        assertThat(chart.getSeries("PromptPO").getXData()).containsExactly(2, 10);
        assertThat(chart.getSeries("PromptPO").getYData()).containsExactly(950, 967);
        Color own = chart.getSeries("N 2, seed 0").getMarkerColor();
        assertThat(chart.getSeries("N 2, seed 0, iid").getMarkerColor()).isNotEqualTo(own);
        assertThat(chart.description())
                .contains("without history")
                .contains("over 1 seed; no interval over runs is drawn.")
                .contains("The runs differ in rounds, R, too")
                .contains("R 1 for N 2; R 2 for N 10.");
        Ablation.Result alike =
                new Ablation.Result(
                        List.of(
                                new Ablation.Member(2, 0, false, small("d")),
                                new Ablation.Member(2, 1, false, small("e"))));
        assertThat(Figures.ablation(alike).description()).doesNotContain("differ in rounds");
        assertThat(names(Figures.ablationCurves(result))).contains("2 N 10, R 2");
    }

    @Test
    void aCandidateAndADifferenceShowThemselves() {
        Run run = WrittenRun.full(folder.resolve("run"));
        Candidate failed = run.candidate(1, 9);
        assertThat(CandidateView.html(failed)).contains("TIMEOUT");
        assertThat(CandidateView.text(run.candidate(1, 3)))
                .startsWith("Round 1, candidate 3: 961.0\nreturns 957.0, 965.0; lengths 20, 20");
        assertThat(DiffView.html(dev.promptpo.policy.SourceDiff.of("a", "x < 1\n", "b", "x > 1\n")))
                .contains("+ x &gt; 1")
                .contains("- x &lt; 1");
    }

    @Test
    void aCandidateShowsWhatItChangedOfTheLastWinner() {
        Run run;
        try (WrittenRun written = new WrittenRun(folder.resolve("run"), 2, 2)) {
            written.completed(1, 1, 10, 20).completed(1, 2, 30, 40).closed(1, 2, 35);
            written.writing(WrittenRun.SOURCE.replace("return 3", "return 1 if obs.x < 2 else 3"));
            written.completed(2, 1, 50, 60);
            written.writing(WrittenRun.SOURCE + "# more\n".repeat(50)).completed(2, 2, 1, 2);
            run = written.look();
        }
        String summary = "round 1, candidate 2 -> round 2, candidate 1: 1 lines added";
        assertThat(CandidateView.html(run.candidate(2, 1)))
                .contains("<details open>")
                .contains(summary.replace(">", "&gt;"))
                .contains("-         return 3</div>")
                .contains("+         return 1 if obs.x &lt; 2 else 3</div>");
        assertThat(CandidateView.text(run.candidate(2, 1))).contains(summary);
        assertThat(CandidateView.html(run.candidate(2, 2)))
                .contains("<details>")
                .contains("50 lines added, 0 taken away");
        assertThat(CandidateView.html(run.candidate(1, 1)))
                .as("nothing was before the first round")
                .doesNotContain("<details");
    }

    @Test
    void aSteeredRunSaysSoInEveryCaption() {
        Run run = steered("run");
        assertThat(Figures.learningCurve(run).description()).contains(STAMP);
        assertThat(Figures.expectedBestOfN(run).description()).contains(STAMP);
        assertThat(Figures.normalised(run).description()).contains(STAMP);
        assertThat(Figures.compare(run).description()).contains(STAMP);
        assertThat(new RunView(run, java.util.Map.of(), "").text()).contains(STAMP);
        assertThat(HeldoutView.html(Curves.heldout(run))).contains(STAMP);
        assertThat(HeldoutView.html(Curves.heldout(small("plain")))).doesNotContain("steered");
        assertThat(CandidateView.html(run.best())).contains(STAMP);
        assertThat(CandidateView.text(small("other").best())).doesNotContain("steered");
        Candidate best = run.best();
        assertThat(
                        new Reroll(
                                        run.spec(),
                                        best,
                                        List.of(),
                                        best.attempts().getLast().result(),
                                        List.of())
                                .title())
                .endsWith("again on this machine (" + STAMP + ")");
        Ablation.Result result =
                new Ablation.Result(
                        List.of(
                                new Ablation.Member(2, 0, false, run),
                                new Ablation.Member(2, 0, true, small("iid"))));
        assertThat(Figures.ablation(result).description()).contains("N 2, seed 0: " + STAMP + ".");
        assertThat(Figures.ablationCurves(result).description()).contains(STAMP);
        assertThat(
                        BoardPicture.path(run.spec(), Examples.walk(false), 950, "path", STAMP)
                                .description())
                .contains("The run is " + STAMP + ".");
    }

    @Test
    void aSteeredRunSaysSoInEveryFileOfAnExport() throws IOException {
        Path paper = folder.resolve("paper");
        Figures.export(paper, small("plain"), steered("by_hand"));
        assertThat(Files.readString(paper.resolve("results.tex")))
                .contains("by\\_hand$^\\dagger$ &")
                .endsWith(
                        "\\end{tabular}\n\n{\\footnotesize $^\\dagger$ by\\_hand is "
                                + STAMP
                                + ": no sample of the method.\\par}\n");
        for (String all : List.of("learning-curve-by_hand", "expected-best-of-n-by_hand")) {
            assertThat(csv(paper, all).stringColumn("stamp").asList())
                    .as(all)
                    .isNotEmpty()
                    .containsOnly(STAMP);
        }
        assertThat(csv(paper, "learning-curve-plain").stringColumn("stamp").asList())
                .containsOnly("");
        Table both = csv(paper, "comparison");
        for (int row = 0; row < both.rowCount(); row++) {
            String series = both.stringColumn("series").get(row);
            assertThat(both.stringColumn("stamp").get(row))
                    .as(series)
                    .isEqualTo(series.startsWith("2 ") ? STAMP : "");
        }
        assertThat(Files.readString(paper.resolve("methods.txt"))).contains(STAMP);
        assertThat(Files.readString(paper.resolve("commands.sh"))).contains(STAMP);
        assertThat(Files.readString(paper.resolve("captions.txt"))).contains(STAMP);
    }

    @Test
    void theCommandOfAKeptRunReplaysItsRecording() throws IOException {
        Run kept = KeptRuns.open("point-maze-n5-r3");
        Path paper = folder.resolve("paper");
        Figures.export(paper, kept);
        String commands = Files.readString(paper.resolve("commands.sh"));
        Path recording = kept.directory().resolve("recording.json");
        assertThat(commands)
                .contains("optimize PointMaze --preset paper --model replay:" + recording + " ")
                .contains("--history compact:1")
                .contains("# relay:relay was asked for at most 16,384 tokens a reply at its own")
                .contains("Run.look(Path.of(\"" + kept.directory() + "\"))")
                .doesNotContain("--model relay", "its replies");
        // What the replay is asked for is what the recording holds.
        Recording.Header recorded = Recording.read(recording).run();
        assertThat(recorded.environment()).isEqualTo("PointMaze");
        assertThat(commands)
                .contains(
                        "--candidates %d --rounds %d --episodes %d --seed %d"
                                .formatted(
                                        recorded.candidates(),
                                        recorded.rounds(),
                                        recorded.episodes(),
                                        recorded.seed()));
    }

    @Test
    void theCommandOfARelaysRunDoesNotWaitForAPerson() throws IOException {
        Run run;
        try (WrittenRun written = new WrittenRun(folder.resolve("my run"), 2, 1, "relay:answers")) {
            run =
                    written.completed(1, 1, 940, 944)
                            .failed(1, 2, "TIMEOUT")
                            .closed(1, 1, 942)
                            .look();
        }
        Path paper = folder.resolve("paper");
        Figures.export(paper, run);
        assertThat(Files.readString(paper.resolve("commands.sh")))
                .contains("--model replay:recording.json ")
                .contains("# relay:answers was asked for at most 100 tokens a reply")
                .contains("modelSettings(...)")
                .contains("# its replies, in a cell: Run.look(Path.of(\"" + run.directory());
        Files.createFile(run.directory().resolve("recording.json"));
        Figures.export(paper, run);
        assertThat(Files.readString(paper.resolve("commands.sh")))
                .contains("--model 'replay:" + run.directory().resolve("recording.json") + "' ");
    }

    @Test
    void theNumbersOfAnExportAreThoseDrawn() {
        Run ten = WrittenRun.full(folder.resolve("ten"));
        Run byHand = steered("by_hand");
        Path paper = folder.resolve("paper");
        Figures.export(paper, ten, byHand);
        Map.of(
                        "learning-curve-ten", Figures.learningCurve(ten),
                        "expected-best-of-n-ten", Figures.expectedBestOfN(ten),
                        "learning-curve-by_hand", Figures.learningCurve(byHand),
                        "expected-best-of-n-by_hand", Figures.expectedBestOfN(byHand),
                        "comparison", Figures.compare(ten, byHand))
                .forEach((name, chart) -> {
                    Table csv = csv(paper, name);
                    int row = 0;
                    for (XYSeries drawn : chart.getSeriesCollection()) {
                        for (int i = 0; i < drawn.getXData().length; i++, row++) {
                            assertThat(csv.stringColumn("series").get(row))
                                    .as("%s, row %d", name, row)
                                    .isEqualTo(drawn.getName());
                            assertThat(csv.doubleColumn("x").get(row))
                                    .isEqualTo(drawn.getXData()[i]);
                            assertThat(csv.doubleColumn("y").get(row))
                                    .isEqualTo(drawn.getYData()[i]);
                        }
                    }
                    assertThat(csv.rowCount()).as(name).isEqualTo(row).isPositive();
                });

        Table normalised = csv(paper, "normalised");
        Table expected = NormalisedReturns.of(ten, byHand).table();
        assertThat(normalised.columnNames())
                .containsExactly("run", "task", "seed", "value", "low", "high", "stamp");
        assertThat(normalised.stringColumn("run").asList()).containsExactly("ten", "by_hand");
        assertThat(normalised.stringColumn("task").asList()).containsOnly("NoiseWorld2");
        assertThat(normalised.stringColumn("stamp").asList()).containsExactly("", STAMP);
        Map.of("value", "normalised", "low", "normalised_low", "high", "normalised_high")
                .forEach((own, of) ->
                        assertThat(normalised.doubleColumn(own).asList())
                                .isEqualTo(expected.doubleColumn(of).asList()));
        // The random policy's -186.35 is 0, the optimum's 976.768 is 1.
        assertThat(normalised.doubleColumn("value").get(0))
                .isCloseTo((967 + 186.35) / (976.768 + 186.35), within(1e-4));
    }

    private static Table csv(Path paper, String name) {
        return Table.read()
                .usingOptions(
                        CsvReadOptions.builder(paper.resolve(name + ".csv").toFile())
                                .columnTypes(column ->
                                        TEXTS.contains(column)
                                                ? ColumnType.STRING
                                                : ColumnType.DOUBLE));
    }

    private Run steered(String name) {
        try (WrittenRun written = new WrittenRun(folder.resolve(name), 2, 1)) {
            return written.steered("{'kind': 'hint', 'round': 1}")
                    .completed(1, 1, 940, 944)
                    .completed(1, 2, 930, 934)
                    .closed(1, 1, 942)
                    .measured(1, 1, 950, 946, 954, 950)
                    .look();
        }
    }

    @Test
    void anExportHoldsPicturesTheirSeriesATableAParagraphAndTheCommands() throws IOException {
        Run ten = WrittenRun.full(folder.resolve("ten"));
        Path paper = folder.resolve("paper");
        assertThat(Figures.export(paper, ten, small("five_b")))
                .extracting(file -> file.getFileName().toString())
                .containsExactly(
                        "learning-curve-ten.svg",
                        "learning-curve-ten-column.svg",
                        "learning-curve-ten.csv",
                        "expected-best-of-n-ten.svg",
                        "expected-best-of-n-ten-column.svg",
                        "expected-best-of-n-ten.csv",
                        "learning-curve-five_b.svg",
                        "learning-curve-five_b-column.svg",
                        "learning-curve-five_b.csv",
                        "expected-best-of-n-five_b.svg",
                        "expected-best-of-n-five_b-column.svg",
                        "expected-best-of-n-five_b.csv",
                        "comparison.svg",
                        "comparison-column.svg",
                        "comparison.csv",
                        "normalised.svg",
                        "normalised-column.svg",
                        "normalised.csv",
                        "captions.txt",
                        "results.tex",
                        "methods.txt",
                        "commands.sh");
        assertThat(Files.readString(paper.resolve("comparison-column.svg")))
                .contains("width=\"90.0mm\"")
                .contains("viewBox=\"0 0 460 ");
        assertThat(Files.readString(paper.resolve("captions.txt")))
                .contains("normalised: Normalised return on held-out episodes.");
        assertThat(Files.readAllLines(paper.resolve("comparison.csv")))
                .startsWith("series,x,y,stamp")
                .anyMatch(line ->
                        line.startsWith("\"1 N 10, R 2, held-out\",") && line.endsWith(",967.0,"));
        assertThat(Files.readString(paper.resolve("results.tex")))
                .contains("NoiseWorld2 & five\\_b & 2 & 1 & 0 &")
                .contains("967.0");
        assertThat(Files.readString(paper.resolve("methods.txt")))
                .contains("ten: PromptPO (arXiv 2605.30719) on NoiseWorld2")
                .contains("10 candidates in each of 2 rounds")
                .contains("measured on 4 episodes");
        assertThat(Files.readString(paper.resolve("commands.sh")))
                .contains(
                        "./promptpo optimize NoiseWorld2 --preset paper --model replay"
                                + " --candidates 10 --rounds 2 --episodes 2 --seed 0");
    }

    private static List<String> names(ThemedChart chart) {
        return chart.getSeriesCollection().stream().map(XYSeries::getName).toList();
    }

    private Run small(String name) {
        try (WrittenRun written = new WrittenRun(folder.resolve(name), 2, 1)) {
            return written.completed(1, 1, 940, 944)
                    .completed(1, 2, 930, 934)
                    .closed(1, 1, 942)
                    .measured(1, 1, 953, 949, 941, 957)
                    .look();
        }
    }

    @Test
    void namesArePrintedByLatexAsTheyAre() {
        assertThat(PaperExport.escaped("a_b 5% {x} \\ ~c ^d #1 $2 &e"))
                .isEqualTo(
                        "a\\_b 5\\% \\{x\\} \\textbackslash{} \\textasciitilde{}c"
                                + " \\textasciicircum{}d \\#1 \\$2 \\&e");
    }
}
