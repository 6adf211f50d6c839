package dev.promptpo.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptpo.environment.EnvironmentSpec.Lifetime;
import dev.promptpo.environment.EnvironmentSpec.ObservationField;
import dev.promptpo.python.PythonThread;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentsTest {

    @Test
    void theListHoldsTheNoiseWorldsAndCartPole() {
        assertThat(Environments.list())
                .extracting(EnvironmentEntry::id)
                .contains("NoiseWorld0", "NoiseWorld6", "CartPole-v1");
    }

    /** Exact values by dynamic programming, from the project's table of boards. */
    @ParameterizedTest
    @CsvSource({"paper, -120.71, EPISODE", "release, -1858.31, CANDIDATE"})
    void noiseWorldOneIsRead(String preset, double random, Lifetime lifetime) {
        EnvironmentSpec spec = Environments.spec("noise_world-1", preset);
        assertThat(spec.id()).isEqualTo("NoiseWorld1");
        assertThat(spec.gymnasiumId()).isEqualTo("promptpo/NoiseWorld1-v0");
        assertThat(spec.preset()).isEqualTo(preset);
        assertThat(spec.lifetime()).isEqualTo(lifetime);
        assertThat(spec.policyClass()).isEqualTo("NoiseWorld1Policy");
        assertThat(spec.horizon()).isEqualTo(100);
        assertThat(spec.action().discrete()).isTrue();
        assertThat(spec.action().names()).hasSize(4);
        assertThat(spec.actionSize()).isEqualTo(1);
        assertThat(spec.observation())
                .filteredOn(field -> !field.shape().isEmpty())
                .singleElement()
                .extracting(ObservationField::shape)
                .isEqualTo(List.of(10, 10));
        assertThat(spec.observationSize())
                .isEqualTo(spec.observation().getLast().stop())
                .isEqualTo(spec.vectorSize());
        assertThat(spec.references().random())
                .hasValueSatisfying(r -> assertThat(r.value()).isCloseTo(random, within(0.01)));
        assertThat(spec.references().best())
                .hasValueSatisfying(r -> assertThat(r.kind()).isEqualTo(ReferenceKind.EXACT));
        assertThat(spec.board()).hasValueSatisfying(b -> assertThat(b.get("codes")).hasSize(10));
    }

    @Test
    void cartPoleIsRead() {
        EnvironmentSpec spec = Environments.spec("cartpole");
        assertThat(spec.id()).isEqualTo("CartPole-v1");
        assertThat(spec.horizon()).isEqualTo(500);
        assertThat(spec.observation()).hasSize(4).allMatch(field -> field.shape().isEmpty());
        assertThat(spec.observation().get(1).low())
                .as("the cart's velocity has no bound")
                .isEqualTo(OptionalDouble.empty());
        assertThat(spec.observation().get(0).high()).hasValueCloseTo(4.8, within(1e-6));
        assertThat(spec.board()).isEmpty();
        assertThat(spec.references().best())
                .as("1 a step for 500 steps")
                .hasValueSatisfying(r -> assertThat(r.value()).isEqualTo(500.0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"NoiseWorld1", "NoiseWorld5", "CartPole-v1", "Pendulum-v1"})
    void aSpecificationSurvivesTheWayThroughJson(String id) throws Exception {
        EnvironmentSpec spec = Environments.spec(id);
        assertThat(EnvironmentSpec.fromJson(spec.toJson())).isEqualTo(spec);

        ObjectMapper json = new ObjectMapper();
        String document =
                PythonThread.rollout()
                        .run(python ->
                                python.call(
                                        String.class,
                                        "promptpo_envs.notebook",
                                        "specification",
                                        id,
                                        "paper"));
        ObjectNode original = (ObjectNode) json.readTree(document);
        ObjectNode written = (ObjectNode) json.readTree(spec.toJson());
        for (String key : List.of("observation", "action", "context", "budget", "digest")) {
            assertThat(written.get(key)).as(key).isEqualTo(original.get(key));
        }
    }

    @Test
    void anUnknownIdNamesTheNearest() {
        assertThatThrownBy(() -> Environments.spec("NoizeWorld1"))
                .isInstanceOf(UnknownEnvironmentException.class)
                .hasMessageContaining("NoizeWorld1")
                .hasMessageContaining("NoiseWorld1");
        assertThatThrownBy(() -> Environments.open("CartPol"))
                .isInstanceOf(UnknownEnvironmentException.class)
                .hasMessageContaining("CartPole-v1");
    }

    @Test
    void anUnknownPresetNamesTheTwo() {
        assertThatThrownBy(() -> Environments.spec("NoiseWorld1", "papier"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("paper")
                .hasMessageContaining("release");
    }

    @Test
    void aDocumentOfAnotherSchemaIsRefused() throws Exception {
        ObjectNode document =
                (ObjectNode) new ObjectMapper().readTree(Environments.spec("CartPole").toJson());
        assertThatThrownBy(() -> EnvironmentSpec.fromJson(document.put("schema", 2).toString()))
                .hasMessageContaining("schema 1, got 2");
        assertThatThrownBy(() -> EnvironmentSpec.fromJson("{\"schema\": 1}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not a specification document");
    }

    @Test
    void aGeneratedBoardIsTheSameForTheSameSeedAndKnowsItsOptimum() {
        EnvironmentSpec board = NoiseWorld.generate(7, 8, true);
        assertThat(board.id()).isEqualTo("NoiseWorld-n8-seed7-keys");
        assertThat(NoiseWorld.generate(7, 8, true)).isEqualTo(board);
        assertThat(NoiseWorld.generate(8, 8, true).board()).isNotEqualTo(board.board());
        double best = board.references().best().orElseThrow().value();
        assertThat(best).isGreaterThan(board.references().random().orElseThrow().value());
        assertThatThrownBy(() -> NoiseWorld.generate(7, 2, false)).hasMessageContaining("3 to 64");
        assertThatThrownBy(() -> NoiseWorld.generate(-1, 8, false)).hasMessageContaining("-1");
    }

    /** Against NumPy's own SeedSequence, asked directly. */
    @Test
    void seedsFollowTheRunTheStageTheRoundAndTheEpisode() {
        List<Long> seeds = Seeds.episodes(3, "heldout", 2, 4);
        long third =
                PythonThread.notebook()
                        .run(python -> {
                            python.execute("import numpy");
                            return python.evaluate(
                                    Long.class,
                                    "int(numpy.random.SeedSequence(3, spawn_key=(3, 2,"
                                            + " 2)).generate_state(1)[0])");
                        });
        assertThat(seeds).hasSize(4).doesNotHaveDuplicates().contains(third);
        assertThat(seeds.get(2)).isEqualTo(third);
        assertThat(Seeds.episodes(3, "heldout", 2, 2)).isEqualTo(seeds.subList(0, 2));
        assertThat(seeds).allMatch(seed -> seed >= 0 && seed < 1L << 32);
        assertThatThrownBy(() -> Seeds.episodes(3, "holdout", 0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("heldout");
    }
}
