package dev.promptpo.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.promptpo.ledger.LedgerReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line as a process of its own: signals, and an output that takes nothing. */
class ProcessTest {
    private static final String SLOW =
            """
            class Policy:
                def act(self, obs):
                    for _ in range(1000000):
                        pass
                    return 0
            """;

    /** For every role: a class of each name that may be asked for. */
    private static final String ANSWER =
            """
            ```python
            class NoiseWorld0Policy:
                def act(self, obs):
                    return 1 if obs.agent_row < obs.goal_row else 3


            class Feedback:
                def summarize_trajectory(self, traj):
                    return f"{len(traj)} steps"
            ```
            """;

    @TempDir private Path folder;
    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void end() {
        for (Process process : started) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    @Test
    void ctrlCIsOneLineAndARunThatGoesOn() throws Exception {
        Process process = relayedRun();
        List<ProcessHandle> helpers = process.descendants().toList();
        assertThat(helpers).isNotEmpty();
        signal("INT", process);
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(130);
        assertThat(lastLine()).startsWith("promptpo: the run was interrupted").contains("go on");
        assertThat(linesFromPromptpo()).isEqualTo(1);
        assertEnded(helpers);
    }

    @Test
    void aRequestToEndIsTakenAsCtrlC() throws Exception {
        Process process = relayedRun();
        signal("TERM", process);
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(143);
        assertThat(linesFromPromptpo()).isEqualTo(1);
    }

    @Test
    void noProcessOutlivesAKilledOneInTheMiddleOfARollout() throws Exception {
        Path policy = Files.writeString(folder.resolve("slow.py"), SLOW);
        Process process = start("evaluate", "NoiseWorld1", "--policy", policy.toString());
        await(() -> process.descendants().anyMatch(ProcessTest::isBusy));
        List<ProcessHandle> helpers = process.descendants().toList();
        process.destroyForcibly();
        assertEnded(helpers);
    }

    @Test
    void anOutputThatCannotBeWrittenIsAFailure() throws Exception {
        Path full = Path.of("/dev/full");
        assumeThat(full).exists();
        Process process = start(full, "environments", "--help");
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(1);
        assertThat(lastLine()).startsWith("promptpo: the output cannot be written: No space");
    }

    /** A limit on a file's size stands in for a full disk: a write fails half-way. */
    @Test
    void aDiskThatIsFullEndsWithFourAndTheSameCommandGoesOn() throws Exception {
        Path run = folder.resolve("run");
        Process process = relayedRun();
        awaitRequests();
        long size = Files.size(run.resolve("events.jsonl"));
        assumeThat(runs("prlimit", "--fsize=" + (size + 100), "--pid", "" + process.pid()))
                .as("has prlimit")
                .isTrue();
        answer(process);
        assertStoppedAndIntact(process, run, "File too large");
        goOn();
    }

    /** Only the superuser may make a file immutable, and no mode would hold that one back. */
    @Test
    @Tag("slow")
    void aFolderThatBecomesUnwritableEndsWithFourAndTheSameCommandGoesOn() throws Exception {
        Path run = folder.resolve("run");
        Process process = relayedRun();
        awaitRequests();
        String events = run.resolve("events.jsonl").toString();
        assumeThat(runs("chattr", "+i", events)).as("has immutable files").isTrue();
        try {
            answer(process);
            assertStoppedAndIntact(process, run, "Operation not permitted");
            Process again = optimize();
            assertThat(again.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(again.exitValue()).isEqualTo(1);
            assertThat(lastLine()).startsWith("promptpo: cannot write the run in " + run);
        } finally {
            assertThat(runs("chattr", "-i", events)).isTrue();
        }
        goOn();
    }

    /** Until both policies are asked for: their prompts are in the ledger then. */
    private void awaitRequests() throws Exception {
        Path requests = folder.resolve("requests");
        await(() ->
                Files.exists(requests.resolve("policy-1-1.request.md"))
                        && Files.exists(requests.resolve("policy-1-2.request.md")));
    }

    private void assertStoppedAndIntact(Process process, Path run, String reason) throws Exception {
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(lastLine()).isEqualTo(4);
        assertThat(lastLine())
                .startsWith("promptpo: cannot write the run in " + run + " (")
                .contains(reason)
                .endsWith("then run it again; what was written before is safe");
        assertThat(linesFromPromptpo()).isEqualTo(1);
        assertThat(LedgerReader.open(run).verify()).isPositive();
    }

    private void goOn() throws Exception {
        Process process = optimize();
        answer(process);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(lastLine()).isZero();
        assertThat(Files.readString(folder.resolve("out.txt")))
                .contains("Held-out return of the best policy");
    }

    /** Answers what is asked, as a person would, until the process ends. */
    private void answer(Process process) throws Exception {
        Path requests = folder.resolve("requests");
        while (process.isAlive()) {
            try (Stream<Path> files = Files.list(requests)) {
                for (Path file : files.toList()) {
                    String name = file.getFileName().toString();
                    Path answer = file.resolveSibling(name.replace(".request.", ".answer."));
                    if (name.endsWith(".request.md") && !Files.exists(answer)) {
                        Path unfinished = Files.writeString(folder.resolve("answer"), ANSWER);
                        Files.move(unfinished, answer);
                    }
                }
            }
            Thread.sleep(20);
        }
    }

    private static boolean runs(String... command) throws Exception {
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException e) {
            return false; // there is no such command
        }
    }

    /** A run that waits for a person's answer. */
    private Process relayedRun() throws Exception {
        Path requests = folder.resolve("requests");
        Process process = optimize();
        await(() ->
                lines().anyMatch(line -> line.startsWith("round 1 of 1"))
                        && Files.isDirectory(requests));
        return process;
    }

    private Process optimize() throws IOException {
        return start(
                "optimize",
                "NoiseWorld0",
                "--model",
                "relay:" + folder.resolve("requests"),
                "--candidates",
                "2",
                "--rounds",
                "1",
                "--heldout",
                "4",
                "--directory",
                folder.resolve("run").toString());
    }

    private Process start(String... arguments) throws IOException {
        return start(folder.resolve("out.txt"), arguments);
    }

    private Process start(Path out, String... arguments) throws IOException {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1"));
        words.add("-Dpromptpo.home=" + System.getProperty("promptpo.home"));
        words.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        words.addAll(Arrays.asList(arguments));
        Process process =
                new ProcessBuilder(words)
                        .redirectOutput(out.toFile())
                        .redirectError(folder.resolve("err.txt").toFile())
                        .start();
        started.add(process);
        return process;
    }

    private static void signal(String name, Process process) throws Exception {
        String pid = String.valueOf(process.pid());
        assertThat(new ProcessBuilder("kill", "-" + name, pid).start().waitFor()).isZero();
    }

    private static boolean isBusy(ProcessHandle process) {
        return process.info()
                .totalCpuDuration()
                .filter(spent -> spent.compareTo(Duration.ofMillis(800)) > 0)
                .isPresent();
    }

    /** Asks each process itself: onExit looks ever more rarely at one that is not our child. */
    private static void assertEnded(List<ProcessHandle> processes) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
        while (processes.stream().anyMatch(ProcessHandle::isAlive)) {
            assertThat(System.nanoTime()).as("waited for two seconds").isLessThan(deadline);
            Thread.sleep(20);
        }
    }

    private Stream<String> lines() throws IOException {
        return Files.readString(folder.resolve("err.txt")).lines();
    }

    private String lastLine() throws IOException {
        return lines().reduce("", (before, line) -> line);
    }

    private long linesFromPromptpo() throws IOException {
        return lines().filter(line -> line.startsWith("promptpo: ")).count();
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void await(Condition condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("waited for a minute").isLessThan(deadline);
            Thread.sleep(20);
        }
    }
}
