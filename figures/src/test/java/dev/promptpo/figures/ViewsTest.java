package dev.promptpo.figures;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptpo.analysis.Interval;
import dev.promptpo.analysis.PolicyEstimate;
import dev.promptpo.analysis.Tables;
import dev.promptpo.llm.Price;
import dev.promptpo.optimizer.Candidate;
import dev.promptpo.optimizer.Reroll;
import dev.promptpo.optimizer.Run;
import dev.promptpo.optimizer.RunEvent;
import dev.promptpo.rollout.FailureKind;
import dev.promptpo.rollout.Isolation;
import dev.promptpo.rollout.RolloutResult.Completed;
import dev.promptpo.rollout.RolloutResult.Failed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

class ViewsTest {
    @TempDir private Path folder;

    @Test
    void aTableAlignsNumbersMarksWhatIsMissingAndEscapes() {
        DoubleColumn score = DoubleColumn.create("score", 12.5, -3);
        score.appendMissing();
        Table table =
                Table.create(
                        "scores",
                        StringColumn.create("name", "a<b", "c", "d"),
                        score,
                        IntColumn.create("n", 1, 20, 300));
        assertThat(new TableView(table).text())
                .isEqualTo(
                        """
                        name  score    n
                        a<b    12.5    1
                        c      \u22123.0   20
                        d         \u2013  300
                        scores: 3 rows, 3 columns\
                        """);
        String html = new TableView(table).html();
        assertThat(html)
                .contains("a&lt;b")
                .doesNotContain("a<b")
                .contains("title=\"missing\">\u2013")
                .contains("text-align:right\">\u22123.0")
                .containsPattern("score<div [^>]*>double</div></th>")
                .containsPattern("name<div [^>]*>string</div></th>")
                .containsPattern(">n<div [^>]*>integer</div></th>");
    }

    @Test
    void aLongTableIsPaged() {
        Table table =
                Table.create("long", IntColumn.create("i", IntStream.range(0, 120).toArray()));
        String html = new TableView(table).html();
        assertThat(html)
                .contains("rows 51 to 100")
                .contains("rows 101 to 120")
                .contains("long: 120 rows, 1 column");
        assertThat(html.split("<tr", -1)).hasSize(1 + 3 + 120);
        assertThat(new TableView(table).text()).contains("... 70 more rows");
    }

    @Test
    void aSpecificationShowsEveryFieldItsActionsAndWhatToCompareWith() {
        SpecView view = new SpecView(Specs.read("noise-world-2.json"));
        assertThat(view.html())
                .contains("agent_row", "agent_col", "goal_row", "goal_col", "10 \u00d7 10")
                .contains("0 up, 1 down, 2 left, 3 right")
                .contains("976.8 (exact");
        assertThat(view.text()).contains("cells").contains("random policy: \u2212186.3");
    }

    @Test
    void aRunIsAGridWithItsWinnersItsFailuresAndItsResult() {
        Run run = WrittenRun.full(folder.resolve("run"));
        String text = new RunView(run, Map.of(), "").text();
        assertThat(text.lines().toList().get(1).strip())
                .matches("round 1\\s+943\\s+\u2212310\\s+961\\*.*935\\s+x\\s+x");
        assertThat(text)
                .contains("best: 969.0 in search (round 2, candidate 9)")
                .contains("967.0 on 4 held-out episodes");
        assertThat(new RunView(run, Map.of(), "").html())
                .contains("title=\"round 1, candidate 9: TIMEOUT\"")
                .contains("\u2605\u2009969");
    }

    @Test
    void aRunSaysWhatItTookInTokensAndMoney() {
        try (WrittenRun written = new WrittenRun(folder.resolve("paid"), 2, 1, "gemini:any")) {
            Run run = written.asked("policy/1/1", 200_000, 30_000).completed(1, 1, 1, 3).look();
            Price price = new Price(2, 1, 10, "EUR", "of this test");
            RunView view = new RunView(run, Map.of(), "", Optional.of(price));
            // 0.2 million at 2 and 0.03 million at 10.
            String spent = "1 requests \u00b7 200,000 tokens in, 30,000 out \u00b7 0.7000 EUR";
            assertThat(view.text()).contains(spent);
            assertThat(view.html()).contains(spent);
            assertThat(new RunView(run, Map.of(), "").text())
                    .contains("30,000 out \u00b7 price not known");
        }
        try (WrittenRun written = new WrittenRun(folder.resolve("free"), 2, 1, "scripted")) {
            Run run = written.asked("policy/1/1", 2_000, 300).look();
            assertThat(new RunView(run, Map.of(), "").text()).contains("300 out \u00b7 0.0000 USD");
        }
    }

