package dev.promptpo.cli;

import dev.promptpo.llm.Recording;
import dev.promptpo.llm.RecordingException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Looks after recordings of model replies. */
@Command(
        name = "recordings",
        description = "Check recordings of model replies.",
        mixinStandardHelpOptions = true,
        subcommands = RecordingsCommand.Verify.class)
final class RecordingsCommand implements Runnable {
    @Spec private CommandSpec command;

    @Override
    public void run() {
        command.commandLine().usage(command.commandLine().getOut());
    }

    /** Checks recordings. */
    @Command(
            name = "verify",
            description = "Check digests and provenance, and that no key is inside.",
            mixinStandardHelpOptions = true)
    static final class Verify implements Callable<Integer> {
        @Spec private CommandSpec command;

        @Parameters(arity = "1..*", paramLabel = "FILE", description = "Recordings to check.")
        private List<Path> files;

        @Override
        public Integer call() {
            PrintWriter out = command.commandLine().getOut();
            int problems = 0;
            for (Path file : files) {
                List<String> found = verify(file, out);
                problems += found.size();
                found.forEach(problem -> out.println(file + ": " + problem));
            }
            out.flush();
            return problems == 0 ? ExitCodes.OK : ExitCodes.FAILED;
        }

        private static List<String> verify(Path file, PrintWriter out) {
            Recording recording;
            try {
                recording = Recording.read(file);
            } catch (RecordingException e) {
                return List.of(e.getMessage());
            }
            List<String> found = recording.verify();
            if (found.isEmpty()) {
                out.println(
                        file
                                + ": "
                                + recording.entries().size()
                                + " replies, "
                                + recording.run().summary()
                                + "; answered by "
                                + recording.provenance().answeredBy()
                                + " through "
                                + recording.provenance().through());
            }
            return found;
        }
    }
}
