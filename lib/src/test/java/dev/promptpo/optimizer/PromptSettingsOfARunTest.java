package dev.promptpo.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.promptpo.analysis.Tables;
import dev.promptpo.ledger.RunDocument;
import dev.promptpo.prompt.ContextForm;
import dev.promptpo.prompt.History;
import dev.promptpo.prompt.PromptSettings;
import dev.promptpo.rollout.FeedbackRequest;
import dev.promptpo.rollout.Purpose;
import dev.promptpo.rollout.RolloutRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.Table;

@Timeout(60)
class PromptSettingsOfARunTest {
    /** Of a run planned by {@link #plan} before these settings existed, with prompts 1. */
    private static final String USUAL_DIGEST =
            "edabf49d85d1e1403ce268d0b69f2a916c4b75ddd6ed6cc13d3267550e7622a1";

    @TempDir Path folder;

    private final LineEngine engine = new LineEngine();
    private final Script script = Script.good();

    @Test
    void whatIsNotSetLeavesTheDigestAsItWas() {
        RunSettings usual = plan().start().settings();
        // Prompts of another version make another run; all else is as it was.
        assertThat(RunDocument.digest(usual.toJson().put("prompts", 1))).isEqualTo(USUAL_DIGEST);
        assertThat(usual.promptSettings()).isEqualTo(PromptSettings.DEFAULT);
    }

    @Test
    void eachSettingChangesTheDigestAndIsReadBack() {
        List<PromptPO> plans =
                List.of(
                        plan().history(History.compact()),
                        plan().history(History.compact(4)),
                        plan().history(History.best()),
                        plan().history(History.none()),
                        plan().context(ContextForm.ANONYMOUS),
                        plan().feedbackEpisodes(1),
                        plan().feedbackSteps(7),
                        plan().startFrom("# gain 5"));
        List<RunSettings> settings =
                plans.stream()
                        .map(plan -> plan.directory(folder.resolve("s" + plans.indexOf(plan))))
                        .map(plan -> plan.start().settings())
                        .toList();
        assertThat(settings).extracting(RunSettings::digest).doesNotHaveDuplicates();
        assertThat(settings).extracting(RunSettings::digest).doesNotContain(USUAL_DIGEST);
        assertThat(settings)
                .allSatisfy(one -> {
                    assertThat(RunSettings.fromJson(one.toJson())).isEqualTo(one);
                });
    }

    @Test
    void aFolderOfOtherPromptSettingsIsRefusedByName() {
        plan().history(History.best()).start().close();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> plan().start())
                .withMessageContaining("history best, asked for none");
    }

    @Test
    void withoutAHistoryNothingIsAskedBesidesPolicies() {
        plan().history(History.none()).rounds(3).run();
        assertThat(script.roles()).allMatch(role -> role.startsWith("policy/")).hasSize(9);
        assertThat(script.prompt("policy/3/1")).isEqualTo(script.prompt("policy/1/1"));
        assertThat(engine.feedback).isEmpty();
    }

    @Test
    void aRoundThatIsNotShownIsNotReflectedOn() {
        script.on("policy/2/3", Script.policy("# gain 1"));
        script.on("policy/2/2", Script.policy("# gain 2"));
        script.on("policy/2/1", Script.policy("# gain 3"));
        plan().history(History.best()).rounds(3).run();
        assertThat(script.roles()).contains("reflection/2").doesNotContain("reflection/3");
        assertThat(script.prompt("policy/3/1"))
                .contains("# gain 13", "Better than before round 2.")
                .doesNotContain("# gain 3");
    }

    @Test
    void onlyTheFirstEpisodesAndStepsAreSummarised() {
        plan().episodes(3).feedbackEpisodes(2).feedbackSteps(4).run();
        assertThat(engine.feedback)
                .hasSize(2)
                .extracting(request -> request.trace().rows())
                .containsOnly(List.of(4, 4));
        assertThat(script.prompt("policy/2/1"))
                .contains("- episode 2: went right")
                .doesNotContain("- episode 3");
    }

    @Test
    void anonymousPoliciesAndFeedbackAreRolledOutSo() {
        Run run = plan().context(ContextForm.ANONYMOUS).run();
        assertThat(engine.requests).isNotEmpty().allMatch(RolloutRequest::anonymous);
        assertThat(engine.requests).extracting(RolloutRequest::policyClass).containsOnly("Policy");
        assertThat(engine.feedback).isNotEmpty().allMatch(FeedbackRequest::anonymous);
        assertThat(script.prompt("policy/1/1")).contains("| o0 |").doesNotContain("| x |");
        assertThat(run.spec().title()).as("what is kept of the task").isEqualTo("A line");
    }

    @Test
    void startsFromAPolicyOfOnesOwn() {
        Run run = plan().startFrom("class Mine:  # gain 18\n    pass\n").run();

        // 2 rounds x 3 candidates and the start, x 2 episodes x 10 steps; 3 audits
        assertThat(run.steps().of(Purpose.SEARCH)).isEqualTo(140);
        assertThat(run.steps().of(Purpose.AUDIT)).isEqualTo(60);
        assertThat(run.candidate(0, 1).source()).contains("class Mine");
        assertThat(run.rounds()).hasSize(2);
        assertThat(script.prompt("policy/1/1"))
                .contains("## Round 0: the policy to start from", "class Mine", "went right")
                .contains("Better than before round 1.");
        assertThat(script.prompt("policy/2/1")).contains("## Round 0", "## Round 1");
        assertThat(run.best().round()).isEqualTo(2);
        Table candidates = Tables.candidates(run);
        assertThat(candidates.intColumn("round").asList()).containsExactly(0, 1, 1, 1, 2, 2, 2);
        assertThat(candidates.longColumn("steps_total").asList())
                .containsExactly(20L, 40L, 60L, 80L, 100L, 120L, 140L);
        assertThat(Tables.rounds(run).intColumn("round").asList()).containsExactly(0, 1, 2);
    }

    @Test
    void whatWasStartedFromIsTheBestWhereNothingBeatsIt() {
        Run run = plan().startFrom("# gain 100").run();
        assertThat(run.best()).isEqualTo(run.candidate(0, 1));
        assertThat(run.heldout()).isPresent();
        assertThat(Run.look(run.directory()).best().source()).isEqualTo("# gain 100");
    }

    @Test
    void aStartIsPlayedOnceHoweverOftenTheRunIsResumed() {
        Run first = plan().startFrom("# gain 18").start();
        first.step();
        first.close();
        int rolled = engine.requests.size();
        Run run = plan().startFrom("# gain 18").run();
        assertThat(run.finished()).isTrue();
        assertThat(engine.requests.stream().skip(rolled))
                .noneMatch(request -> request.source().equals("# gain 18"));
        assertThat(run.steps().of(Purpose.SEARCH)).isEqualTo(140);
    }

    @Test
    void aStartThatFailsIsRefusedWithItsReason() {
        Run run = plan().startFrom("# fail SYNTAX").start();
        assertThatIllegalArgumentException()
                .isThrownBy(run::run)
                .withMessageContaining("the policy to start from failed: SYNTAX in act: it broke");
        assertThat(script.roles()).isEmpty();
        assertThat(run.steps().of(Purpose.SEARCH)).as("its steps were taken").isEqualTo(3);
    }

    private PromptPO plan() {
        return PromptPO.on(LineSpec.spec())
                .model(script.model())
                .engine(engine)
                .seeds((seed, stage, round, episodes) ->
                        LongStream.range(100L * round, 100L * round + episodes).boxed().toList())
                .heldoutEpisodes(30)
                .directory(folder.resolve("run"));
    }
}
