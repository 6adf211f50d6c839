package dev.promptpo.cli;

import java.io.PrintWriter;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Entry point of the command line. */
@Command(
        name = "promptpo",
        description = "Prompted policy optimization: a language model writes control policies.",
        mixinStandardHelpOptions = true,
        version = "promptpo 0.1.0",
        subcommands = {
            EnvironmentsCommand.class,
            EvaluateCommand.class,
            OptimizeCommand.class,
            RunsCommand.class,
            RecordingsCommand.class
        },
        footer = {"", "Also: run (the quickstart), lab (JupyterLab), test, doctor, setup, kernel."})
public final class Main implements Runnable {
    // Held strongly: java.util.logging forgets the level of a logger that is collected.
    private static final Logger ROOT = Logger.getLogger("");

    @Spec private CommandSpec spec;

    public static void main(String[] args) {
        ROOT.setLevel(Level.WARNING);
        System.exit(
                run(args, new PrintWriter(System.out, true), new PrintWriter(System.err, true)));
    }

    /** Runs one command and gives its exit code. */
    static int run(String[] args, PrintWriter out, PrintWriter err) {
        return new CommandLine(new Main())
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(Main::badArguments)
                .setExecutionExceptionHandler(
                        (e, command, parsed) -> Failures.report(e, command.getErr()))
                .execute(args);
    }

    private static int badArguments(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        command.getErr().println("promptpo: " + e.getMessage().lines().findFirst().orElse(""));
        command.getErr()
                .println(
                        "Try: "
                                + command.getCommandSpec()
                                        .qualifiedName()
                                        .replace("promptpo", "./promptpo")
                                + " --help");
        return ExitCodes.BAD_ARGUMENTS;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
