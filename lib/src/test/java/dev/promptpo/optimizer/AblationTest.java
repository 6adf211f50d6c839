package dev.promptpo.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.promptpo.analysis.Ablation;
import dev.promptpo.llm.ModelRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.Table;

/** One cell plans, estimates, runs or resumes runs that differ in N. */
@Timeout(60)
class AblationTest {
    @TempDir Path folder;

    private final Script script = Script.good();

    @Test
    void runsEachNAndSeedWithItsControlAndPaysOnce() {
        Ablation.Result result = ablation().run();
        assertThat(result.members())
                .extracting(Ablation.Member::name)
                .containsExactly(
                        "N 2, seed 0",
                        "N 2, seed 0, iid",
                        "N 2, seed 1",
                        "N 2, seed 1, iid",
                        "N 4, seed 0",
                        "N 4, seed 0, iid",
                        "N 4, seed 1",
                        "N 4, seed 1, iid");
        assertThat(result.runs()).allMatch(Run::finished);
        assertThat(result.largest().settings().candidates()).isEqualTo(4);
        int asked = script.asked.size();
        assertThat(ablation().run().runs()).hasSize(8);
        assertThat(script.asked).hasSize(asked);
    }

    @Test
    void theControlAsksAsOftenWithTheFirstPromptAlone() {
        Run control = ablation().run().members().get(1).run();
        List<String> prompts =
                control.ledger().events().stream()
                        .filter(event -> event.type().equals("request_started"))
                        .map(event -> event.fields().path("prompt_payload").asText())
                        .toList();
        assertThat(prompts).hasSize(2 * 2).allMatch(prompts.getFirst()::equals);
        assertThat(script.asked.stream().map(ModelRequest::role)).contains("policy/2/2");
    }

    @Test
    void theTableHoldsAllRunsAndWhichAreControls() {
        Table table = ablation().run().table();
        assertThat(table.rowCount()).isEqualTo(8);
        assertThat(table.stringColumn("control").asList()).startsWith("", "iid", "", "iid");
        assertThat(table.doubleColumn("heldout").isMissing().size()).isZero();
        assertThat(table.longColumn("steps_search").get(4)).isEqualTo(4 * 2 * 2 * 10);
    }

    @Test
    void theEstimateSumsAllRunsBeforeAnythingIsAsked() {
        Table estimate = ablation().estimate();
        assertThat(script.asked).isEmpty();
        assertThat(estimate.rowCount()).isEqualTo(9);
        double[] calls = estimate.doubleColumn("calls").asDoubleArray();
        double sum = 0;
        for (int i = 0; i < 8; i++) {
            sum += calls[i];
        }
        assertThat(calls[8]).isEqualTo(sum);
        assertThat(calls[4]).isGreaterThan(calls[0]);
        assertThat(estimate.doubleColumn("money").get(8)).as("a script costs nothing").isZero();
    }

    @Test
    void runsThatAreThereAlreadyAreAnAblationToo() {
        Ablation.Result result = ablation().run();
        List<Run> shuffled = new ArrayList<>(result.runs());
        Collections.reverse(shuffled);
        assertThat(Ablation.of(shuffled.toArray(Run[]::new)).members())
                .extracting(Ablation.Member::name)
                .containsExactlyElementsOf(
                        result.members().stream().map(Ablation.Member::name).toList());
        assertThatThrownBy(Ablation::of)
                .hasMessage("an ablation's runs are on one task; got no run");
    }

    @Test
    void badInputIsSaidInOneLine() {
        assertThatThrownBy(() -> Ablation.candidates(5, 5)).hasMessageContaining("[5, 5]");
        assertThatThrownBy(() -> Ablation.candidates(2).run()).hasMessageContaining("on(");
        assertThatThrownBy(() -> Ablation.candidates(2).seeds(0)).hasMessageContaining("got 0");
    }

    private Ablation ablation() {
        return Ablation.candidates(2, 4)
                .on(LineSpec.spec())
                .rounds(2)
                .seeds(2)
                .iid()
                .model(script.model())
                .directory(folder)
                .with(plan ->
                        plan.engine(new LineEngine())
                                .heldoutEpisodes(5)
                                .seeds((seed, stage, round, n) ->
                                        LongStream.range(100L * round, 100L * round + n)
                                                .boxed()
                                                .toList()));
    }
}
