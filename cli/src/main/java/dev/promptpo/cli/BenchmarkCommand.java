package dev.promptpo.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Measures promptpo itself; {@code docs/benchmarks.md} keeps what was found. */
@Command(
        name = "benchmark",
        description = "Measure promptpo itself on this machine.",
        mixinStandardHelpOptions = true,
        subcommands = {
            BenchmarkPromptsCommand.class,
            LedgerBenchmark.class,
            LedgerOpening.class,
            ModelBenchmark.class,
            FilmBenchmark.class,
            RolloutBenchmark.class
        })
final class BenchmarkCommand implements Runnable {
    @Spec private CommandSpec command;

    @Override
    public void run() {
        command.commandLine().usage(command.commandLine().getOut());
    }
}
