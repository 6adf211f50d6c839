package dev.promptpo.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistrationTest {

    @Test
    void aSourceIsRegisteredAndStepped() {
        EnvironmentSpec spec = Environments.register(Rooms.source("HeatedRoomEnv"));
        assertThat(spec.id()).isEqualTo("HeatedRoom");
        assertThat(spec.title()).isEqualTo("A room that is heated to 20 degrees.");
        assertThat(spec.policyClass()).isEqualTo("HeatedRoomPolicy");
        assertThat(spec.observationSize()).isEqualTo(2);
        assertThat(spec.horizon()).as("that of a drafted specification").isEqualTo(1000);
        assertThat(Environments.spec("heated-room")).isEqualTo(spec);
        try (Environment room = Environments.open("HeatedRoom")) {
            double[] first = room.reset(3);
            Step step = room.step(new double[] {7});
            double expected = first[0] + 0.1 * (first[1] - first[0]) + 4;
            assertThat(step.observation()[0])
                    .as("the action is clipped to 1")
                    .isCloseTo(expected, within(1e-9));
            assertThat(step.reward()).isCloseTo(-Math.abs(expected - 20), within(1e-9));
        }
    }

    @Test
    void aSpecificationSaysWhatTheSpacesDoNot() {
        EnvironmentSpec spec =
                Environments.register(Rooms.source("NamedRoom"), Rooms.SPECIFICATION);
        assertThat(spec.observation())
                .extracting(EnvironmentSpec.ObservationField::name)
                .containsExactly("room", "outside");
        assertThat(spec.action().names()).containsExactly("heat");
        assertThat(spec.action().high()).as("from the space").containsExactly(1.0);
        assertThat(spec.horizon()).isEqualTo(40);
    }

    @Test
    void theSameFilesAreTheSameAndOtherFilesReplaceThem() {
        EnvironmentSpec first = Environments.register(Rooms.source("ChangedRoom"));
        assertThat(Environments.register(Rooms.source("ChangedRoom"))).isEqualTo(first);
        EnvironmentSpec second =
                Environments.register(Rooms.source("ChangedRoom").replace("- 20)", "- 21)"));
        assertThat(second.id()).isEqualTo(first.id());
        assertThat(second.digest()).isNotEqualTo(first.digest());
        assertThat(Environments.spec("ChangedRoom")).isEqualTo(second);
        assertThat(Environments.spec(first.reference())).isEqualTo(first);
        assertThat(Environments.files(first.reference()))
                .hasValueSatisfying(
                        files -> assertThat(files.digest()).isEqualTo(first.code().get()));
    }

    @Test
    void aFolderBringsItsModulesAndData(@TempDir Path folder) throws IOException {
        Files.writeString(
                folder.resolve("environment.py"),
                "import pathlib\nfrom .physics import GAIN\n"
                        + "TARGET = float(pathlib.Path(__file__).with_name('target.txt').read_text())\n"
                        + Rooms.source("FolderRoom")
                                .replace("4 * float", "GAIN * float")
                                .replace("- 20)", "- TARGET)"));
        Files.writeString(folder.resolve("physics.py"), "GAIN = 3\n");
        Files.writeString(folder.resolve("target.txt"), "18");
        Files.writeString(folder.resolve("specification.toml"), "id = 'Folder-v2'\n");
        EnvironmentSpec spec = Environments.register(folder);
        assertThat(spec.id()).isEqualTo("Folder-v2");
        try (Environment room = Environments.open("folder")) {
            double[] first = room.reset(1);
            double expected = first[0] + 0.1 * (first[1] - first[0]) + 3;
            assertThat(room.step(new double[] {1}).reward())
                    .isCloseTo(-Math.abs(expected - 18), within(1e-9));
        }
        Path kept = folder.resolveSibling("kept");
        Files.writeString(kept, Environments.files("Folder-v2").orElseThrow().text());
        assertThat(Environments.register(kept)).as("from what a run kept").isEqualTo(spec);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "class | clas | line 6: SyntaxError: invalid syntax: clas",
                "(gymnasium.Env) | | defines no environment",
                "WrongRoom | CartPole | the id CartPole is taken by CartPole-v1",
                "False, {} | {} | gave 4 values; expected (observation, reward, terminated",
                "4 * float(action[0]) | 4 * np.random.rand() | not equivalent for the same seed",
                "4 * float(action[0]) | 1 / 0 | line 20: ZeroDivisionError: division by zero",
                "4 * float(action[0]) | 44 | outside its observation_space",
                "spaces.Box(0, 1, (1,), np.float64) | spaces.MultiBinary(2) | expected Box, or Discrete",
                "import numpy | import nowhere, numpy | No module named 'nowhere'"
            })
    void whatIsWrongIsOneLine(String part, String wrong, String said) {
        String source = Rooms.source("WrongRoom").replace(part, wrong == null ? "" : wrong);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Environments.register(source))
                .withMessageContaining(said)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }
}
