package dev.promptpo.cli;

import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.environment.EnvironmentSpec.Lifetime;
import dev.promptpo.environment.Environments;
import dev.promptpo.environment.Seeds;
import dev.promptpo.rollout.Isolation;
import dev.promptpo.rollout.Purpose;
import dev.promptpo.rollout.RolloutEngine;
import dev.promptpo.rollout.RolloutEngines;
import dev.promptpo.rollout.RolloutOptions;
import dev.promptpo.rollout.RolloutRequest;
import dev.promptpo.rollout.RolloutResult;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
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

    @Parameters(
            paramLabel = "ENV",
            description =
                    "Environment, for example NoiseWorld1," + EnvironmentArgument.OR_A_FILE + ".")
    private String environment;

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

    @Option(
            names = "--seed",
            defaultValue = "0",
            paramLabel = "SEED",
            description = "The episodes' seeds derive from it. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--preset",
            defaultValue = "paper",
            paramLabel = "PRESET",
            description = "paper or release: whose rules ENV follows. Default: ${DEFAULT-VALUE}.")
    private String preset;

    @Option(
            names = "--lifetime",
            paramLabel = "LIFETIME",
            description =
                    "episode: a fresh object each episode; candidate: one object for all. Default:"
                            + " the preset's.")
    private Optional<Lifetime> lifetime;

    @Option(
            names = "--isolation",
            defaultValue = "sandbox",
            paramLabel = "LEVEL",
            description =
                    "sandbox, or process: weaker, for systems without Landlock. Default: ${DEFAULT-VALUE}.")
    private Isolation isolation;

    @Option(names = "--json", description = "Print one JSON document and nothing else.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        if (episodes < 1) {
            throw bad("--episodes must be at least 1; got " + episodes);
        }
        if (seed < 0) {
            throw bad("--seed must be 0 or larger; got " + seed);
        }
        String source = SourceFile.read(command, "--policy", policy);
        EnvironmentSpec spec = Environments.spec(EnvironmentArgument.id(environment), preset);
        RolloutRequest request =
                new RolloutRequest(
                        spec.reference(),
                        preset,
                        source,
                        "",
                        Seeds.episodes(seed, Purpose.EVALUATE.id(), 0, episodes),
                        lifetime.orElse(spec.lifetime()),
                        Purpose.EVALUATE,
                        RolloutRequest.LOCKSTEP,
                        false);
        try (RolloutEngine engine = RolloutEngines.start(new RolloutOptions(1, isolation))) {
            RolloutResult result = engine.rollout(request);
            PrintWriter out = command.commandLine().getOut();
            if (json) {
                out.println(EvaluationReport.json(spec, seed, result));
            } else {
                EvaluationReport.text(spec, seed, request.seeds(), result, out);
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
