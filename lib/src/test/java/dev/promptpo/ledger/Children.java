package dev.promptpo.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Java processes of a test's own, with the test's class path. */
public final class Children {
    private Children() {}

    /** Starts a class's main method; output and errors come together. */
    public static Process start(Class<?> main, List<String> arguments) throws IOException {
        return new ProcessBuilder(command(main, arguments)).redirectErrorStream(true).start();
    }

    /** The command that runs a class's main method. */
    public static List<String> command(Class<?> main, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xshare:auto", "-XX:+UseSerialGC"));
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-Dpromptpo.home=" + System.getProperty("promptpo.home", ""));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        return command;
    }

    /** Runs a class's main method to its end and gives what it printed. */
    public static String run(Class<?> main, String... arguments) throws Exception {
        Process process = start(main, List.of(arguments));
        try {
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return output;
        } finally {
            process.destroyForcibly();
        }
    }
}
