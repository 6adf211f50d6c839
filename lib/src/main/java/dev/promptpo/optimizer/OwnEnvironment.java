package dev.promptpo.optimizer;

import dev.promptpo.ledger.LedgerReader;
import dev.promptpo.ledger.RunDocument;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The environment that a run was made on, where a user had registered it: what is kept of it, and
 * what to say where something else is registered now, or nothing.
 *
 * @param directory the run's folder
 * @param id of the environment
 * @param code digest of its files, which is the name of the payload that holds them
 */
record OwnEnvironment(Path directory, String id, String code) {
    private static final String IN_A_SHELL = ", or in a shell that path in place of the id";

    /** Of the run in a folder; empty where there is no run, or one on an environment of ours. */
    static Optional<OwnEnvironment> ofRun(Path directory) {
        return Files.exists(directory.resolve("run.json"))
                ? of(directory, LedgerReader.open(directory).run())
                : Optional.empty();
    }

    static Optional<OwnEnvironment> of(Path directory, RunDocument run) {
        RunSettings settings = RunSettings.fromJson(run.settings());
        return settings.environmentCode()
                .map(code -> new OwnEnvironment(directory, settings.environment(), code));
    }

    IllegalStateException notRegistered(RuntimeException cause) {
        return new IllegalStateException(
                "the run in "
                        + directory
                        + " was made on "
                        + id
                        + ", an environment that is not registered here; to go on with it, "
                        + again(),
                cause);
    }

    /** Where the same id stands for other files, or for an environment of ours. */
    IllegalArgumentException changed() {
        return new IllegalArgumentException(
                "the run in "
                        + directory
                        + " was made on other files of "
                        + id
                        + " than those registered now; use another folder for a new run; to go on"
                        + " with this one, "
                        + again());
    }

    private String again() {
        Path payload = directory.resolve("payloads").resolve(code);
        return Files.exists(payload)
                ? "register the files that it kept: Environments.register(Path.of(\""
                        + payload
                        + "\"))"
                        + IN_A_SHELL
                : "register its file or folder as it was: Environments.register(Path.of(...))"
                        + IN_A_SHELL;
    }
}
