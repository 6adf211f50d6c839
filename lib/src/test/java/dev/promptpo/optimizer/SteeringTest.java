package dev.promptpo.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.promptpo.analysis.Curves;
import dev.promptpo.analysis.Findings;
import dev.promptpo.analysis.Tables;
import dev.promptpo.film.Episode;
import dev.promptpo.llm.Budget;
import dev.promptpo.llm.ModelRequest;
import dev.promptpo.llm.Models;
import dev.promptpo.llm.Price;
import dev.promptpo.llm.Recording;
import dev.promptpo.llm.Recording.Provenance;
import dev.promptpo.prompt.Prompts;
import dev.promptpo.rollout.Purpose;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.Table;

/** What a person does to a run by hand is part of the run, and shows. */
@Timeout(60)
class SteeringTest {
    private static final String HINT = "Prefer steps to the right.\nNever stand still.";
    private static final String OWN = "class LinePolicy:\n    # gain 70\n    pass\n";

    @TempDir Path folder;

    private final LineEngine engine = new LineEngine();
    private final Script script = Script.good();

    @Test
    void aHintEntersTheNextPolicyPromptAndAllLaterOnesAndNoOther() {
        Run run = plan("run").rounds(3).start();
        run.step();
        run.hint(HINT);
        run.run();

        String said = "- Prefer steps to the right.\n  Never stand still.\n";
        assertThat(prompt("policy/1/1")).doesNotContain("Hints");
        assertThat(prompt("policy/2/1"))
                .contains("# Hints from the person who runs this\n" + said + "\n# Form of");
        assertThat(prompt("policy/3/2")).contains(said);
        assertThat(prompt("reflection/2")).doesNotContain("Hints");
        assertThat(request("policy/2/1").prompt().fixedText()).contains(said);
        assertThat(run.interventions())
                .containsExactly(new Intervention(2, Intervention.Kind.HINT, 0, HINT));
    }

    @Test
    void whereTheRoundsPoliciesWereAskedForAHintEntersFromTheNext() {
        script.on(
                "policy/2/2",
                request -> {
                    throw new IllegalStateException("cut off");
                });
        Run run = plan("run").rounds(3).start();
        run.step();
        assertThatThrownBy(run::step).hasMessageContaining("cut off");
        script.on("policy/2/2", Script.policy("# gain 22"));

        run.hint("Late.").run();

        assertThat(prompt("policy/2/2")).doesNotContain("Late.");
        assertThat(prompt("policy/3/1")).contains("- Late.\n");
        assertThat(run.interventions().getFirst().round()).isEqualTo(3);
    }

    @Test
    void aPreviewIsWhatIsSentToTheLetterOnceTheReflectionIsThere() {
        Run run = plan("run").start();
        PromptPreview first = run.previewPrompt();
        assertThat(first.exact()).isTrue();
        assertThat(first.round()).isEqualTo(1);
        assertThat(first.calls()).isEqualTo(3);
        assertThat(first.tokens()).isBetween(200, 2000);
        run.step();
        assertThat(prompt("policy/1/3")).isEqualTo(first.text());

        PromptPreview early = run.previewPrompt();
        assertThat(early.exact()).isFalse();
        assertThat(early.toString()).contains("Not exact yet").contains("reflection");

        PromptPreview ready = run.prepare().previewPrompt();
        assertThat(ready.exact()).isTrue();
        assertThat(ready.text()).contains("Better than before round 2.");
        run.step();
        assertThat(prompt("policy/2/1")).isEqualTo(ready.text());
        assertThatThrownBy(run::previewPrompt).hasMessageContaining("is over");
    }

    @Test
    void aPreviewCountsWhatSendingItCosts() {
        PromptPreview preview =
                new PromptPreview(
                        2,
                        "text",
                        1000,
                        10,
                        java.util.Optional.of(new Price(2, 1, 8, "USD", "of this test")),
                        java.util.Optional.empty());
        assertThat(preview.cost().orElseThrow()).isEqualTo(0.02); // 10 x 1000 tokens at 2 a million
        assertThat(preview.toString()).contains("0.0200 USD for the input of all");
    }

