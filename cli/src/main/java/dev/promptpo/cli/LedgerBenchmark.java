package dev.promptpo.cli;

import dev.promptpo.analysis.Tables;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tech.tablesaw.api.Table;

/**
 * How long tables of many runs take to open. The first time is what a user waits for: a fresh JVM,
 * nothing compiled yet; the files have just been written, so they are in memory.
 */
@Command(
        name = "ledger",
        description = "Open the tables of many synthetic runs and say how long each took.",
        mixinStandardHelpOptions = true)
final class LedgerBenchmark implements Callable<Integer> {
    @Spec private CommandSpec command;

    @Option(names = "--runs", defaultValue = "100", description = "Default: ${DEFAULT-VALUE}.")
    private int runs;

    @Option(names = "--candidates", defaultValue = "20", description = "Default: ${DEFAULT-VALUE}.")
    private int candidates;

    @Option(names = "--rounds", defaultValue = "20", description = "Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(names = "--episodes", defaultValue = "5", description = "Default: ${DEFAULT-VALUE}.")
    private int episodes;

    @Option(names = "--repeat", defaultValue = "3", description = "Default: ${DEFAULT-VALUE}.")
    private int repeat;

    @Option(
            names = "--folder",
            paramLabel = "FOLDER",
            description =
                    "Where the runs are written and stay; runs that are there are opened as they"
                            + " are. Default: a temporary folder, removed at the end.")
    private Optional<Path> folder = Optional.empty();

    @Override
    public Integer call() throws IOException {
        PrintWriter out = command.commandLine().getOut();
        Path place = folder.isPresent() ? folder.get() : TemporaryFolder.make();
        try {
            write(place, out);
            measure("runs", () -> Tables.runs(place), out);
            measure("candidates of all runs", () -> Tables.candidatesOfRuns(place), out);
            measure("episodes of all runs", () -> Tables.episodesOfRuns(place), out);
        } finally {
            if (folder.isEmpty()) {
                TemporaryFolder.remove(place);
            }
        }
        return ExitCodes.OK;
    }

    private void write(Path place, PrintWriter out) throws IOException {
        long begun = System.nanoTime();
        int written = 0;
        for (int i = 0; i < runs; i++) {
            Path run = place.resolve("Synthetic-%04d".formatted(i));
            if (!Files.exists(run.resolve("run.json"))) {
                new SyntheticRun(candidates, rounds, episodes, i).write(run);
                written++;
            }
        }
        long bytes = 0;
        try (Stream<Path> files = Files.walk(place)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(file);
            }
        }
        out.printf(
                Locale.ROOT,
                "%d runs of %d rounds x %d candidates x %d episodes, %.0f MB (%d written in %.1f s)"
                        + "%n",
                runs,
                rounds,
                candidates,
                episodes,
                bytes / 1e6,
                written,
                seconds(begun));
    }

    private void measure(String name, Supplier<Table> opening, PrintWriter out) {
        List<String> times = new ArrayList<>();
        List<String> processor = new ArrayList<>();
        int rows = 0;
        for (int i = 0; i < repeat; i++) {
            long begun = System.nanoTime();
            double used = processorSeconds();
            rows = opening.get().rowCount();
            times.add(String.format(Locale.ROOT, "%.2f", seconds(begun)));
            processor.add(String.format(Locale.ROOT, "%.2f", processorSeconds() - used));
        }
        out.printf(
                Locale.ROOT,
                "%-24s %,9d rows  %s s (processor time %s s)%n",
                name,
                rows,
                String.join(", then ", times),
                String.join(", ", processor));
        out.flush();
    }

    /** Of all threads of this process: says more than the clock on a machine that others use. */
    private static double processorSeconds() {
        return ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .map(duration -> duration.toMillis() / 1e3)
                .orElse(Double.NaN);
    }

    private static double seconds(long begun) {
        return (System.nanoTime() - begun) / 1e9;
    }
}
