package dev.promptpo.cli;

import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.environment.Environments;
import dev.promptpo.environment.Seeds;
import dev.promptpo.rollout.Purpose;
import dev.promptpo.rollout.RolloutEngine;
import dev.promptpo.rollout.RolloutEngines;
import dev.promptpo.rollout.RolloutOptions;
import dev.promptpo.rollout.RolloutRequest;
import dev.promptpo.rollout.RolloutResult;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Rolls out a policy file; the shape of its output is fixed. */
@Command(
        name = "evaluate",
        description = "Roll out a Python policy file and show its returns.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "A policy file has one class with act(self, obs); obs has the names shown by",
            "'./promptpo environments ENV' as attributes, and obs.vector.",
            "Exit code: 0 completed, 1 could not be played, 2 bad arguments, 3 the policy failed."
        })
final class EvaluateCommand implements Callable<Integer> {
    @Spec private CommandSpec command;

    @Mixin private EpisodeOptions played;

    @Option(
            names = "--policy",
            required = true,
            paramLabel = "FILE",
            description = "Python file with the policy class.")
    private Path policy;

    @Option(
            names = "--episodes",
            defaultValue = "5",
            paramLabel = "E",
            description = "Episodes to play. Default: ${DEFAULT-VALUE}.")
    private int episodes;

    @Option(names = "--json", description = "Print one JSON document and nothing else.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        if (episodes < 1) {
            throw bad("--episodes must be at least 1; got " + episodes);
        }
        String source = SourceFile.read(command, "--policy", policy);
        EnvironmentSpec spec = Environments.spec(played.environment(), played.preset());
        RolloutRequest request =
                new RolloutRequest(
                        spec.reference(),
                        played.preset(),
                        source,
                        "",
                        Seeds.episodes(played.seed(), Purpose.EVALUATE.id(), 0, episodes),
                        played.lifetime().orElse(spec.lifetime()),
                        Purpose.EVALUATE,
                        RolloutRequest.LOCKSTEP,
                        false);
        try (RolloutEngine engine =
                RolloutEngines.start(new RolloutOptions(1, played.isolation()))) {
            RolloutResult result = engine.rollout(request);
            PrintWriter out = command.commandLine().getOut();
            if (json) {
                out.println(EvaluationReport.json(spec, played.seed(), result));
            } else {
                EvaluationReport.text(spec, played.seed(), request.seeds(), result, out);
            }
            out.flush();
            return result instanceof RolloutResult.Completed
                    ? ExitCodes.OK
                    : ExitCodes.POLICY_FAILED;
        }
    }

    private ParameterException bad(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
