package dev.promptpo.python;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The Python that runs in this JVM, and the checkout it belongs to.
 *
 * @param home the checkout; empty when none was found (an installed library)
 * @param prefix the virtual or conda environment
 * @param interpreter its {@code python}
 * @param jepLibrary the native library of Jep
 */
public record PythonInstallation(
        Optional<Path> home, Path prefix, Path interpreter, Path jepLibrary) {

    private static final List<String> LIBRARY_NAMES =
            List.of("libjep.so", "libjep.jnilib", "libjep.dylib");

    /**
     * Finds the installation.
     *
     * <p>The checkout: system property {@code promptpo.home}, else environment variable {@code
     * PROMPTPO_HOME}, else the nearest folder from the working directory upward that holds {@code
     * promptpo} and {@code pom.xml}. The environment: {@code PROMPTPO_VENV}, else {@code
     * <home>/.promptpo/venv}, else {@code CONDA_PREFIX}.
     *
     * @throws PythonUnavailableException when there is none, or it has no Jep
     */
    public static PythonInstallation find() {
        return find(System::getProperty, System::getenv, Path.of("").toAbsolutePath());
    }

    /** The checkout, as {@link #find()} looks for it; empty when there is none. */
    public static Optional<Path> checkout() {
        return checkout(System::getProperty, System::getenv, Path.of("").toAbsolutePath());
    }

    static PythonInstallation find(
            UnaryOperator<String> properties, UnaryOperator<String> environment, Path directory) {
        Optional<Path> home = checkout(properties, environment, directory);
        Path prefix = prefix(home, environment);
        Path interpreter = prefix.resolve("bin/python");
        if (!Files.isExecutable(interpreter)) {
            throw new PythonUnavailableException(
                    "expected a Python environment at "
                            + prefix
                            + ", but "
                            + interpreter
                            + " is not there: run ./promptpo setup");
        }
        return new PythonInstallation(home, prefix, interpreter, jepLibrary(prefix));
    }

    private static Optional<Path> checkout(
            UnaryOperator<String> properties, UnaryOperator<String> environment, Path directory) {
        Optional<String> named =
                given(properties.apply("promptpo.home"))
                        .or(() -> given(environment.apply("PROMPTPO_HOME")));
        if (named.isPresent()) {
            Path home = Path.of(named.get()).toAbsolutePath().normalize();
            if (!Files.isDirectory(home)) {
                throw new PythonUnavailableException(
                        "promptpo.home (or PROMPTPO_HOME) names "
                                + home
                                + ", which is not a folder: name the checkout");
            }
            return Optional.of(home);
        }
        for (Path at = directory; at != null; at = at.getParent()) {
            if (Files.isRegularFile(at.resolve("promptpo"))
                    && Files.isRegularFile(at.resolve("pom.xml"))) {
                return Optional.of(at);
            }
        }
        return Optional.empty();
    }

    private static Path prefix(Optional<Path> home, UnaryOperator<String> environment) {
        Optional<Path> named = given(environment.apply("PROMPTPO_VENV")).map(Path::of);
        if (named.isPresent()) {
            return named.get().toAbsolutePath();
        }
        Optional<Path> own = home.map(path -> path.resolve(".promptpo/venv"));
        if (own.isPresent() && Files.isDirectory(own.get())) {
            return own.get();
        }
        return given(environment.apply("CONDA_PREFIX"))
                .map(Path::of)
                .or(() -> own)
                .orElseThrow(() ->
                        new PythonUnavailableException(
                                "found no Python environment: start inside the checkout"
                                        + " after ./promptpo setup, or set PROMPTPO_HOME"
                                        + " (the checkout) or PROMPTPO_VENV"));
    }

    private static Path jepLibrary(Path prefix) {
        Path lib = prefix.resolve("lib");
        if (Files.isDirectory(lib)) {
            try (DirectoryStream<Path> versions = Files.newDirectoryStream(lib, "python3.*")) {
                for (Path version : versions) {
                    Path jep = version.resolve("site-packages/jep");
                    for (String name : LIBRARY_NAMES) {
                        if (Files.isRegularFile(jep.resolve(name))) {
                            return jep.resolve(name);
                        }
                    }
                }
            } catch (IOException e) {
                throw new PythonUnavailableException("cannot read " + lib + ": " + e, e);
            }
        }
        throw new PythonUnavailableException(
                "the Python environment "
                        + prefix
                        + " has no Jep library (lib/python3.*/site-packages/jep/libjep.so):"
                        + " run ./promptpo setup");
    }

    private static Optional<String> given(String value) {
        return Optional.ofNullable(value).filter(text -> !text.isBlank());
    }
}
