package dev.promptpo.cli;

import dev.promptpo.ledger.LedgerException;
import dev.promptpo.llm.ModelSource;
import dev.promptpo.llm.Models;
import dev.promptpo.llm.Recording.Provenance;
import dev.promptpo.llm.RecordingException;
import dev.promptpo.optimizer.PromptPO;
import dev.promptpo.optimizer.Run;
import dev.promptpo.optimizer.RunInterruptedException;
import dev.promptpo.optimizer.RunStoppedException;
import dev.promptpo.prompt.ContextForm;
import dev.promptpo.prompt.History;
import dev.promptpo.rollout.RolloutEngine;
import dev.promptpo.rollout.RolloutEngineException;
import dev.promptpo.rollout.RolloutEngines;
import dev.promptpo.rollout.RolloutOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs PromptPO, or goes on with a run that was interrupted. */
@Command(
        name = "optimize",
        description = "Run PromptPO on an environment; the same command continues a stopped run.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Exit code: 0 finished, 1 could not begin, 2 bad arguments, 4 stopped before its end",
            "(130: by Ctrl-C); the same command then goes on, and pays for nothing twice. 5 ended by",
            "its budget, with its best result; a larger budget goes on."
        })
final class OptimizeCommand implements Callable<Integer> {
    @Spec private CommandSpec command;

    @Mixin private EpisodeOptions played;

    @Option(
            names = "--model",
            defaultValue = "replay",
            paramLabel = "MODEL",
            description =
                    "replay, replay:FILE, relay:FOLDER, gemini:NAME, openai:NAME, openai:NAME@URL,"
                            + " anthropic:NAME or ollama:NAME. Default: ${DEFAULT-VALUE}.")
    private String model;

    @Option(
            names = "--candidates",
            paramLabel = "N",
            description = "Policies in each round. Default: the paper's for ENV.")
    private Optional<Integer> candidates;

    @Option(
            names = "--rounds",
            paramLabel = "R",
            description = "Rounds. Default: the paper's for ENV.")
    private Optional<Integer> rounds;

    @Option(
            names = "--episodes",
            paramLabel = "E",
            description =
                    "Episodes that each policy is rolled out for. Default: the paper's for ENV.")
    private Optional<Integer> episodes;

    @Option(
            names = "--repairs",
            defaultValue = "2",
            paramLabel = "COUNT",
            description =
                    "How often a policy that fails is sent back to be repaired. Default: ${DEFAULT-VALUE}.")
    private int repairs;

    @Option(
            names = "--heldout",
            defaultValue = "100",
            paramLabel = "EPISODES",
            description = "Held-out episodes for the final policy. Default: ${DEFAULT-VALUE}.")
    private int heldout;

    @Option(
            names = "--no-feedback",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description =
                    "--no-feedback: no class written by the model tells later prompts of the winners' episodes. Default: with it.")
    private boolean feedback;

    @Option(
            names = "--no-reflection",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description =
                    "--no-reflection: the model does not compare each winner with the earlier ones. Default: it does.")
    private boolean reflection;

    @Option(
            names = "--history",
            defaultValue = "full",
            paramLabel = "FORM",
            description =
                    "What prompts tell of earlier rounds: full, compact (returns of all, code of"
                            + " the best 3), compact:K, best or none. Default: ${DEFAULT-VALUE}.")
    private History history;

    @Option(
            names = "--context",
            defaultValue = "full",
            paramLabel = "FORM",
            description =
                    "What prompts tell of the task: full, exploration (what is hidden otherwise,"
                            + " too) or anonymous (no names, units and meanings). Default:"
                            + " ${DEFAULT-VALUE}.")
    private ContextForm context;

    @Option(
            names = "--feedback-episodes",
            paramLabel = "N",
            description = "Episodes of a winner that are summarised. Default: all.")
    private Optional<Integer> feedbackEpisodes;

    @Option(
            names = "--feedback-steps",
            paramLabel = "N",
            description = "Steps of an episode that the Feedback class sees. Default: all.")
    private Optional<Integer> feedbackSteps;

    @Option(
            names = "--start-from",
            paramLabel = "FILE",
            description = "A policy of your own as the first attempt: Python source.")
    private Optional<Path> startFrom;

