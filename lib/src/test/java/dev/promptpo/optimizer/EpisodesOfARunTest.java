package dev.promptpo.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.promptpo.environment.EnvironmentSpec.Lifetime;
import dev.promptpo.film.Episode;
import dev.promptpo.rollout.Purpose;
import dev.promptpo.rollout.RolloutRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One episode of a candidate, rolled out to be looked at: what is rolled out, counted and kept. */
@Timeout(60)
class EpisodesOfARunTest {
    @TempDir Path folder;

    private final LineEngine engine = new LineEngine();
    private final Script script = Script.good();

    @Test
    void itComesToWhatTheRunHadMeasuredAndItsStepsAreCountedAfterTheEnd() {
        Run run = plan().run();
        Candidate best = run.best();
        Steps before = run.steps();
        Episode episode = best.episode(201);

        assertThat(episode.episodeReturn()).isEqualTo(best.returns().get(1));
        assertThat(episode.logged()).hasValue(best.returns().get(1));
        assertThat(episode.differs()).isFalse();
        assertThat(episode.length()).isEqualTo(10);
        assertThat(episode.steps()).isEqualTo(10);
        assertThat(episode.counted()).isTrue();
        assertThat(shown())
                .hasSize(1)
                .first()
                .satisfies(request -> {
                    assertThat(request.seeds()).containsExactly(201L);
                    assertThat(request.lockstep()).isEqualTo(1);
                    assertThat(request.trace()).isTrue();
                    assertThat(request.source()).isEqualTo(best.source());
                });
        assertThat(run.steps().of(Purpose.RENDER)).isEqualTo(10);
        assertThat(run.steps().search()).isEqualTo(before.search());
        assertThat(run.finished()).isTrue();
        assertThat(plan().start().steps()).as("in the ledger").isEqualTo(run.steps());
    }

    @Test
    void whatWasShownBeforeIsNotRolledOutAgain() {
        Run run = plan().run();
        Episode episode = run.best().episode(7);
        int events = run.ledger().events().size();
        assertThat(run.best().episode(7)).usingRecursiveComparison().isEqualTo(episode);
        assertThat(plan().start().best().episode(7)).usingRecursiveComparison().isEqualTo(episode);
        assertThat(Run.look(folder.resolve("run")).best().episode(7))
                .usingRecursiveComparison()
                .isEqualTo(episode);
        assertThat(shown()).hasSize(1);
        assertThat(run.ledger().events()).hasSize(events);
    }

    @Test
    void aSeedThatTheRunHasNotUsedIsComparedWithNothing() {
        Episode episode = plan().run().best().episode(7);
        assertThat(episode.logged()).isEqualTo(OptionalDouble.empty());
        assertThat(episode.differs()).isFalse();
        assertThat(episode.toString())
                .isEqualTo("Line: round 2, candidate 3, seed 7, return 23, 10 steps");
    }

    @Test
    void aHeldOutEpisodeIsComparedToo() {
        Run run = plan().run();
        int ninth = 9;
        Episode episode = run.best().episode(10_000 + ninth);
        assertThat(episode.logged()).hasValue(run.heldout().orElseThrow().returns().get(ninth));
    }

    @Test
    void anotherReturnThanTheRunHadMeasuredIsSaid() {
        script.on("policy/2/3", Script.policy("# gain 90 # drifts"));
        Run run = plan().run();
        Episode episode = run.best().episode(200);
        assertThat(episode.differs()).isTrue();
        assertThat(episode.toString())
                .contains("return " + Math.round(episode.episodeReturn()) + ", but ")
                .contains(Math.round(episode.logged().orElseThrow()) + " in the run");
    }

    @Test
    void anObjectThatLivesThroughEpisodesLivesThroughThoseBeforeAgain() {
        Run run = plan().lifetime(Lifetime.CANDIDATE).episodes(3).run();
        Episode last = run.best().episode(202);
        assertThat(shown().getLast().seeds()).containsExactly(200L, 201L, 202L);
        assertThat(last.logged()).hasValue(run.best().returns().get(2));
        assertThat(last.differs()).isFalse();
        assertThat(last.length()).isEqualTo(10);
        assertThat(last.steps()).isEqualTo(30);
        assertThat(run.steps().of(Purpose.RENDER)).isEqualTo(30);
        run.best().episode(7);
        assertThat(shown().getLast().seeds()).containsExactly(7L);
    }

    @Test
    void itCanBeShownBetweenTwoRounds() {
        Run run = plan().start();
        run.step();
        run.best().episode(100);
        run.step();
        assertThat(run.finished()).isTrue();
        assertThat(run.steps().of(Purpose.RENDER)).isEqualTo(10);
        assertThat(script.roles()).doesNotHaveDuplicates();
    }

    @Test
    void aPolicyThatFailsThereIsAnErrorAndItsStepsCount() {
        script.on("policy/1/1", Script.policy("# fail EXCEPTION"));
        script.on("repair/1/1/1", Script.policy("# fail EXCEPTION"));
        script.on("repair/1/1/2", Script.policy("# fail EXCEPTION"));
        Run run = plan().run();
        assertThatThrownBy(() -> run.candidate(1, 1).episode(5))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the policy failed in the episode to be shown: EXCEPTION: it broke");
        assertThat(run.steps().of(Purpose.RENDER)).isEqualTo(3);
    }

    @Test
    void aCandidateOfAnotherRunOrOfNoneIsRefused() {
        Run run = plan().run();
        Candidate stranger = new Candidate(1, 1, run.candidate(1, 2).attempts());
        assertThatThrownBy(() -> run.episode(stranger, 1)).hasMessageContaining("its own");
        assertThatThrownBy(() -> stranger.film(1)).hasMessage("this candidate is of no run");
        Candidate same = new Candidate(1, 2, run.candidate(1, 2).attempts());
        assertThat(same).isEqualTo(run.candidate(1, 2)).hasSameHashCodeAs(run.candidate(1, 2));
        assertThat(same).isNotEqualTo(stranger);
    }

    private PromptPO plan() {
        return PromptPO.on(LineSpec.spec())
                .model(script.model())
                .engine(engine)
                .seeds((seed, stage, round, episodes) -> {
                    long first = stage == Purpose.HELDOUT ? 10_000 : 100L * round;
                    return LongStream.range(first, first + episodes).boxed().toList();
                })
                .heldoutEpisodes(30)
                .directory(folder.resolve("run"));
    }

    private List<RolloutRequest> shown() {
        return engine.requests.stream().filter(r -> r.purpose() == Purpose.RENDER).toList();
    }
}
