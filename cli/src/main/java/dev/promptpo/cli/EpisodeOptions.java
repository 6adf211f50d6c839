package dev.promptpo.cli;

import dev.promptpo.environment.EnvironmentSpec.Lifetime;
import dev.promptpo.rollout.Isolation;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What each command that plays episodes is told of them: where, from which seed, by what rules. */
final class EpisodeOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Parameters(
            paramLabel = "ENV",
            description =
                    "Environment, for example NoiseWorld1," + EnvironmentArgument.OR_A_FILE + ".")
    private String environment;

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
                    "episode: a fresh policy object each episode; candidate: one object for all."
                            + " Default: the preset's.")
    private Optional<Lifetime> lifetime;

    @Option(
            names = "--isolation",
            defaultValue = "sandbox",
            paramLabel = "LEVEL",
            description =
                    "sandbox, or process: weaker, for systems without Landlock. Default:"
                            + " ${DEFAULT-VALUE}.")
    private Isolation isolation;

    private long seed;

    @Option(
            names = "--seed",
            defaultValue = "0",
            paramLabel = "SEED",
            description = "The episodes' seeds derive from it. Default: ${DEFAULT-VALUE}.")
    private void seed(long given) {
        if (given < 0) {
            throw new ParameterException(
                    command.commandLine(), "--seed must be 0 or larger; got " + given);
        }
        seed = given;
    }

    /** Its id; a user's own is registered first, as {@link EnvironmentArgument#id} does. */
    String environment() {
        return EnvironmentArgument.id(environment);
    }

    String preset() {
        return preset;
    }

    /** Empty: the preset's. */
    Optional<Lifetime> lifetime() {
        return lifetime;
    }

    Isolation isolation() {
        return isolation;
    }

    /** 0 or larger. */
    long seed() {
        return seed;
    }
}