    @Option(
            names = "--directory",
            paramLabel = "FOLDER",
            description = "The run's folder. Default: one below runs/, named after the settings.")
    private Optional<Path> directory;

    @Option(
            names = "--workers",
            paramLabel = "COUNT",
            description = "Processes that step environments. Default: one a core.")
    private Optional<Integer> workers;

    @Option(
            names = "--estimate",
            description =
                    "Only say what to expect: calls, tokens, money, environment steps, wall time.")
    private boolean estimate;

    @ArgGroup(exclusive = false, validate = false, heading = "End within a budget:%n")
    private BudgetOptions budget = new BudgetOptions();

    @ArgGroup(exclusive = false, heading = "Keep the replies for replay:%n")
    private RecordingOptions recording;

    /** What a recording says of its replies. */
    static final class RecordingOptions {
        @Option(
                names = "--record",
                required = true,
                paramLabel = "FILE",
                description = "Write each reply to this recording.")
        private Path file;

        @Option(
                names = "--answered-by",
                required = true,
                paramLabel = "WHO",
                description = "Who or what writes the replies.")
        private String answeredBy;

        @Option(
                names = "--answering-model",
                defaultValue = "unknown",
                paramLabel = "NAME",
                description = "Its name. Default: ${DEFAULT-VALUE}.")
        private String model;

        @Option(
                names = "--answering-setting",
                paramLabel = "NAME=VALUE",
                description = "A setting of it, for example temperature=unknown; repeatable.")
        private Map<String, String> settings = Map.of();

        @Option(
                names = "--record-note",
                defaultValue = "",
                paramLabel = "TEXT",
                description = "What a reader should know besides.")
        private String note;
    }

    @Override
    public Integer call() {
        PrintWriter out = command.commandLine().getOut();
        PrintWriter err = command.commandLine().getErr();
        if (estimate) {
            out.println(plan().estimate());
            return ExitCodes.OK;
        }
        PromptPO plan = plan();
        int cores = Runtime.getRuntime().availableProcessors();
        try (RolloutEngine engine =
                RolloutEngines.start(
                        new RolloutOptions(workers.orElse(cores), played.isolation()))) {
            plan.engine(engine).observer(new ProgressLines(err));
            try (Run run = plan.start()) {
                return drive(run, out, err);
            }
        }
    }

    private PromptPO plan() {
        PromptPO plan =
                PromptPO.on(played.environment())
                        .preset(played.preset())
                        .model(source())
                        .seed(played.seed())
                        .repairs(repairs)
                        .heldoutEpisodes(heldout)
                        .feedback(feedback)
                        .reflection(reflection)
                        .budget(budget.limits())
                        .history(history)
                        .context(context);
        candidates.ifPresent(plan::candidates);
        rounds.ifPresent(plan::rounds);
        episodes.ifPresent(plan::episodes);
        played.lifetime().ifPresent(plan::lifetime);
        feedbackEpisodes.ifPresent(plan::feedbackEpisodes);
        feedbackSteps.ifPresent(plan::feedbackSteps);
        startFrom.ifPresent(file -> plan.startFrom(SourceFile.read(command, "--start-from", file)));
        directory.ifPresent(plan::directory);
        return plan;
    }

    private ModelSource source() {
        ModelSource source = Models.parse(model);
        if (recording == null) {
            return source;
        }
        int colon = model.indexOf(':');
        Provenance provenance =
                new Provenance(
                        recording.answeredBy,
                        colon < 0 ? model : model.substring(0, colon),
                        recording.model,
                        "",
                        recording.settings,
                        recording.note);
        return Models.recorded(source, recording.file, provenance);
    }

    private static int drive(Run run, PrintWriter out, PrintWriter err) {
        try {
            run.run();
            out.println(RunReport.text(run));
            out.flush();
            return run.endedByBudget().isPresent() ? ExitCodes.BUDGET_SPENT : ExitCodes.OK;
        } catch (RunStoppedException
                | RunInterruptedException
                | RecordingException
                | RolloutEngineException
                | LedgerException e) {
            Failures.report(e, err);
            return ExitCodes.RUN_STOPPED;
        }
    }
}
