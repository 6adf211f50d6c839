package dev.promptpo.llm;

import dev.promptpo.llm.Recording.Header;
import dev.promptpo.python.PythonInstallation;
import dev.promptpo.python.PythonUnavailableException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The recordings that come with the project: the one that fits is found when a run is opened.
 *
 * @param folder where they are; asked for when a run is opened, since a session may look for its
 *     checkout only then
 */
record RecordingFolder(Supplier<Path> folder) implements ModelSource {

    /** {@code notebooks/recordings} of the checkout. */
    static Path ofCheckout() {
        try {
            return PythonInstallation.checkout()
                    .map(home -> home.resolve("notebooks").resolve("recordings"))
                    .orElseThrow(() ->
                            new ModelUnavailableException(
                                    "no checkout of promptpo at or above "
                                            + Path.of("").toAbsolutePath()
                                            + ", so its recordings cannot be found: set"
                                            + " PROMPTPO_HOME, or name a recording with"
                                            + " Models.replay(Path) (replay:PATH)"));
        } catch (PythonUnavailableException e) {
            throw new ModelUnavailableException(e.getMessage(), e);
        }
    }

    private record Found(Path file, Recording recording) {}

    @Override
    public String name() {
        return "replay";
    }

    @Override
    public LanguageModel open(RunContext run) {
        Path where = folder.get();
        List<Found> all = read(where);
        return all.stream()
                .filter(found -> misfit(found.recording().run(), run).isEmpty())
                .min(closest(run))
                .map(found -> new ReplayModel(found.file(), found.recording()))
                .orElseThrow(() -> new ModelUnavailableException(noneFits(run, where, all)));
    }

    /** Why a recording cannot answer a run, as the rest of a sentence; empty where it can. */
    static Optional<String> misfit(Header recorded, RunContext run) {
        if (!plain(recorded.environment()).equals(plain(run.environment()))) {
            return Optional.of(
                    "is for another environment than "
                            + run.environment()
                            + ": name a recording of that, or a live model");
        }
        if (!recorded.preset().equals(run.preset())) {
            return Optional.of(
                    "is for another preset than "
                            + run.preset()
                            + ": choose preset "
                            + recorded.preset()
                            + ", or a live model");
        }
        if (!recorded.lifetime().equals(run.lifetime())) {
            return Optional.of(
                    "is for another lifetime of a policy than "
                            + run.lifetime()
                            + ": choose lifetime "
                            + recorded.lifetime()
                            + ", or a live model");
        }
        if (recorded.candidates() < run.candidates() || recorded.rounds() < run.rounds()) {
            return Optional.of(
                    "holds fewer replies than N = "
                            + run.candidates()
                            + ", R = "
                            + run.rounds()
                            + " need: ask for at most N = "
                            + recorded.candidates()
                            + ", R = "
                            + recorded.rounds()
                            + ", or a live model");
        }
        return Optional.empty();
    }

    /** The same episodes first, since then the prompts are the same; then the smallest. */
    private static Comparator<Found> closest(RunContext run) {
        return Comparator.<Found>comparingInt(
                        found -> found.recording().run().episodes() == run.episodes() ? 0 : 1)
                .thenComparingInt(found -> found.recording().run().seed() == run.seed() ? 0 : 1)
                .thenComparingInt(
                        found -> found.recording().run().candidates() == run.candidates() ? 0 : 1)
                .thenComparingInt(found -> found.recording().run().candidates())
                .thenComparingInt(found -> found.recording().run().rounds())
                .thenComparing(found -> found.file().toString());
    }

    private static String noneFits(RunContext run, Path where, List<Found> all) {
        String asked =
                run.environment()
                        + ", preset "
                        + run.preset()
                        + ", lifetime "
                        + run.lifetime()
                        + ", N = "
                        + run.candidates()
                        + ", R = "
                        + run.rounds();
        List<String> near =
                all.stream()
                        .filter(found ->
                                plain(found.recording().run().environment())
                                        .equals(plain(run.environment())))
                        .map(found -> found.recording().run().summary())
                        .sorted()
                        .toList();
        if (!near.isEmpty()) {
            return "no recording in "
                    + where
                    + " answers "
                    + asked
                    + "; of this environment it has: "
                    + String.join("; ", near)
                    + ". Choose these settings, or a live model";
        }
        List<String> others =
                all.stream()
                        .map(found -> found.recording().run().environment())
                        .distinct()
                        .sorted()
                        .toList();
        return "no recording in "
                + where
                + " answers "
                + asked
                + "; it has "
                + (others.isEmpty() ? "none at all" : "recordings of " + String.join(", ", others))
                + ". Choose one of these, or a live model";
    }

    private static List<Found> read(Path where) {
        List<Found> all = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(where, "*.json")) {
            for (Path file : files) {
                all.add(new Found(file, Recording.read(file)));
            }
        } catch (IOException e) {
            throw new ModelUnavailableException(
                    "the recordings' folder "
                            + where
                            + " cannot be read; name a recording with Models.replay(Path)"
                            + " (replay:PATH), or a live model",
                    e);
        } catch (RecordingException e) {
            throw new ModelUnavailableException(e.getMessage(), e);
        }
        return all;
    }

    private static String plain(String id) {
        return id.toLowerCase(Locale.ROOT).replaceAll("[-_]", "");
    }
}
