package dev.promptpo.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.environment.Environments;
import dev.promptpo.rollout.Isolation;
import dev.promptpo.rollout.RolloutEngine;
import dev.promptpo.rollout.RolloutEngines;
import dev.promptpo.rollout.RolloutOptions;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class PolicyEstimateTest {
    private static final String STANDS_STILL =
            """
            class NoiseWorld1Policy:
                def act(self, obs):
                    return 0
            """;

    private static RolloutEngine engine;

    @BeforeAll
    static void start() {
        engine = RolloutEngines.start(new RolloutOptions(1, Isolation.SANDBOX));
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    @Test
    void aPolicyIsMeasuredOnTheEpisodesThatItIsGiven() {
        EnvironmentSpec spec = Environments.spec("NoiseWorld1");
        PolicyEstimate estimate =
                PolicyEstimate.of(spec, STANDS_STILL, List.of(1L, 2L, 3L), engine);
        // Against the wall at the top left each step costs 1, to the end of the episode.
        assertThat(estimate.estimate().estimate()).isEqualTo(-spec.horizon());
        assertThat(estimate.estimate().n()).isEqualTo(3);
        assertThat(estimate.success()).hasValue(0);
        assertThat(estimate.steps()).isEqualTo(3L * spec.horizon());
        double random = spec.references().random().orElseThrow().value();
        double best = spec.references().best().orElseThrow().value();
        assertThat(estimate.normalised()).hasValue((-spec.horizon() - random) / (best - random));
        assertThat(estimate.toString())
                .startsWith("NoiseWorld1: mean return")
                .contains("optimum")
                .endsWith("preset paper, one policy object an episode, isolation sandbox");
    }

    @Test
    void oneThatSeesMoreThanTheObservationSaysSo() {
        EnvironmentSpec spec = Environments.spec("Reacher-v5", "release");
        String source = "class P:\n    def act(self, obs):\n        return [0.0, 0.0]\n";
        assertThat(PolicyEstimate.of(spec, source, List.of(1L, 2L), engine).toString())
                .contains("privileged observation, isolation sandbox");
    }

    @Test
    void aPolicyThatFailsIsAnErrorThatShowsWhere() {
        assertThatThrownBy(() ->
                        PolicyEstimate.of(
                                Environments.spec("NoiseWorld1"),
                                "class P:\n    def act(self, obs):\n        return obs.missing\n",
                                List.of(1L, 2L),
                                engine))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("the policy failed: EXCEPTION in act, episode 1, step 1")
                .hasMessageContaining("missing")
                .hasMessageContaining("line 3");
    }

    @Test
    void oneEpisodeHasNoInterval() {
        assertThatThrownBy(() ->
                        PolicyEstimate.of(
                                Environments.spec("NoiseWorld1"),
                                STANDS_STILL,
                                List.of(1L),
                                engine))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("an interval needs at least 2 episodes; got 1");
    }
}