    @Test
    void aPreviewCountsAtTheBudgetsPriceBeforeTheTables() {
        PromptPreview free = plan("free").start().previewPrompt();
        assertThat(free.cost().orElseThrow()).as("the table: scripted costs nothing").isZero();

        Price price = new Price(2e6, 1, 8, "EUR", "of this test");
        Run run = plan("paid").budget(Budget.limits().money(1e9, price)).start();
        PromptPreview paid = run.previewPrompt();
        assertThat(run.price()).contains(price);
        assertThat(paid.cost().orElseThrow()).isEqualTo(2.0 * paid.tokens() * paid.calls());
        assertThat(paid.toString()).contains("EUR for the input of all");
    }

    @Test
    void anEditedPromptIsSentInPlaceOfItsRoundsOwnAndOnlyThere() {
        Run run = plan("run").rounds(3).start();
        run.step();
        run.editPrompt(text -> text.replace("Aim for the highest", "Aim for a high"));
        assertThatThrownBy(() -> run.hint("More.")).hasMessageContaining("edited as a whole");
        run.run();

        assertThat(prompt("policy/2/1"))
                .contains("Aim for a high expected return.")
                .contains("Better than before round 2.");
        assertThat(request("policy/2/1").prompt().template())
                .isEqualTo("edited/" + Prompts.VERSION);
        assertThat(prompt("policy/3/1")).contains("Aim for the highest expected return.");
    }

    @Test
    void anInsertedPolicyIsOneMoreCandidateOnTheSameEpisodes() {
        Run run = plan("run").start();
        run.step();
        Candidate own = run.insert(OWN);

        assertThat(own.inserted()).isTrue();
        assertThat(own.index()).isEqualTo(4);
        assertThat(own.round()).isEqualTo(2);
        run.run();
        assertThat(run.best()).isEqualTo(own);
        assertThat(run.candidates(2)).hasSize(4);
        assertThat(own.lengths()).isEqualTo(run.candidate(2, 1).lengths());
        assertThat(
                        engine.requests.stream()
                                .filter(r -> r.purpose() == Purpose.SEARCH)
                                .filter(r -> r.source().equals(OWN)))
                .hasSize(1)
                .allSatisfy(r -> assertThat(r.seeds()).containsExactly(200L, 201L));
        // It is no sample of the model: the pool of a round is the model's candidates.
        assertThat(Curves.learning(run).scores(2)).hasSize(3);
        assertThat(Curves.learning(run).attempts()).hasSize(7);
        assertThat(Tables.candidates(run).longColumn("steps_total").max()).isEqualTo(7 * 20);
    }

    @Test
    void anInsertedPolicyThatFailsCostsTheRunNothingElse() {
        Run run = plan("run").start();
        Candidate own = run.insert("# fail EXCEPTION");
        assertThat(own.completed()).isFalse();
        run.run();
        assertThat(run.finished()).isTrue();
        assertThat(script.roles()).doesNotContain("repair/1/4/1");
    }

    @Test
    void aChosenCandidateStandsForItsRoundInPromptsAndResults() {
        Run run = plan("run").start();
        run.step();
        Candidate other = run.candidate(1, 1);
        assertThat(run.rounds().getFirst().winner()).contains(run.candidate(1, 3));

        run.choose(other);

        assertThat(run.rounds().getFirst().winner()).contains(other);
        assertThat(run.rounds().getFirst().summaries()).containsExactly("went right", "went right");
        assertThat(run.best()).isEqualTo(other);
        run.run();
        assertThat(prompt("reflection/2")).contains("# gain 11").doesNotContain("# gain 13");
        assertThat(prompt("policy/2/1")).contains("# gain 11").doesNotContain("# gain 13");
        assertThat(Tables.rounds(run).intColumn("winner").get(0)).isEqualTo(1);
        assertThat(run.rounds()).hasSize(2);
    }

    @Test
    void onlyTheLastRoundsPolicyCanBeChosenAndOnlyBeforeTheNextBegins() {
        Run run = plan("run").rounds(3).start();
        run.step();
        run.step();
        Candidate early = run.candidate(1, 1);
        assertThatThrownBy(() -> run.choose(early)).hasMessageContaining("last closed round, 2");
        run.prepare();
        Candidate late = run.candidate(2, 1);
        assertThatThrownBy(() -> run.choose(late))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("branch(2)");
    }

