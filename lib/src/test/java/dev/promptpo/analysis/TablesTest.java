package dev.promptpo.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptpo.ledger.Ledger;
import dev.promptpo.ledger.RunDocument;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.Table;

/** A run written by hand: two rounds of two candidates, one repaired, one lost. */
class TablesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir private Path folder;
    private Path run;

    @BeforeEach
    void writeARun() throws IOException {
        run = folder.resolve("first");
        ObjectNode settings =
                json(
                        """
                        {"environment": "NoiseWorld2", "preset": "paper", "candidates": 2,
                         "rounds": 2, "episodes": 2, "seed": 3}
                        """);
        try (InputStream spec = TablesTest.class.getResourceAsStream("noise-world-2.json");
                Ledger ledger =
                        Ledger.openOrBegin(
                                run,
                                RunDocument.of(
                                        "promptpo",
                                        settings,
                                        Optional.empty(),
                                        (ObjectNode) JSON.readTree(spec)))) {
            write(ledger, "session_started", "{'model': {'kind': 'replay', 'model': 'm'}}");
            ask(ledger, "policy/1/1", 100, 40);
            search(ledger, "policy/1/1", 30);
            ask(ledger, "repair/1/1/1", 150, 50);
            search(ledger, "repair/1/1/1", 60);
            write(
                    ledger,
                    "candidate_finished",
                    """
                    {'round': 1, 'candidate': 1, 'outcome': 'completed', 'score': 900,
                     'returns': [950, 850], 'lengths': [20, 40], 'successes': [true, null],
                     'steps': 90, 'attempts': [
                       {'role': 'policy/1/1', 'result': {'outcome': 'failed', 'message': 'boom'}},
                       {'role': 'repair/1/1/1', 'result': {'outcome': 'completed'}}]}
                    """);
            ask(ledger, "policy/1/2", 100, 40);
            search(ledger, "policy/1/2", 10);
            write(
                    ledger,
                    "candidate_finished",
                    """
                    {'round': 1, 'candidate': 2, 'outcome': 'failed', 'kind': 'TIMEOUT',
                     'steps': 10, 'attempts': [{'role': 'policy/1/2',
                       'result': {'outcome': 'failed', 'message': 'too slow'}}]}
                    """);
            rollout(ledger, "audit/repair/1/1/1", "repair/1/1/1", "audit", 60);
            write(
                    ledger,
                    "round_closed",
                    "{'round': 1, 'winner': 1, 'score': 900, 'audit': 'deterministic'}");
            write(ledger, "request_started", "{'role': 'policy/2/1', 'template': 'policy/1'}");
            write(ledger, "session_started", "{'model': {'kind': 'replay', 'model': 'm'}}");
            for (int k = 1; k <= 2; k++) {
                ask(ledger, "policy/2/" + k, 200, 60);
                search(ledger, "policy/2/" + k, 40);
                write(
                        ledger,
                        "candidate_finished",
                        """
                        {'round': 2, 'candidate': %d, 'outcome': 'completed', 'score': %d,
                         'returns': [%d, %d], 'lengths': [20, 20], 'successes': [null, null],
                         'steps': 40, 'attempts': [{'role': 'policy/2/%d', 'result': {}}]}
                        """
                                .formatted(k, 700 + k, 700 + k, 700 + k, k));
            }
            write(
                    ledger,
                    "round_closed",
                    "{'round': 2, 'winner': 2, 'score': 702, 'audit': 'deterministic'}");
            rollout(ledger, "heldout/repair/1/1/1/1-4", "repair/1/1/1", "heldout", 100);
            write(
                    ledger,
                    "evaluation",
                    """
                    {'purpose': 'heldout', 'round': 1, 'candidate': 1, 'seeds': [5, 6, 7, 8],
                     'returns': [960, 940, 900, 880], 'lengths': [25, 25, 25, 25],
                     'successes': [null, null, null, null], 'score': 920, 'steps': 100}
                    """);
            write(ledger, "run_closed", "{}");
        }
    }

    @Test
    void roundsShowTheWinnerTheBestSoFarAndEveryStep() {
        Table rounds = Tables.rounds(run);
        assertThat(rounds.rowCount()).isEqualTo(2);
        assertThat(rounds.intColumn("failed").asList()).containsExactly(1, 0);
        assertThat(rounds.doubleColumn("score").asList()).containsExactly(900.0, 702.0);
        assertThat(rounds.doubleColumn("best").asList()).containsExactly(900.0, 900.0);
        assertThat(rounds.doubleColumn("mean_score").asList()).containsExactly(900.0, 701.5);
        assertThat(rounds.intColumn("repairs").asList()).containsExactly(1, 0);
        // 30 failed + 60 repaired + 10 failed; the audit's 60 are not choosing.
        assertThat(rounds.longColumn("steps").asList()).containsExactly(100L, 80L);
        assertThat(rounds.longColumn("steps_total").asList()).containsExactly(100L, 180L);
    }

    @Test
    void aFailedCandidateHasItsKindAndMessageAndNoScore() {
        Table candidates = Tables.candidates(run);
        assertThat(candidates.rowCount()).isEqualTo(4);
        assertThat(candidates.doubleColumn("score").isMissing(1)).isTrue();
        assertThat(candidates.stringColumn("kind").get(1)).isEqualTo("TIMEOUT");
        assertThat(candidates.stringColumn("message").get(1)).isEqualTo("too slow");
        assertThat(candidates.stringColumn("kind").isMissing(0)).isTrue();
        assertThat(candidates.doubleColumn("lowest").get(0)).isEqualTo(850);
        assertThat(candidates.longColumn("steps_total").asList())
                .containsExactly(90L, 100L, 140L, 180L);
    }

    @Test
    void episodesOfSearchAndOfMeasurementsCarryTheirSeeds() {
        Table episodes = Tables.episodes(run);
        assertThat(episodes.rowCount()).isEqualTo(2 + 2 * 2 + 4);
        Table heldout = episodes.where(episodes.stringColumn("purpose").isEqualTo("heldout"));
        assertThat(heldout.longColumn("seed").asList()).containsExactly(5L, 6L, 7L, 8L);
        assertThat(heldout.doubleColumn("return").asList())
                .containsExactly(960.0, 940.0, 900.0, 880.0);
        assertThat(episodes.longColumn("seed").asList().subList(0, 2)).containsExactly(11L, 12L);
        assertThat(episodes.booleanColumn("success").get(0)).isTrue();
        assertThat(episodes.booleanColumn("success").isMissing(1)).isTrue();
    }

    @Test
    void aRequestThatWasCutOffIsARowOfItsOwn() {
        Table requests = Tables.requests(run);
        assertThat(requests.rowCount()).isEqualTo(6);
        assertThat(requests.stringColumn("outcome").asList())
                .containsOnlyOnce("cut off")
                .filteredOn(outcome -> outcome.equals("answer"))
                .hasSize(5);
        assertThat(requests.longColumn("output_tokens").sum()).isEqualTo(250);
    }

    @Test
    void theResultIsTheBestRoundsWinnerOnHeldOutEpisodes() {
        Table evaluations = Tables.evaluations(run);
        assertThat(evaluations.doubleColumn("score").get(0)).isEqualTo(920);
        // (920 - -186.351...) / (976.767... - -186.351...)
        assertThat(evaluations.doubleColumn("normalised").get(0)).isCloseTo(.9512, within(1e-4));
        LearningCurve curve = Curves.learning(run);
        assertThat(curve.selected().points()).containsExactly(new StepCurve.Point(100, 900));
        assertThat(curve.heldout().points()).containsExactly(new StepCurve.Point(100, 920));
        assertThat(curve.steps()).isEqualTo(180);
        assertThat(curve.failed(1)).isEqualTo(1);
        assertThat(curve.scores(2)).containsExactly(701, 702);
        HeldoutEstimate heldout = Curves.heldout(run);
        assertThat(heldout.normalised().orElseThrow()).isCloseTo(.9512, within(1e-4));
        assertThat(heldout.toString())
                .startsWith("NoiseWorld2: mean return on held-out episodes 920.0, 95 % interval")
                .contains("(4 episodes, BCa bootstrap)")
                .contains("optimum            976.8  (exact)")
                .contains("random policy     -186.3  (exact)")
                .contains("search score       900.0");
        Interval interval = heldout.estimate();
        assertThat(interval.estimate()).isEqualTo(920);
        assertThat(interval.low()).isBetween(880.0, 905.0);
        assertThat(interval.n()).isEqualTo(4);
    }

    @Test
    void theFindingIsWordedByTheNumbers() {
        assertThat(Findings.rounds(run).text())
                .isEqualTo(
                        "The best policy of round 1 scored 900.0 after 100 environment steps, 93.4 %"
                                + " of the way from the random policy to the optimum. Later rounds"
                                + " found nothing that scored better.");
    }

    @Test
    void aFolderOfRunsIsOneTable() {
        Table runs = Tables.runs(folder);
        assertThat(runs.rowCount()).isEqualTo(1);
        assertThat(runs.stringColumn("run").get(0)).isEqualTo("first");
        assertThat(runs.stringColumn("model").get(0)).isEqualTo("replay: m");
        assertThat(runs.booleanColumn("finished").get(0)).isTrue();
        assertThat(runs.doubleColumn("search_score").get(0)).isEqualTo(900);
        assertThat(runs.doubleColumn("heldout").get(0)).isEqualTo(920);
        assertThat(runs.longColumn("steps_search").get(0)).isEqualTo(180);
        assertThat(runs.longColumn("steps_all").get(0)).isEqualTo(180 + 60 + 100);
        assertThat(runs.longColumn("input_tokens").get(0)).isEqualTo(750);
        assertThat(Tables.runs(folder.resolve("none")).rowCount()).isZero();
    }

    /** They read only what they need of the events, a single run's tables all of it. */
    @Test
    void tablesOfAllRunsSayWhatEachRunsSays() throws IOException {
        try (Ledger ledger = Ledger.open(run)) {
            write(
                    ledger,
                    "rollout_finished",
                    """
                    {'rollout': 'search/policy/2/1', 'role': 'policy/2/1', 'purpose': 'search',
                     'outcome': 'interrupted', 'steps': 5}
                    """);
        }
        assertSame(Tables.candidatesOfRuns(folder), Tables.candidates(run));
        assertSame(Tables.episodesOfRuns(folder), Tables.episodes(run));
    }

    private static void assertSame(Table ofRuns, Table ofRun) {
        assertThat(ofRuns.stringColumn("run").unique().asList()).containsExactly("first");
        assertThat(ofRuns.removeColumns("run").write().toString("csv"))
                .isEqualTo(ofRun.write().toString("csv"));
    }

    @Test
    void aRunAtAGlance() {
        RunSummary summary =
                RunSummary.ofAll(
                                folder,
                                (unreadable, reason) -> {
                                    throw reason;
                                })
                        .getFirst();
        assertThat(summary.run()).isEqualTo("first");
        assertThat(summary.candidates()).hasValue(2);
        assertThat(summary.closedRounds()).isEqualTo(2);
        assertThat(summary.finished()).isTrue();
        assertThat(summary.searchScore()).hasValue(900);
        assertThat(summary.heldout()).contains(Curves.heldout(run).estimate());
        assertThat(summary.normalised().orElseThrow()).isCloseTo(.9512, within(1e-4));
        assertThat(summary.stepsAll()).isEqualTo(340);
        assertThat(summary.outputTokens()).isEqualTo(250);
    }

    @Test
    void aRunOfAnotherSpecificationIsToldAndTheOthersAreShown() throws IOException {
        Path other = folder.resolve("other");
        Ledger.openOrBegin(
                        other,
                        RunDocument.of(
                                "promptpo",
                                json("{\"environment\": \"Later\"}"),
                                Optional.empty(),
                                json("{\"schema\": 99}")))
                .close();
        List<String> told = new ArrayList<>();
        Table runs = Tables.runs(folder, (path, reason) -> told.add(reason.getMessage()));
        assertThat(runs.stringColumn("run").asList()).containsExactly("first");
        assertThat(told).hasSize(1).first().asString().contains(other.toString());
    }

    @Test
    void stepsOfARolloutThatWasCutOffAreALowerBound() throws IOException {
        assertThat(Tables.runs(folder).booleanColumn("lower_bound").get(0)).isFalse();
        try (Ledger ledger = Ledger.open(run)) {
            write(
                    ledger,
                    "rollout_finished",
                    """
                    {'rollout': 'search/policy/2/1', 'role': 'policy/2/1', 'purpose': 'search',
                     'outcome': 'interrupted', 'steps': 5}
                    """);
        }
        assertThat(Tables.runs(folder).booleanColumn("lower_bound").get(0)).isTrue();
        Table candidates = Tables.candidates(run);
        assertThat(candidates.booleanColumn("lower_bound").asList())
                .containsExactly(false, false, true, false);
        assertThat(candidates.longColumn("steps").asList()).containsExactly(90L, 10L, 45L, 40L);
    }

    @Test
    void measuringAFinishedRunAgainKeepsTheNameOfItsModel() throws IOException {
        try (Ledger ledger = Ledger.open(run)) {
            write(ledger, "session_started", "{'isolation': 'sandbox'}");
        }
        assertThat(Tables.runs(folder).stringColumn("model").get(0)).isEqualTo("replay: m");
    }

    private static void ask(Ledger ledger, String role, int input, int output) throws IOException {
        write(ledger, "request_started", "{'role': '%s', 'template': 'policy/1'}".formatted(role));
        write(
                ledger,
                "reply_received",
                """
                {'role': '%s', 'outcome': 'answer', 'model': 'm',
                 'usage': {'input': %d, 'cached_input': 0, 'output': %d},
                 'timing': {'latency_s': 1.5}}
                """
                        .formatted(role, input, output));
    }

    private static void search(Ledger ledger, String role, int steps) throws IOException {
        rollout(ledger, "search/" + role, role, "search", steps);
    }

    private static void rollout(Ledger ledger, String name, String role, String purpose, int steps)
            throws IOException {
        write(
                ledger,
                "rollout_started",
                "{'rollout': '%s', 'role': '%s', 'purpose': '%s', 'seeds': [11, 12]}"
                        .formatted(name, role, purpose));
        write(
                ledger,
                "rollout_finished",
                "{'rollout': '%s', 'role': '%s', 'purpose': '%s', 'steps': %d}"
                        .formatted(name, role, purpose, steps));
    }

    private static void write(Ledger ledger, String type, String fields) throws IOException {
        ledger.append(type, json(fields.replace('\'', '"')));
    }

    private static ObjectNode json(String text) throws IOException {
        return (ObjectNode) JSON.readTree(text);
    }
}
