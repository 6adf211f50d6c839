package dev.promptpo.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.promptpo.environment.RenderException;
import dev.promptpo.film.Film;
import dev.promptpo.film.FilmSettings;
import dev.promptpo.ledger.Event;
import dev.promptpo.llm.Models;
import dev.promptpo.python.PythonThread;
import dev.promptpo.rollout.Purpose;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Films of a run's candidates, with real rollouts of a Hopper. */
@Timeout(300)
class FilmsOfARunTest {
    private static final String LEAN =
            """
            ```python
            import numpy as np
            class HopperPolicy:
                def act(self, obs):
                    return np.clip(-3.0 * obs.vector[2:5] + 0.3 * np.random.randn(3), -1, 1)
            ```
            """;

    @TempDir Path folder;

    @Test
    void aFilmOfALoggedEpisodeComesToTheLoggedReturnAndIsCounted() {
        Run run = run();
        long seed = searchSeeds(run).get(1);
        Film film;
        try {
            film = run.best().film(seed, FilmSettings.DEFAULT.frames(4));
        } catch (RenderException e) {
            Assumptions.assumeThat(e.getMessage()).doesNotStartWith("no renderer works");
            throw e;
        }
        assertThat(film.episode().episodeReturn()).isEqualTo(run.best().returns().get(1));
        assertThat(film.episode().differs()).isFalse();
        assertThat(film.caption())
                .startsWith("Hopper-v5: round 1, candidate 1, seed " + seed + ", return ")
                .contains(", as in the run, " + run.best().lengths().get(1) + " steps, ");
        assertThat(film.frames()).hasSizeBetween(2, 4);
        assertThat(run.steps().of(Purpose.RENDER))
                .isEqualTo(run.best().lengths().get(1).intValue());

        Film held = run.film();
        assertThat(held.episode().seed()).isEqualTo(run.renderSeed());
        assertThat(held.episode().logged()).isEmpty();
        Run looked = Run.look(run.directory());
        assertThat(looked.film().episode().counted()).as("kept by the run").isTrue();
        assertThat(looked.best().episode(12345).counted()).isFalse();
        assertThat(looked.ledger().events()).hasSameSizeAs(run.ledger().events());
    }

    @Test
    void whereNothingCanBeDrawnTheRunIsAsItWas() {
        Run run = run();
        List<Event> before = run.ledger().events();
        renderer("disable");
        try {
            assertThatThrownBy(run::film)
                    .isInstanceOf(RenderException.class)
                    .hasMessageStartingWith("drawing is switched off");
        } finally {
            renderer("");
        }
        assertThat(run.ledger().events()).hasSameSizeAs(before);
        assertThat(run.steps().of(Purpose.RENDER)).isZero();
        assertThat(run.best().episode(3).length()).isPositive();
    }

    /** What {@code MUJOCO_GL} had been set to when this JVM was started. */
    private static void renderer(String wanted) {
        PythonThread.notebook()
                .run(python -> {
                    python.assign("wanted", wanted);
                    python.execute("import os; os.environ['PROMPTPO_MUJOCO_GL'] = wanted");
                    return true;
                });
    }

    private Run run() {
        return PromptPO.on("Hopper-v5")
                .model(Models.scripted(request -> LEAN))
                .candidates(1)
                .rounds(1)
                .episodes(2)
                .feedback(false)
                .heldoutEpisodes(0)
                .directory(folder.resolve("run"))
                .run();
    }

    private static List<Long> searchSeeds(Run run) {
        return run.ledger().events().stream()
                .filter(event -> event.type().equals("rollout_started"))
                .map(event -> Fields.longs(event.fields().path("seeds")))
                .findFirst()
                .orElseThrow();
    }
}