    @Test
    void aRunAtWorkSaysAboutHowLongIsLeft() throws InterruptedException {
        BlockingQueue<String> updates = new LinkedBlockingQueue<>();
        LiveDisplay.Screen screen =
                new LiveDisplay.Screen() {
                    @Override
                    public void show(String id, String html, String text) {
                        updates.add(text);
                    }

                    @Override
                    public void update(String id, String html, String text) {
                        updates.add(text);
                    }
                };
        try (LiveDisplay display = new LiveDisplay(screen);
                WrittenRun written = new WrittenRun(folder.resolve("half"), 2, 1)) {
            Run run = written.asked("policy/1/1", 2_000, 300).completed(1, 1, 900, 910).look();
            display.on(new RunEvent.RoundStarted(run, 1));
            display.on(new RunEvent.CandidateFinished(run, run.candidate(1, 1)));
            String news = updates.take();
            while (!news.contains("1 of 2 candidates") || !news.contains(" left")) {
                news = updates.poll(30, TimeUnit.SECONDS);
                assertThat(news).as("the display is drawn").isNotNull();
            }
            assertThat(news)
                    .contains("2,000 tokens in, 300 out")
                    .containsPattern("1 of 2 candidates, \\d+ s elapsed, about \\d+ s left");
        }
    }

    @Test
    void sourceIsHighlightedAndNothingOfItIsLost() {
        String source =
                """
                @cached
                def act(self, obs):
                    # 1 < 2
                    text = f"a 'quoted' {obs}"
                    '''three
                    lines'''
                    return np.array([1.5e-3, 0x1F]) if obs.x else None
                """;
        String html = new PythonSource("policy", source).html();
        assertThat(html)
                .contains("def-color, #6639ba)\">act</span>")
                .contains("comment-color, #57606a)\"># 1 &lt; 2</span>")
                .contains("string-color, #0a5c36)\">f&quot;a &#39;quoted&#39; {obs}&quot;</span>")
                .contains("number-color, #0550ae)\">1.5e-3</span>")
                .contains("keyword-color, #b3261e)\">return</span>");
        String code = html.substring(html.lastIndexOf("<pre")).replaceAll("<[^>]*>", "");
        assertThat(
                        code.replace("&lt;", "<")
                                .replace("&gt;", ">")
                                .replace("&quot;", "\"")
                                .replace("&#39;", "'")
                                .replace("&amp;", "&"))
                .isEqualTo(source);
    }

    @Test
    void aRunAtWorkIsOneDisplayThatIsUpdatedAndEndsWithTheLastNews() throws Exception {
        List<String> shown = new ArrayList<>();
        List<String> updates = new ArrayList<>();
        LiveDisplay.Screen screen =
                new LiveDisplay.Screen() {
                    @Override
                    public void show(String id, String html, String text) {
                        shown.add(id);
                        updates.add(text);
                    }

                    @Override
                    public synchronized void update(String id, String html, String text) {
                        assertThat(id).isEqualTo(shown.getLast());
                        updates.add(text);
                    }
                };
        try (LiveDisplay display = new LiveDisplay(screen);
                WrittenRun written = new WrittenRun(folder.resolve("live"), 2, 1)) {
            Run run = written.look();
            display.on(new RunEvent.RunStarted(run));
            assertThat(shown).isEmpty();
            display.on(new RunEvent.RoundStarted(run, 1));
            for (int i = 0; i < 500; i++) {
                display.on(new RunEvent.RequestStarted(run, "policy/1/1"));
            }
            // Five hundred events within a moment are one drawing, and one more a moment later.
            assertThat(updates).hasSizeLessThan(6);
            assertThat(updates.getFirst()).contains("round 1").contains("0 of 2 candidates");
            written.completed(1, 1, 900, 910).failed(1, 2, "EXCEPTION").closed(1, 1, 905);
            Run later = written.measured(1, 1, 900, 910).look();
            Candidate candidate = later.candidate(1, 1);
            display.on(new RunEvent.CandidateFinished(run, candidate));
            display.on(new RunEvent.RunClosed(run));
            assertThat(shown).hasSize(1);
            assertThat(updates.getLast()).endsWith("finished");
        }
    }

    @Test
    void aRunThatIsFinishedIsShownAtOnce() {
        Run run = WrittenRun.full(folder.resolve("done"));
        List<String> shown = new ArrayList<>();
        LiveDisplay.Screen screen =
                new LiveDisplay.Screen() {
                    @Override
                    public void show(String id, String html, String text) {
                        shown.add(text);
                    }

                    @Override
                    public void update(String id, String html, String text) {
                        throw new AssertionError("nothing happens to a finished run");
                    }
                };
        try (LiveDisplay display = new LiveDisplay(screen)) {
            display.on(new RunEvent.RunStarted(run));
        }
        assertThat(shown).hasSize(1);
        assertThat(shown.getFirst())
                .contains("20 of 20 candidates")
                .contains("nothing was asked or run again");
    }

