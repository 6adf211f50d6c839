package dev.promptpo.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * How long tables of many runs take to open. Each is opened in processes of its own, nothing loaded
 * or compiled yet, which is what a user waits for; the files have just been written or read, so
 * they are in memory.
 */
@Command(
        name = "ledger",
        description = "Open the tables of many synthetic runs and say how long each took.",
        mixinStandardHelpOptions = true)
final class LedgerBenchmark implements Callable<Integer> {
    /** The command line's Java compiles quickly, the kernel's well. */
    private static final String QUICK = "-XX:TieredStopAtLevel=1";

    @Spec private CommandSpec command;

    @Option(names = "--runs", defaultValue = "100", description = "Default: ${DEFAULT-VALUE}.")
    private int runs;

    @Option(names = "--candidates", defaultValue = "20", description = "Default: ${DEFAULT-VALUE}.")
    private int candidates;

    @Option(names = "--rounds", defaultValue = "20", description = "Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(names = "--episodes", defaultValue = "5", description = "Default: ${DEFAULT-VALUE}.")
    private int episodes;

    @Option(
            names = "--repeat",
            defaultValue = "5",
            description = "Processes for each table. Default: ${DEFAULT-VALUE}.")
    private int repeat;

    @Option(
            names = "--of",
            paramLabel = "TABLE",
            description = "${COMPLETION-CANDIDATES}; repeatable. Default: all.")
    private List<LedgerOpening.What> of = List.of(LedgerOpening.What.values());

    @Option(
            names = "--folder",
            paramLabel = "FOLDER",
            description =
                    "Where the runs are written and stay; runs that are there are opened as they"
                            + " are. Default: a temporary folder, removed at the end.")
    private Optional<Path> folder = Optional.empty();

    @Override
    public Integer call() throws Exception {
        PrintWriter out = command.commandLine().getOut();
        Path place = folder.isPresent() ? folder.get() : Files.createTempDirectory("promptpo-");
        try {
            write(place, out);
            measure(place, out);
        } finally {
            if (folder.isEmpty()) {
                remove(place);
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
                (System.nanoTime() - begun) / 1e9);
        out.flush();
    }

    private void measure(Path place, PrintWriter out) throws Exception {
        out.printf(
                Locale.ROOT,
                "%d processors, load %.1f; medians of %d fresh processes, from lowest to highest%n",
                Runtime.getRuntime().availableProcessors(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                repeat);
        List<String[]> rows = new ArrayList<>();
        rows.add(
                new String[] {
                    "opened", "Java of", "rows", "clock, s", "processor, s", "process, s"
                });
        for (boolean quick : new boolean[] {true, false}) {
            for (LedgerOpening.What what : of) {
                if (quick || what != LedgerOpening.What.list) {
                    rows.add(row(what, quick, place));
                }
            }
        }
        TextTable.print(rows, Set.of(2), out);
        out.printf(
                Locale.ROOT,
                "Load at the end %.1f%n",
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        out.flush();
    }

    private String[] row(LedgerOpening.What what, boolean quick, Path place) throws Exception {
        List<LedgerOpening.Took> took = new ArrayList<>();
        for (int i = 0; i < repeat; i++) {
            took.add(LedgerOpening.inAFreshProcess(what, place, javaArguments(quick)));
        }
        return new String[] {
            what.label(),
            quick ? "the command line" : "the kernel",
            Digits.grouped(took.getFirst().rows()),
            range(took.stream().map(LedgerOpening.Took::clock).toList()),
            range(took.stream().map(LedgerOpening.Took::processor).toList()),
            range(took.stream().map(LedgerOpening.Took::process).toList())
        };
    }

    /** Those of this process, with the kernel's choice of compilers where that is asked for. */
    private static List<String> javaArguments(boolean quick) {
        List<String> arguments =
                new ArrayList<>(ManagementFactory.getRuntimeMXBean().getInputArguments());
        arguments.remove(QUICK);
        if (quick) {
            arguments.add(QUICK);
        }
        return arguments;
    }

    private static String range(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int n = sorted.size();
        double median = (sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2;
        return String.format(
                Locale.ROOT, "%.2f (%.2f to %.2f)", median, sorted.getFirst(), sorted.getLast());
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
