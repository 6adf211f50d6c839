package dev.promptpo.cli;

import dev.promptpo.analysis.RunSummary;
import dev.promptpo.analysis.Tables;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Opens one table once, and says how long it took: a part of {@link LedgerBenchmark}. */
@Command(name = "ledger-opening", hidden = true, description = "A part of benchmark ledger.")
final class LedgerOpening implements Callable<Integer> {
    @Spec private CommandSpec command;

    @Parameters(index = "0")
    private What what;

    @Parameters(index = "1")
    private Path folder;

    /** What is opened. */
    enum What {
        list("runs list"),
        runs("Tables.runs"),
        candidates("Tables.candidatesOfRuns"),
        episodes("Tables.episodesOfRuns");

        private final String label;

        What(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }
    }

    /**
     * What an opening took.
     *
     * @param rows of the table
     * @param clock seconds, from the call to the table
     * @param processor seconds of all threads of the process meanwhile
     * @param process seconds from the process's start to its end
     */
    record Took(int rows, double clock, double processor, double process) {}

    @Override
    public Integer call() {
        long begun = System.nanoTime();
        double used = processorSeconds();
        int rows = open();
        command.commandLine()
                .getOut()
                .printf(
                        Locale.ROOT,
                        "%d %.3f %.3f%n",
                        rows,
                        seconds(begun),
                        processorSeconds() - used);
        return ExitCodes.OK;
    }

    private int open() {
        return switch (what) {
            case list -> {
                List<RunSummary> found =
                        RunSummary.ofAll(
                                folder,
                                (run, reason) -> {
                                    throw reason;
                                });
                RunList.print(found, 120, new PrintWriter(new StringWriter()));
                yield found.size();
            }
            case runs -> Tables.runs(folder).rowCount();
            case candidates -> Tables.candidatesOfRuns(folder).rowCount();
            case episodes -> Tables.episodesOfRuns(folder).rowCount();
        };
    }

    /** Opens it in a process of its own. */
    static Took inAFreshProcess(What what, Path folder, List<String> javaArguments)
            throws IOException, InterruptedException {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(javaArguments);
        words.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        words.addAll(List.of("benchmark", "ledger-opening", what.name(), folder.toString()));
        long begun = System.nanoTime();
        Process process =
                new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String said =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != ExitCodes.OK) {
            throw new IllegalStateException("opening " + what.label() + " failed: " + said);
        }
        double whole = seconds(begun);
        String[] numbers = said.split(" ", -1);
        return new Took(
                Integer.parseInt(numbers[0]),
                Double.parseDouble(numbers[1]),
                Double.parseDouble(numbers[2]),
                whole);
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
