package dev.promptpo.cli;

import dev.promptpo.llm.Recording;
import dev.promptpo.prompt.History;
import dev.promptpo.rollout.RolloutEngine;
import dev.promptpo.rollout.RolloutEngines;
import dev.promptpo.rollout.RolloutOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Counts the tokens of a scripted run for each form of history. */
@Command(
        name = "prompts",
        description =
                "Count the tokens of a scripted run for each form of history. The replies are those"
                        + " of a recording; rollouts are real; nobody is asked.",
        mixinStandardHelpOptions = true)
final class BenchmarkPromptsCommand implements Callable<Integer> {
    @Spec private CommandSpec command;

    @Parameters(paramLabel = "RECORDING", description = "A recording to take replies from.")
    private Path recording;

    @Option(names = "--rounds", defaultValue = "20", description = "Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(names = "--candidates", defaultValue = "10", description = "Default: ${DEFAULT-VALUE}.")
    private int candidates;

    @Option(
            names = "--history",
            split = ",",
            defaultValue = "full,compact,best,none",
            paramLabel = "FORM",
            description = "Forms, separated by commas. Default: ${DEFAULT-VALUE}.")
    private List<History> forms;

    @Override
    public Integer call() throws IOException {
        PromptBenchmark benchmark =
                new PromptBenchmark(Recording.read(recording), rounds, candidates);
        List<String[]> rows = new ArrayList<>();
        rows.add(
                new String[] {
                    "history",
                    "requests",
                    "prompt tokens",
                    "cached at best",
                    "the rest",
                    "largest prompt",
                    "reply tokens"
                });
        try (RolloutEngine engine = RolloutEngines.start(RolloutOptions.defaults())) {
            for (History form : forms) {
                PromptBenchmark.Tokens tokens = benchmark.measure(form, engine);
                rows.add(
                        new String[] {
                            form.id(),
                            count(tokens.requests()),
                            count(tokens.prompts()),
                            count(tokens.cached()),
                            count(tokens.prompts() - tokens.cached()),
                            count(tokens.largest()),
                            count(tokens.replies())
                        });
            }
        }
        PrintWriter out = command.commandLine().getOut();
        TextTable.print(rows, out);
        out.println();
        out.println("Tokens are counted with o200k_base: other models' tokenizers differ.");
        out.println("Cached at best: the longest beginning that an earlier prompt had too.");
        out.flush();
        return ExitCodes.OK;
    }

    private static String count(long tokens) {
        return String.format(Locale.ROOT, "%,d", tokens);
    }
}
