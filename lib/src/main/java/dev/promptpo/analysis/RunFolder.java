package dev.promptpo.analysis;

import dev.promptpo.ledger.EventSelection;
import dev.promptpo.ledger.LedgerException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;

/** Reading all runs of a folder. */
final class RunFolder {
    private RunFolder() {}

    /**
     * What becomes of each run, by name. Runs are read at once, one a processor, and only what is
     * made of them is kept. Folders that are no runs are left out.
     *
     * @param wanted of their events
     * @param making called on several threads, with one run each
     * @param unreadable is told of each run that cannot be read, in the order of the names
     * @throws UncheckedIOException when the folder cannot be listed
     */
    static <T> List<T> read(
            Path folder,
            EventSelection wanted,
            Function<RunLog, T> making,
            BiConsumer<Path, LedgerException> unreadable) {
        List<Read<T>> read =
                runs(folder).parallelStream().map(run -> Read.of(run, wanted, making)).toList();
        read.forEach(r -> r.failure().ifPresent(reason -> unreadable.accept(r.run(), reason)));
        return read.stream().flatMap(r -> r.made().stream()).toList();
    }

    private static List<Path> runs(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(entry -> Files.exists(entry.resolve("run.json")))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + folder, e);
        }
    }

    /** What came of reading one run, or why nothing did. */
    private record Read<T>(Path run, Optional<T> made, Optional<LedgerException> failure) {
        static <T> Read<T> of(Path run, EventSelection wanted, Function<RunLog, T> making) {
            try {
                T made = making.apply(RunLog.read(run, wanted));
                return new Read<>(run, Optional.of(made), Optional.empty());
            } catch (LedgerException e) {
                return new Read<>(run, Optional.empty(), Optional.of(e));
            } catch (IllegalArgumentException e) {
                // Its specification is of another version than this library.
                LedgerException named = new LedgerException(run + ": " + e.getMessage(), e);
                return new Read<>(run, Optional.empty(), Optional.of(named));
            }
        }
    }
}
