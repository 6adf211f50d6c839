package dev.promptpo.optimizer;

import dev.promptpo.python.PythonInstallation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Finished runs that come with the project, in {@code notebooks/runs}: what simulators give differs
 * from one type of processor to another, so notebooks show what was measured once. A kept run is a
 * run's folder with its {@code recording.json} in it, which says who answered.
 */
public final class KeptRuns {
    private static final String RECORDING = "recording.json";

    private KeptRuns() {}

    /**
     * Opens a kept run to look at it, without a model: nothing is written, asked or rolled out.
     *
     * @throws IllegalArgumentException when there is none of this name; the message says which
     *     there are
     * @throws dev.promptpo.ledger.LedgerException when its folder is not what was written
     * @throws IllegalStateException outside of a checkout of the project
     */
    public static Run open(String name) {
        return open(folder(), name);
    }

    /** The names of the kept runs, sorted. */
    public static List<String> names() {
        return names(folder());
    }

    /**
     * {@code notebooks/runs} of the checkout.
     *
     * @throws IllegalStateException outside of a checkout
     */
    public static Path folder() {
        return PythonInstallation.checkout()
                .map(home -> home.resolve("notebooks").resolve("runs"))
                .orElseThrow(() ->
                        new IllegalStateException(
                                "no checkout of promptpo at or above "
                                        + Path.of("").toAbsolutePath()
                                        + ", so its kept runs cannot be found: set PROMPTPO_HOME,"
                                        + " or open a run's folder with Run.look(Path)"));
    }

    static Run open(Path folder, String name) {
        List<String> names = names(folder);
        if (!names.contains(name)) {
            throw new IllegalArgumentException(
                    "no kept run "
                            + name
                            + " in "
                            + folder
                            + "; there "
                            + (names.isEmpty() ? "is none" : "are " + String.join(", ", names)));
        }
        return Run.look(folder.resolve(name));
    }

    static List<String> names(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> runs = Files.list(folder)) {
            return runs.filter(run -> Files.isRegularFile(run.resolve(RECORDING)))
                    .map(run -> run.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("the folder of kept runs cannot be read: " + folder, e);
        }
    }
}
