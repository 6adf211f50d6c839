package dev.promptpo.llm;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** Where the project lies on this machine. */
final class Checkout {
    private Checkout() {}

    /** The folder of its recordings. */
    static Path recordings() {
        return find(System::getProperty, System::getenv, Path.of("").toAbsolutePath())
                .resolve("notebooks")
                .resolve("recordings");
    }

    /** System property, else environment, else upward from the working directory. */
    static Path find(
            UnaryOperator<String> property, UnaryOperator<String> environment, Path start) {
        String named = property.apply("promptpo.home");
        if (named == null || named.isBlank()) {
            named = environment.apply("PROMPTPO_HOME");
        }
        if (named != null && !named.isBlank()) {
            return Path.of(named);
        }
        for (Path folder = start; folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve("promptpo"))
                    && Files.exists(folder.resolve("pom.xml"))) {
                return folder;
            }
        }
        throw new ModelUnavailableException(
                "no checkout of promptpo at or above "
                        + start
                        + ", so its recordings cannot be found: set PROMPTPO_HOME, or name a"
                        + " recording with Models.replay(Path) (replay:PATH)");
    }
}