    @Test
    void aRunThatIsOpenedAgainHasItsInterventionsAndGoesOnWithThem() throws IOException {
        Run first = plan("run").start();
        first.step();
        first.hint(HINT);
        first.insert(OWN);
        first.choose(first.candidate(1, 2));
        first.close();

        Run again = plan("run").run();
        again.close();

        assertThat(again.interventions()).isEqualTo(first.interventions()).hasSize(3);
        assertThat(prompt("policy/2/1")).contains("Never stand still.").contains("# gain 12");
        assertThat(again.best().source()).isEqualTo(OWN);
        assertThat(Run.look(again.directory()).steering()).isEqualTo(again.steering());
        assertThat(Schemas.strict("event").problemsOfLines(folder.resolve("run/events.jsonl")))
                .isEmpty();
    }

    @Test
    void aReplayOfASteeredRunIsSteeredTheSameWay() throws IOException {
        Run run = plan("run").rounds(3).start();
        run.insert("# gain 1.5");
        run.step();
        run.choose(run.candidate(1, 2));
        run.hint(HINT);
        run.step();
        run.editPrompt(text -> text + "\nGood luck.\n");
        run.run();
        run.close();
        Path file = folder.resolve("recording.json");
        Recording recording =
                run.recording(new Provenance("a script", "test", "", "", Map.of(), ""));
        recording.write(file);

        assertThat(Recording.read(file).steered()).isEqualTo(recording.steered()).hasSize(4);
        assertThat(Schemas.strict("recording").problems(new ObjectMapper().readTree(file.toFile())))
                .isEmpty();
        List<Intervention> told = new CopyOnWriteArrayList<>();
        Run replay =
                plan("replay")
                        .rounds(3)
                        .model(Models.replay(file))
                        .observer(collecting(told))
                        .run();
        assertThat(replay.interventions()).isEqualTo(run.interventions());
        assertThat(told).isEqualTo(run.interventions());
        assertThat(replay.best()).isEqualTo(run.best());
        assertThat(replay.usage().drifted()).isZero();
        assertThat(RunContent.of(replay.ledger())).isEqualTo(RunContent.of(run.ledger()));
    }

    @Test
    void observersHearOfEachInterventionAndOfNoneASecondTime() {
        List<Intervention> told = new CopyOnWriteArrayList<>();
        Run run = plan("run").rounds(3).observer(collecting(told)).start();
        run.step();
        run.choose(run.candidate(1, 1));
        run.hint(HINT).insert(OWN);
        assertThat(told)
                .isEqualTo(run.interventions())
                .extracting(Intervention::kind)
                .containsExactly(
                        Intervention.Kind.CHOOSE, Intervention.Kind.HINT, Intervention.Kind.INSERT);
        run.close();

        told.clear();
        plan("run").rounds(3).observer(collecting(told)).run();
        assertThat(told).isEmpty();
    }

    @Test
    void aBranchTakesOverRoundsGoesOnAloneAndNamesItsParent() throws IOException {
        Run run = plan("run").rounds(3).run();
        int asked = script.asked.size();
        int rolled = engine.requests.size();

        Run branch = run.branch(1);
        assertThat(branch.rounds()).hasSize(1);
        assertThat(branch.candidates(1)).isEqualTo(run.candidates(1));
        assertThat(script.asked).hasSize(asked);
        assertThat(engine.requests).hasSize(rolled);
        assertThat(branch.usage()).isEqualTo(Usage.NONE);
        assertThat(branch.steps().search()).isEqualTo(60);
        branch.hint(HINT).run();
        branch.close();

        assertThat(branch.directory().getFileName()).hasToString("run-branch1");
        assertThat(branch.parent().orElseThrow().run()).isEqualTo("run");
        assertThat(script.asked.stream().skip(asked).toList())
                .extracting(ModelRequest::role)
                .contains("reflection/2", "policy/3/3")
                .doesNotContain("feedback", "policy/1/1");
        assertThat(prompt("policy/2/1")).contains("Never stand still.");
        assertThat(branch.lineage().generations())
                .extracting(Lineage.Generation::run)
                .containsExactly("run-branch1", "run");
        assertThat(branch.lineage().toString()).contains("after round 1 of run").contains("hint");
        assertThat(
                        Schemas.strict("event")
                                .problemsOfLines(branch.directory().resolve("events.jsonl")))
                .isEmpty();
        assertThat(branch.ledger().verify()).isPositive();
        assertThat(run.branch(1).finished()).isTrue();
        assertThat(script.roles().stream().filter("reflection/2"::equals)).hasSize(2);
    }

