package dev.promptpo.cli;

import dev.promptpo.analysis.RunSummary;
import dev.promptpo.analysis.Tables;
import dev.promptpo.ledger.LedgerException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists the runs of a folder. */
@Command(
        name = "list",
        description = {
            "List the runs of a folder.",
            "search is the score by which the best policy was chosen, held-out its mean on episodes"
                    + " that chose nothing, norm. the latter where the random policy is 0 and the"
                    + " best known one 1; steps are all environment steps."
        },
        mixinStandardHelpOptions = true)
final class RunsListCommand implements Callable<Integer> {
    private static final int WIDTH = 120;

    @Spec private CommandSpec command;

    @Option(
            names = "--folder",
            paramLabel = "FOLDER",
            description = "Folder that holds runs. Default: PROMPTPO_RUNS, else runs.")
    private Optional<Path> folder = Optional.empty();

    @Option(
            names = "--format",
            defaultValue = "text",
            description =
                    "${COMPLETION-CANDIDATES}: text keeps to 120 columns, csv has every column and"
                            + " digit. Default: ${DEFAULT-VALUE}.")
    private Format format = Format.text;

    @Option(names = "--wide", description = "Cut no name, however long the lines become.")
    private boolean wide;

    /** How runs are listed. */
    enum Format {
        text,
        csv
    }

    @Override
    public Integer call() {
        return list(command.commandLine().getOut(), command.commandLine().getErr());
    }

    int list(PrintWriter out, PrintWriter err) {
        Path runs = folder.orElseGet(RunsCommand::folder);
        if (Files.exists(runs) ? !Files.isDirectory(runs) : folder.isPresent()) {
            throw new IllegalArgumentException("expected a folder of runs; " + runs + " is none");
        }
        List<String> unreadable = new ArrayList<>();
        BiConsumer<Path, LedgerException> note =
                (run, reason) -> unreadable.add(reason.getMessage());
        if (format == Format.csv) {
            Tables.runs(runs, note).write().csv(out);
        } else {
            List<RunSummary> found = RunSummary.ofAll(runs, note);
            if (!found.isEmpty()) {
                RunList.print(found, wide ? Integer.MAX_VALUE : WIDTH, out);
            } else if (unreadable.isEmpty()) {
                out.println("no runs in " + runs + "; ./promptpo optimize makes one");
            }
        }
        out.flush();
        unreadable.forEach(reason -> err.println("promptpo: " + reason));
        return unreadable.isEmpty() ? ExitCodes.OK : ExitCodes.FAILED;
    }
}
