package dev.promptpo.cli;

import dev.promptpo.environment.EnvironmentSpec.Lifetime;
import dev.promptpo.prompt.ContextForm;
import dev.promptpo.prompt.History;
import dev.promptpo.rollout.Isolation;
import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Entry point of the command line. */
@Command(
        name = "./promptpo",
        description = "Prompted policy optimization: a language model writes control policies.",
        mixinStandardHelpOptions = true,
        version = "promptpo 0.1.0",
        subcommands = {
            EnvironmentsCommand.class,
            EvaluateCommand.class,
            OptimizeCommand.class,
            RunsCommand.class,
            RecordingsCommand.class,
            BenchmarkCommand.class
        },
        footer = {"", "Also: run (the quickstart), lab (JupyterLab), test, doctor, setup, kernel."})
public final class Main implements Runnable {
    // Held strongly: java.util.logging forgets the level of a logger that is collected.
    private static final Logger ROOT = Logger.getLogger("");

    @Spec private CommandSpec spec;

    public static void main(String[] args) {
        ROOT.setLevel(Level.WARNING);
        PrintWriter err = new PrintWriter(System.err, true);
        Output output = new Output(new FileOutputStream(FileDescriptor.out));
        Signals signals = Signals.interruptThisThread(err);
        PrintWriter out =
                new PrintWriter(
                        new BufferedWriter(new OutputStreamWriter(output, System.out.charset())));
        int code = signals.exitCode(run(args, out, err));
        out.flush();
        System.exit(output.failure().map(failure -> notWhole(failure, code, err)).orElse(code));
    }

    private static int notWhole(IOException failure, int code, PrintWriter err) {
        if (!Output.isReaderGone(failure)) {
            err.println("promptpo: the output cannot be written: " + failure.getMessage());
        }
        return code == ExitCodes.OK ? ExitCodes.FAILED : code;
    }

    /** Runs one command and gives its exit code. */
    static int run(String[] args, PrintWriter out, PrintWriter err) {
        CommandLine line =
                new CommandLine(new Main())
                        .registerConverter(Lifetime.class, word -> oneOf(Lifetime.values(), word))
                        .registerConverter(Isolation.class, word -> oneOf(Isolation.values(), word))
                        .registerConverter(
                                ContextForm.class, word -> oneOf(ContextForm.values(), word))
                        .registerConverter(History.class, Main::history);
        wholeNumbers(line, Integer.MAX_VALUE, Integer::valueOf, int.class, Integer.class);
        wholeNumbers(line, Long.MAX_VALUE, Long::valueOf, long.class, Long.class);
        return line.setOut(out)
                .setErr(err)
                .setParameterExceptionHandler(Main::badArguments)
                .setExecutionExceptionHandler(
                        (e, command, parsed) -> Failures.report(e, command.getErr()))
                .execute(args);
    }

    @SafeVarargs
    private static <N> void wholeNumbers(
            CommandLine line, long largest, Function<String, N> parser, Class<N>... types) {
        for (Class<N> type : types) {
            line.registerConverter(
                    type,
                    word -> {
                        try {
                            return parser.apply(word);
                        } catch (NumberFormatException e) {
                            throw new TypeConversionException(
                                    "expected a whole number of at most "
                                            + largest
                                            + "; got '"
                                            + word
                                            + "'");
                        }
                    });
        }
    }

    private static History history(String word) {
        try {
            return History.parse(word.toLowerCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    private static <E extends Enum<E>> E oneOf(E[] values, String word) {
        for (E value : values) {
            if (value.name().equalsIgnoreCase(word)) {
                return value;
            }
        }
        String expected =
                Arrays.stream(values)
                        .map(value -> value.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(" or "));
        throw new TypeConversionException("expected " + expected + "; got '" + word + "'");
    }

    private static int badArguments(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        command.getErr().println("promptpo: " + line(e));
        command.getErr().println("Try: " + command.getCommandSpec().qualifiedName() + " --help");
        return ExitCodes.BAD_ARGUMENTS;
    }

    private static String line(ParameterException e) {
        List<String> unmatched =
                e instanceof UnmatchedArgumentException unknown
                        ? unknown.getUnmatched()
                        : e.getCommandLine().getUnmatchedArguments();
        Set<String> commands = e.getCommandLine().getSubcommands().keySet();
        String found = unmatched.isEmpty() ? "" : unmatched.getFirst();
        if (e instanceof UnmatchedArgumentException && !found.startsWith("-")) {
            return commands.isEmpty()
                    ? "nothing more was expected; got '" + found + "'"
                    : "unknown command '" + found + "'; expected " + String.join(", ", commands);
        }
        if (found.startsWith("-")) {
            List<String> near =
                    new UnmatchedArgumentException(e.getCommandLine(), unmatched).getSuggestions();
            return "unknown option '"
                    + found
                    + "'"
                    + (near.isEmpty() ? "" : "; did you mean " + String.join(" or ", near) + "?");
        }
        String message =
                Objects.requireNonNullElse(e.getMessage(), "").lines().findFirst().orElse("");
        return message.startsWith("Error: ") ? message.substring("Error: ".length()) : message;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
