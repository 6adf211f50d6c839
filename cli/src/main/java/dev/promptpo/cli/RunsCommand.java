package dev.promptpo.cli;

import dev.promptpo.analysis.Tables;
import dev.promptpo.figures.ReportPage;
import dev.promptpo.ledger.LedgerReader;
import dev.promptpo.optimizer.Run;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tech.tablesaw.api.Table;

/** Looks at the folders of runs. */
@Command(
        name = "runs",
        description =
                "List runs, show one, check that its folder is what was written, or export it.",
        mixinStandardHelpOptions = true,
        subcommands = {
            RunsListCommand.class,
            RunsCommand.Show.class,
            RunsCommand.Verify.class,
            RunsCommand.Export.class
        })
final class RunsCommand implements Callable<Integer> {
    @Spec private CommandSpec command;

    @Override
    public Integer call() {
        return new RunsListCommand()
                .list(command.commandLine().getOut(), command.commandLine().getErr());
    }

    static Path folder() {
        return Path.of(Optional.ofNullable(System.getenv("PROMPTPO_RUNS")).orElse("runs"));
    }

    /** Shows one run. */
    @Command(
            name = "show",
            description = "Show a run: its rounds and its held-out estimate.",
            mixinStandardHelpOptions = true)
    static final class Show implements Callable<Integer> {
        @Spec private CommandSpec command;

        @Parameters(paramLabel = "RUN", description = "A run's folder, or its name below runs/.")
        private String run;

        @Option(
                names = "--source",
                description = "Print the best policy's source and nothing else.")
        private boolean source;

        @Override
        public Integer call() {
            PrintWriter out = command.commandLine().getOut();
            Run opened = Run.look(resolve(run, command));
            if (source) {
                out.print(
                        opened.bestSoFar()
                                .orElseThrow(() ->
                                        new ParameterException(
                                                command.commandLine(),
                                                "no candidate of " + run + " has completed yet"))
                                .source());
            } else {
                out.println(RunReport.text(opened));
            }
            out.flush();
            return ExitCodes.OK;
        }
    }

    /** Checks a run's folder. */
    @Command(
            name = "verify",
            description = "Check every line and every payload of a run's folder.",
            mixinStandardHelpOptions = true)
    static final class Verify implements Callable<Integer> {
        @Spec private CommandSpec command;

        @Parameters(paramLabel = "RUN", description = "A run's folder, or its name below runs/.")
        private String run;

        @Override
        public Integer call() {
            LedgerReader reader = LedgerReader.open(resolve(run, command));
            int payloads = reader.verify();
            command.commandLine()
                    .getOut()
                    .printf(
                            "%s: %d events and %d payloads are what was written%n",
                            reader.directory(), reader.events().size(), payloads);
            return ExitCodes.OK;
        }
    }

    /** Writes a run's tables or its report. */
    @Command(
            name = "export",
            description = "Write a run as one HTML page, or its tables as CSV files.",
            mixinStandardHelpOptions = true)
    static final class Export implements Callable<Integer> {
        @Spec private CommandSpec command;

        @Parameters(paramLabel = "RUN", description = "A run's folder, or its name below runs/.")
        private String run;

        @Option(
                names = "--format",
                defaultValue = "html",
                description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
        private Format format;

        @Option(
                names = "--output",
                paramLabel = "PATH",
                description =
                        "The page's file, or the folder of the tables. Default: the run's name with"
                                + " .html, or with -tables, in the current folder.")
        private Optional<Path> output = Optional.empty();

        /** What a run is written as. */
        enum Format {
            html,
            csv
        }

        @Override
        public Integer call() throws IOException {
            Path directory = resolve(run, command);
            String name = directory.toAbsolutePath().normalize().getFileName().toString();
            PrintWriter out = command.commandLine().getOut();
            if (format == Format.html) {
                out.println(
                        ReportPage.save(
                                directory, output.orElseGet(() -> Path.of(name + ".html"))));
                return ExitCodes.OK;
            }
            Path folder = output.orElseGet(() -> Path.of(name + "-tables"));
            List<Table> tables =
                    List.of(
                            Tables.rounds(directory),
                            Tables.candidates(directory),
                            Tables.episodes(directory),
                            Tables.requests(directory),
                            Tables.evaluations(directory));
            Files.createDirectories(folder);
            for (Table table : tables) {
                Path file = folder.resolve(table.name() + ".csv");
                table.write().csv(file.toFile());
                out.println(file + ": " + table.rowCount() + " rows");
            }
            return ExitCodes.OK;
        }
    }

    private static Path resolve(String run, CommandSpec command) {
        Path direct = Path.of(run);
        if (Files.isDirectory(direct)) {
            return direct;
        }
        Path below = folder().resolve(run);
        if (Files.isDirectory(below)) {
            return below;
        }
        throw new ParameterException(
                command.commandLine(),
                "RUN must be a run's folder; found neither " + direct + " nor " + below);
    }
}
