package dev.promptpo.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptpo.environment.EnvironmentSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * A policy as a small Python package that needs NumPy alone: {@code load().predict(observation)},
 * with the interface of a stable-baselines3 model, so that it drops in where one was.
 *
 * @param spec of the environment, as the policy was told it
 * @param lifetime how long one policy object lives: {@code episode} or {@code candidate}
 * @param source the policy
 * @param origin where it is from, for a person
 */
public record PolicyPackage(EnvironmentSpec spec, String lifetime, String source, String origin) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The package's name in Python, for example {@code noiseworld1_policy}. */
    public String name() {
        String words = spec.id().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_");
        String plain = words.replaceAll("^_+|_+$", "");
        return (plain.matches("[0-9].*") ? "task_" : "") + plain + "_policy";
    }

    /**
     * Writes it: {@code pyproject.toml}, {@code README.md} and the package. Files of the same names
     * are replaced.
     *
     * @return the folder
     * @throws UncheckedIOException when it cannot be written
     */
    public Path write(Path directory) {
        Map<String, String> files =
                Map.of(
                        "pyproject.toml",
                        """
                        [project]
                        name = "%s"
                        version = "0.1.0"
                        description = "A policy for %s, found by PromptPO"
                        requires-python = ">=3.9"
                        dependencies = ["numpy"]

                        [build-system]
                        requires = ["setuptools"]
                        build-backend = "setuptools.build_meta"

                        [tool.setuptools]
                        packages = ["%s"]

                        [tool.setuptools.package-data]
                        "*" = ["*.json"]
                        """
                                .formatted(name().replace('_', '-'), spec.id(), name()),
                        "README.md",
                        """
                        # %s

                        A policy for %s (preset %s), found by PromptPO: %s.

                        ```python
                        from %s import load

                        model = load()
                        action, _ = model.predict(observation)
                        ```
                        """
                                .formatted(name(), spec.id(), spec.preset(), origin, name()),
                        name() + "/__init__.py",
                        """
                        \"""A policy for %s; see predict.py.\"""

                        from .predict import Model, load

                        __all__ = ["Model", "load"]
                        """
                                .formatted(spec.id()),
                        name() + "/policy.py",
                        source.stripTrailing() + "\n",
                        name() + "/predict.py",
                        resource(),
                        name() + "/specification.json",
                        specification());
        try {
            for (Map.Entry<String, String> file : files.entrySet()) {
                Path path = directory.resolve(file.getKey());
                Files.createDirectories(path.getParent());
                Files.writeString(path, file.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the policy to " + directory, e);
        }
        return directory;
    }

    private String specification() {
        try {
            JsonNode whole = JSON.readTree(spec.toJson());
            ObjectNode kept = JSON.createObjectNode();
            for (String key :
                    new String[] {
                        "id",
                        "preset",
                        "policy_class",
                        "observation",
                        "observation_size",
                        "vector_size",
                        "action"
                    }) {
                kept.set(key, whole.path(key));
            }
            kept.put("lifetime", lifetime);
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(kept) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a specification is always JSON", e);
        }
    }

    private static String resource() {
        try (InputStream in = PolicyPackage.class.getResourceAsStream("predict.py")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
