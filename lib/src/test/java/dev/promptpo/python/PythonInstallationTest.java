package dev.promptpo.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PythonInstallationTest {

    @TempDir Path folder;

    @Test
    void theCheckoutIsFoundFromAFolderBelowIt() throws IOException {
        Path home = checkout("checkout");
        environment(home.resolve(".promptpo/venv"));
        Path below = Files.createDirectories(home.resolve("notebooks/deep"));

        PythonInstallation found = find(Map.of(), Map.of(), below);

        assertThat(found.home()).contains(home);
        assertThat(found.prefix()).isEqualTo(home.resolve(".promptpo/venv"));
        assertThat(found.interpreter()).isEqualTo(found.prefix().resolve("bin/python"));
        assertThat(found.jepLibrary()).hasFileName("libjep.so");
    }

    @Test
    void thePropertyGoesBeforeTheVariableAndTheVariableBeforeTheFolder() throws IOException {
        Path property = checkout("property");
        Path variable = checkout("variable");
        Path around = checkout("around");
        for (Path home : new Path[] {property, variable, around}) {
            environment(home.resolve(".promptpo/venv"));
        }
        Map<String, String> properties = Map.of("promptpo.home", property.toString());
        Map<String, String> variables = Map.of("PROMPTPO_HOME", variable.toString());

        assertThat(find(properties, variables, around).home()).contains(property);
        assertThat(find(Map.of(), variables, around).home()).contains(variable);
        assertThat(find(Map.of(), Map.of(), around).home()).contains(around);
    }

    @Test
    void condaServesWhereTheCheckoutHasNoEnvironment() throws IOException {
        Path home = checkout("checkout");
        Path conda = environment(folder.resolve("conda"));
        Path named = environment(folder.resolve("named"));
        Map<String, String> variables = Map.of("CONDA_PREFIX", conda.toString());

        assertThat(find(Map.of(), variables, home).prefix()).isEqualTo(conda);
        environment(home.resolve(".promptpo/venv"));
        assertThat(find(Map.of(), variables, home).prefix())
                .isEqualTo(home.resolve(".promptpo/venv"));
        assertThat(
                        find(
                                        Map.of(),
                                        Map.of(
                                                "CONDA_PREFIX", conda.toString(),
                                                "PROMPTPO_VENV", named.toString()),
                                        home)
                                .prefix())
                .isEqualTo(named);
    }

    @Test
    void whatIsMissingIsNamedWithWhatToDo() throws IOException {
        Path home = checkout("checkout");
        assertThatThrownBy(() -> find(Map.of(), Map.of(), home))
                .isInstanceOf(PythonUnavailableException.class)
                .hasMessageContaining(home.resolve(".promptpo/venv").toString())
                .hasMessageContaining("run ./promptpo setup");

        Path venv = environment(home.resolve(".promptpo/venv"));
        Files.delete(venv.resolve("lib/python3.11/site-packages/jep/libjep.so"));
        assertThatThrownBy(() -> find(Map.of(), Map.of(), home))
                .isInstanceOf(PythonUnavailableException.class)
                .hasMessageContaining("no Jep library")
                .hasMessageContaining("run ./promptpo setup");

        assertThatThrownBy(() -> find(Map.of(), Map.of(), folder))
                .isInstanceOf(PythonUnavailableException.class)
                .hasMessageContaining("PROMPTPO_HOME");
        assertThatThrownBy(
                        () -> find(Map.of("promptpo.home", folder + "/nowhere"), Map.of(), folder))
                .isInstanceOf(PythonUnavailableException.class)
                .hasMessageContaining("nowhere");
    }

    private static PythonInstallation find(
            Map<String, String> properties, Map<String, String> variables, Path directory) {
        return PythonInstallation.find(properties::get, variables::get, directory);
    }

    private Path checkout(String name) throws IOException {
        Path home = Files.createDirectories(folder.resolve(name));
        Files.writeString(home.resolve("promptpo"), "");
        Files.writeString(home.resolve("pom.xml"), "");
        return home;
    }

    private static Path environment(Path prefix) throws IOException {
        Path jep = prefix.resolve("lib/python3.11/site-packages/jep");
        Files.createDirectories(jep);
        Files.writeString(jep.resolve("libjep.so"), "");
        Files.createDirectories(prefix.resolve("bin"));
        Path interpreter = prefix.resolve("bin/python");
        Files.writeString(interpreter, "");
        assertThat(interpreter.toFile().setExecutable(true)).isTrue();
        return prefix;
    }
}