    @Test
    void figuresOfARunSayWhatTheyShow() {
        Run run = WrittenRun.full(folder.resolve("figures"));
        assertThat(Figures.learningCurve(run).description())
                .contains("NoiseWorld2: return against environment steps")
                .contains("4 held-out episodes");
        assertThat(Figures.expectedBestOfN(run).description())
                .contains("from the 10 of the first round")
                .contains("2 failed candidates count as the random policy");
        assertThat(Figures.normalised(run, run).description()).contains("0 is the random policy");
        assertThat(Figures.source(run).text()).isEqualTo(WrittenRun.SOURCE);
    }

    @Test
    void aPolicyOfOnesOwnShowsItsIntervalAndWhatToCompareItWith() {
        String html =
                PolicyEstimateView.html(
                        new PolicyEstimate(
                                Specs.read("noise-world-2.json"),
                                new Interval(500, 400, 600, .95, 10, "episodes", "given"),
                                OptionalDouble.of(.8),
                                12_345,
                                Isolation.SANDBOX));
        assertThat(html)
                .contains(">500.0</div>")
                .contains("95 % interval 400.0 to 600.0 (10 episodes of this policy")
                .contains("80 %")
                .contains("optimum")
                .contains("12,345 environment steps · preset paper · one policy object an episode");
    }

    @Test
    void aRolloutShowsItsEpisodesOrThePolicysOwnLines() {
        Completed done =
                new Completed(
                        List.of(10.0, 20.5),
                        List.of(100, 2000),
                        List.of(Optional.of(true), Optional.empty()),
                        15.25,
                        2100,
                        "d",
                        Isolation.SANDBOX,
                        1.5,
                        1,
                        1,
                        "mill",
                        Optional.empty());
        assertThat(RolloutView.html(done))
                .contains("completed: score 15.3 over 2 episodes")
                .contains(">20.5</td>")
                .contains(">2,000</td>")
                .contains(">yes</td>")
                .contains("2,100 environment steps in 1.50 s · isolation sandbox · on mill");
        assertThat(RolloutView.text(done)).contains("returns [10.0, 20.5]");

        Failed failed =
                new Failed(
                        FailureKind.EXCEPTION,
                        "act",
                        "KeyError: '<b>'",
                        "Traceback:\n  File \"policy.py\", line 3, in act\n    return {}['<b>']\n",
                        0,
                        2,
                        2,
                        Isolation.SANDBOX,
                        0.01,
                        "mill");
        assertThat(RolloutView.html(failed))
                .contains("EXCEPTION in act, episode 1, step 3")
                .contains("line 3, in act\n    return {}[&#39;&lt;b&gt;&#39;]</pre>")
                .doesNotContain("<b>");
        assertThat(RolloutView.text(failed))
                .startsWith("EXCEPTION in act, episode 1, step 3: KeyError")
                .contains("\n    return {}['<b>']\n2 environment steps");
        Table table = Tables.rollouts(List.of(done, failed));
        assertThat(table.stringColumn("outcome").asList()).containsExactly("completed", "failed");
        assertThat(table.stringColumn("kind").get(1)).isEqualTo("EXCEPTION");
        assertThat(table.doubleColumn("lowest").get(0)).isEqualTo(10.0);
        assertThat(table.doubleColumn("score").isMissing(1)).isTrue();
        assertThat(table.stringColumn("host").asList()).containsExactly("mill", "mill");
    }

    @Test
    void aRerollMarksTheEpisodesThatDiffer() {
        Run run = new WrittenRun(folder, 1, 1).completed(1, 1, 10, 20).look();
        Completed here =
                new Completed(
                        List.of(10.0, 20.5),
                        List.of(20, 20),
                        List.of(Optional.empty(), Optional.empty()),
                        15.25,
                        40,
                        "d",
                        Isolation.SANDBOX,
                        1,
                        1,
                        1,
                        "",
                        Optional.empty());
        Reroll reroll =
                new Reroll(
                        run.spec(),
                        run.candidate(1, 1),
                        List.of(3L, 4L),
                        here,
                        List.of("processor <A> in the run, B here"));
        assertThat(RerollView.html(reroll))
                .contains("drifted: 1 of 2 returns")
                .contains("processor &lt;A&gt; in the run")
                .contains("20.5000")
                .containsOnlyOnce(">=<")
                .containsOnlyOnce(">\u2260<");
    }
}
