package dev.promptpo.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.promptpo.analysis.Comparison;
import dev.promptpo.analysis.Interval;
import dev.promptpo.film.Episode;
import dev.promptpo.policy.SourceDiff;
import dev.promptpo.rollout.Trace;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.Table;

/** What a candidate shows of itself, and runs beside each other. */
@Timeout(60)
class LookingAtARunTest {
    @TempDir Path folder;

    private final Script script = Script.good();

    @Test
    void aCandidateShowsWhatItChangedOfTheWinnerBeforeIt() {
        Run run = plan("run").run();
        SourceDiff diff = run.candidate(2, 1).diff();
        assertThat(diff.before()).isEqualTo("round 1, candidate 3");
        assertThat(diff.toString()).contains("-     # gain 13").contains("+     # gain 21");
        assertThat(run.candidate(1, 1).diff().before()).isEqualTo("nothing");
        assertThat(run.candidate(1, 1).diff(run.candidate(2, 2)).summary())
                .isEqualTo(
                        "round 1, candidate 1 -> round 2, candidate 2: 1 lines added, 1 taken away,"
                                + " 2 kept");
    }

    @Test
    void aFailedCandidateShowsRepliesRepairsAndWhereItBroke() {
        script.on("policy/1/2", Script.policy("# fail EXCEPTION"))
                .on("repair/1/2/1", "No code.")
                .on("repair/1/2/2", Script.policy("# fail TIMEOUT"));
        Run run = plan("run").run();
        Candidate failed = run.candidate(1, 2);
        assertThat(failed.replies()).hasSize(3).contains("No code.");
        assertThat(failed.repairs())
                .extracting(Attempt::role)
                .containsExactly("repair/1/2/1", "repair/1/2/2");
        assertThat(failed.traceback()).isEqualTo("line 3, in act\nTIMEOUT: it broke");
        assertThat(run.candidate(1, 1).traceback()).isEmpty();
    }

    @Test
    void anEpisodeIsATableOfObservationActionAndReward() {
        ByteBuffer data = ByteBuffer.allocate(48).order(ByteOrder.LITTLE_ENDIAN);
        for (double value : new double[] {.5, 1, 2, 1.5, 0, -3}) {
            data.putDouble(value);
        }
        Table steps =
                new Episode(
                                LineSpec.spec(),
                                "round 1, candidate 1",
                                7,
                                new Trace(List.of(2), 1, 1, data.array()),
                                -1,
                                Optional.empty(),
                                OptionalDouble.empty(),
                                2,
                                true)
                        .table();
        assertThat(steps.columnNames())
                .containsExactly("step", "x", "action", "reward", "return_so_far");
        assertThat(steps.doubleColumn("x").asDoubleArray()).containsExactly(.5, 1.5);
        assertThat(steps.stringColumn("action").asList()).containsExactly("right", "left");
        assertThat(steps.doubleColumn("reward").asDoubleArray()).containsExactly(2, -3);
        assertThat(steps.doubleColumn("return_so_far").asDoubleArray()).containsExactly(2, -1);
    }

    @Test
    void aCandidatesTraceIsTheTableOfItsEpisode() {
        Run run = plan("run").run();
        Table steps = run.best().trace(200);
        assertThat(steps.rowCount()).isEqualTo(10);
        assertThat(steps.name()).isEqualTo("Line: round 2, candidate 3, seed 200");
    }

    @Test
    void runsWithTheSameHeldOutEpisodesAreComparedEpisodeByEpisode() {
        Run first = plan("one").run();
        Run other = plan("two").rounds(1).run();
        Run elsewhere =
                plan("three")
                        .seeds((seed, stage, round, n) ->
                                LongStream.range(5000, 5000 + n).boxed().toList())
                        .seed(1)
                        .run();
        Comparison both = Comparison.of(first, other, elsewhere);
        Interval difference = both.runs().get(1).difference().orElseThrow();
        // The same episodes, and returns that differ by 13 - 23 in each.
        assertThat(difference.estimate()).isEqualTo(-10);
        assertThat(difference.low()).isEqualTo(-10);
        assertThat(difference.n()).isEqualTo(30);
        assertThat(difference.unit()).isEqualTo("paired episodes");
        assertThat(both.runs().get(2).difference()).isEmpty();
        Table table = both.table();
        assertThat(table.stringColumn("run").asList()).containsExactly("one", "two", "three");
        assertThat(table.doubleColumn("difference").get(1)).isEqualTo(-10.0);
        assertThat(table.doubleColumn("difference").isMissing(0)).isTrue();
        assertThat(table.longColumn("steps_search").asList()).containsExactly(120L, 60L, 120L);
        assertThat(Comparison.of(first.directory(), other.directory()).table().printAll())
                .isEqualTo(Comparison.of(first, other).table().printAll());
        assertThatThrownBy(() -> Comparison.of(new Run[0])).hasMessageContaining("at least one");
    }

    private PromptPO plan(String name) {
        return PromptPO.on(LineSpec.spec())
                .model(script.model())
                .engine(new LineEngine())
                .seeds((seed, stage, round, episodes) ->
                        LongStream.range(100L * round, 100L * round + episodes).boxed().toList())
                .heldoutEpisodes(30)
                .directory(folder.resolve(name));
    }
}