    @Test
    void aBranchMayHaveOtherSettingsButNotThoseThatItsRoundsWerePlayedWith() {
        Run run = plan("run").run();
        Run longer = run.branch(2, "three rounds", plan -> plan.rounds(3).candidates(2)).run();
        assertThat(longer.rounds()).hasSize(3);
        assertThat(longer.candidates(3)).hasSize(2);
        assertThat(longer.parent().orElseThrow().edit()).isEqualTo("three rounds");
        assertThatThrownBy(() -> run.branch(1, "", plan -> plan.episodes(7)))
                .hasMessageContaining("episodes 2")
                .hasMessageContaining("episodes 7");
        assertThatThrownBy(() -> run.branch(3)).hasMessageContaining("0 to 2; got 3");
        assertThatThrownBy(() -> Run.look(run.directory()).branch(1, "other", plan -> plan))
                .hasMessageContaining("needs a model");
    }

    @Test
    void aSteeredRunIsStampedInEveryTableCaptionAndFinding() {
        Run plain = plan("plain").run();
        Run run = plan("run").start();
        run.hint("One.").hint("Two.");
        run.insert(OWN);
        run.run();

        String stamp = "steered by hand: 2 hints, 1 inserted policy";
        assertThat(run.steering().stamp()).isEqualTo(stamp);
        assertThat(run.toString()).contains(stamp);
        assertThat(Curves.learning(run).steering()).isEqualTo(run.steering());
        assertThat(Curves.heldout(run).toString()).contains(stamp);
        assertThat(Findings.rounds(run).text()).contains(stamp);
        Episode episode = run.episode(run.best(), 200);
        assertThat(episode.toString()).contains(stamp);
        assertThat(episode.table().name()).contains(stamp);
        assertThat(plain.episode(plain.best(), 200).stamp()).isEmpty();
        for (Table table :
                List.of(
                        Tables.rounds(run),
                        Tables.candidates(run),
                        Tables.episodes(run),
                        Tables.requests(run),
                        Tables.evaluations(run))) {
            assertThat(table.booleanColumn("steered").asList()).isNotEmpty().containsOnly(true);
        }
        assertThat(Tables.rounds(plain).booleanColumn("steered").asList()).containsOnly(false);
        assertThat(plain.steered()).isFalse();
        assertThat(Tables.runs(folder).booleanColumn("steered").asList())
                .containsExactly(false, true);
        assertThat(Tables.interventions(run).stringColumn("kind").asList())
                .containsExactly("hint", "hint", "insert");
        Run branch = plain.branch(1);
        branch.close();
        assertThat(branch.steering().stamp()).isEqualTo("a branch of plain after round 1");
    }

    @Test
    void aPausedRunRestsWhenItsRoundIsClosedAndGoesOn() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        script.on(
                "policy/1/1",
                request -> {
                    asked.countDown();
                    await(answer);
                    return dev.promptpo.llm.ModelReply.Answer.of(Script.policy("# gain 11"));
                });
        Run run = plan("run").rounds(3).start();
        var end = run.runAsync();
        await(asked);
        run.pause();
        assertThatThrownBy(() -> run.hint("Now?")).hasMessageContaining("at work");
        answer.countDown();
        end.get(30, TimeUnit.SECONDS);

        assertThat(run.rounds()).hasSize(1);
        assertThat(run.hint("Now.").resume().rounds()).hasSize(3);
        assertThat(prompt("policy/2/1")).contains("- Now.\n");
    }

    private static RunObserver collecting(List<Intervention> told) {
        return event -> {
            if (event instanceof RunEvent.Intervened intervened) {
                told.add(intervened.intervention());
            }
        };
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private ModelRequest request(String role) {
        return script.asked.stream()
                .filter(request -> request.role().equals(role))
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }

    private String prompt(String role) {
        return request(role).prompt().text();
    }

    private PromptPO plan(String name) {
        return PromptPO.on(LineSpec.spec())
                .model(script.model())
                .engine(engine)
                .seeds((seed, stage, round, episodes) ->
                        LongStream.range(100L * round, 100L * round + episodes).boxed().toList())
                .heldoutEpisodes(30)
                .directory(folder.resolve(name));
    }
}
