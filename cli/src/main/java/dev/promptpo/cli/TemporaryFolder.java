package dev.promptpo.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Where a benchmark's runs go, and are removed from. */
final class TemporaryFolder {
    private TemporaryFolder() {}

    static Path make() throws IOException {
        return Files.createTempDirectory("promptpo-benchmark");
    }

    static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
