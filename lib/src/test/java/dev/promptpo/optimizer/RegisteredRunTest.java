package dev.promptpo.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.environment.Environments;
import dev.promptpo.environment.Rooms;
import dev.promptpo.ledger.Ledger;
import dev.promptpo.ledger.LedgerReader;
import dev.promptpo.ledger.RunDocument;
import dev.promptpo.llm.Models;
import dev.promptpo.rollout.Isolation;
import dev.promptpo.rollout.Purpose;
import dev.promptpo.rollout.RolloutEngine;
import dev.promptpo.rollout.RolloutEngines;
import dev.promptpo.rollout.RolloutOptions;
import dev.promptpo.rollout.RolloutRequest;
import dev.promptpo.rollout.RolloutResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegisteredRunTest {
    private static final String POLICY =
            """
            class RoomPolicy:
                def act(self, obs):
                    return [1.0 if obs.room < 20 else 0.0]
            """;
    private static RolloutEngine engine;

    @TempDir private Path folder;

    @BeforeAll
    static void start() {
        engine = RolloutEngines.start(new RolloutOptions(1, Isolation.SANDBOX));
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    @Test
    void aRunSaysWhatItWasRunOnAndGoesOnWithNothingElse() throws IOException {
        EnvironmentSpec spec = Environments.register(Rooms.source("RunRoom"), Rooms.SPECIFICATION);
        Run run = plan(spec.id()).run();
        assertThat(run.finished()).isTrue();
        assertThat(run.best().returns())
                .as("cold for some steps, then within 4 degrees of 20, over 40 steps")
                .allSatisfy(value -> assertThat(value).isBetween(-160.0, -20.0));

        String code = spec.code().orElseThrow();
        LedgerReader ledger = LedgerReader.open(folder);
        assertThat(ledger.run().settings().path("environment_code").asText()).isEqualTo(code);
        assertThat(ledger.events().getFirst().fields().path("environment_payload").asText())
                .isEqualTo(code);
        assertThat(ledger.payloadText(code)).contains("class RunRoom(gymnasium.Env)");

        assertThat(Schemas.strict("event").problemsOfLines(folder.resolve("events.jsonl")))
                .isEmpty();
        assertThat(
                        Schemas.strict("run")
                                .problems(
                                        new ObjectMapper()
                                                .readTree(folder.resolve("run.json").toFile())))
                .isEmpty();

        EnvironmentSpec changed =
                Environments.register(
                        Rooms.source("RunRoom").replace("4 * float", "5 * float"),
                        Rooms.SPECIFICATION);
        assertThat(plan(spec.id()).estimate()).isNotNull();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> plan(spec.id()).start())
                .withMessageContaining("made on other files of RunRoom")
                .withMessageContaining("Environments.register(Path.of(\"")
                .satisfies(e -> {
                    Matcher path = Pattern.compile("Path.of\\(\"(.+)\"").matcher(e.getMessage());
                    assertThat(path.find()).isTrue();
                    Path kept = Path.of(path.group(1));
                    assertThat(Files.exists(kept)).isTrue();
                    assertThat(Environments.register(kept)).isEqualTo(spec);
                });
        try (Run again = plan(spec.id()).start()) {
            assertThat(again.finished()).isTrue();
        }
        assertThat(changed.reference()).isNotEqualTo(spec.reference());
    }

    @Test
    void aRunOnWhatIsNotRegisteredHereIsRefused() {
        EnvironmentSpec spec = Environments.register(Rooms.source("GoneRoom"), Rooms.SPECIFICATION);
        Run run = plan(spec.id()).run();
        // As another process finds it, where nobody has registered the id.
        ObjectNode settings = run.settings().toJson().put("environment", "NeverRoom");
        Path elsewhere = folder.resolve("elsewhere");
        Ledger.openOrBegin(
                        elsewhere,
                        RunDocument.of(
                                "promptpo",
                                settings,
                                Optional.empty(),
                                LedgerReader.open(folder).run().specification()))
                .close();
        assertThatThrownBy(() -> plan("NeverRoom").directory(elsewhere).start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "the run in %s was made on NeverRoom, an environment that is not registered"
                                        .formatted(elsewhere)
                                + " here; to go on with it, register its file or folder as it was:"
                                + " Environments.register(Path.of(...)), or in a shell that path in"
                                + " place of the id");
    }

    @Test
    void aSpecificationWhoseFilesAreNotHereIsRefused() {
        EnvironmentSpec spec = Environments.register(Rooms.source("LostRoom"));
        EnvironmentSpec lost =
                EnvironmentSpec.fromJson(
                        spec.toJson().replace(spec.code().orElseThrow(), "0".repeat(64)));
        assertThatThrownBy(() -> PromptPO.on(lost).directory(folder).start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("LostRoom is an environment of a user's own")
                .hasMessageContaining("not registered here");
    }

    @Test
    void twoVersionsOfOneIdAreRolledOutAsTheyWere() throws InterruptedException {
        EnvironmentSpec first = Environments.register(Rooms.source("TwoRooms"));
        EnvironmentSpec second =
                Environments.register(Rooms.source("TwoRooms").replace("- 20)", "- 20) - 100"));
        double before = firstReturn(first.reference());
        assertThat(firstReturn(second.reference()))
                .as("100 less on each of 1000 steps")
                .isCloseTo(before - 100_000, within(1e-6));
        assertThat(firstReturn("TwoRooms")).isEqualTo(firstReturn(second.reference()));
    }

    @Test
    void anEnvironmentThatFailsLaterSaysWhere() {
        EnvironmentSpec spec =
                Environments.register(
                        Rooms.source("LateRoom")
                                .replace(
                                        "reward = ",
                                        "assert self.room < 34, 'too hot'; reward = "));
        assertThatThrownBy(() -> roll(spec.reference(), "1.0"))
                .hasMessageContaining("the environment LateRoom failed: environment.py, line 21:")
                .hasMessageContaining("AssertionError: too hot");
    }

    private static double firstReturn(String environment) throws InterruptedException {
        return ((RolloutResult.Completed) roll(environment, "0.4")).returns().getFirst();
    }

    private static RolloutResult roll(String environment, String heat) throws InterruptedException {
        return engine.rollout(
                new RolloutRequest(
                        environment,
                        "paper",
                        "class P:\n    def act(self, obs):\n        return [" + heat + "]\n",
                        "",
                        List.of(5L),
                        EnvironmentSpec.Lifetime.EPISODE,
                        Purpose.EVALUATE,
                        1,
                        false));
    }

    private PromptPO plan(String id) {
        return PromptPO.on(id)
                .model(Models.scripted(request -> "```python\n" + POLICY + "```\n"))
                .engine(engine)
                .candidates(1)
                .rounds(1)
                .episodes(2)
                .feedback(false)
                .heldoutEpisodes(5)
                .directory(folder);
    }
}
