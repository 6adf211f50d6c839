package dev.promptpo.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptpo.ledger.Children;
import dev.promptpo.ledger.LedgerReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SIGKILL, five times in each of four runs. */
@Timeout(120)
class KillTest {
    private static final int KILLS = 5;

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void aKilledRunComesToTheSameAndPaysNothingTwice(long seed) throws Exception {
        Path uncut = folder.resolve("uncut");
        TinyRun.plan(uncut, folder.resolve("uncut.log")).run();
        Path run = folder.resolve("run");
        Path log = folder.resolve("run.log");

        for (long moment : moments(seed, Files.size(uncut.resolve("events.jsonl")))) {
            kill(TinyRun.class, run, log, moment);
        }
        Run finished = TinyRun.plan(run, log).run();

        LedgerReader ledger = finished.ledger();
        assertThat(RunContent.of(ledger)).isEqualTo(RunContent.of(LedgerReader.open(uncut)));
        ledger.verify();
        assertThat(sessions(ledger)).as("it was cut off at least once").isGreaterThan(1);
        Map<String, Long> cut = cutOff(ledger);
        count(log, "request ")
                .forEach((role, asked) ->
                        assertThat(asked)
                                .as("asked for %s", role)
                                .isLessThanOrEqualTo(1 + cut.getOrDefault("request " + role, 0L)));
        long rollouts = count(log, "rollout ").values().stream().mapToLong(n -> n).sum();
        long needed =
                count(folder.resolve("uncut.log"), "rollout ").values().stream()
                        .mapToLong(n -> n)
                        .sum();
        long again =
                cut.entrySet().stream()
                        .filter(item -> item.getKey().startsWith("rollout "))
                        .mapToLong(Map.Entry::getValue)
                        .sum();
        assertThat(rollouts).isBetween(needed, needed + again);
        assertThat(finished.usage().answers()).isEqualTo(Run.look(uncut).usage().answers());
        assertThat(finished.steps().byPurpose()).isEqualTo(Run.look(uncut).steps().byPurpose());
    }

    /** The same with the real engine, whose pool ends with the JVM that started it. */
    @Test
    @Tag("slow")
    @Timeout(600)
    void aKilledRunWithRealRolloutsComesToTheSame() throws Exception {
        Path uncut = folder.resolve("uncut");
        RealRun.plan(uncut, folder.resolve("uncut.log")).run();
        Path run = folder.resolve("run");
        Path log = folder.resolve("run.log");
        long size = Files.size(uncut.resolve("events.jsonl"));
        for (long seed = 1; seed <= 4; seed++) {
            for (long moment : moments(seed, size / 4)) {
                kill(RealRun.class, run, log, (seed - 1) * size / 4 + moment);
            }
        }
        Run finished = RealRun.plan(run, log).run();
        assertThat(RunContent.of(finished.ledger()))
                .isEqualTo(RunContent.of(LedgerReader.open(uncut)));
        Map<String, Long> cut = cutOff(finished.ledger());
        count(log, "request ")
                .forEach((role, asked) ->
                        assertThat(asked)
                                .isBetween(1L, 1 + cut.getOrDefault("request " + role, 0L)));
    }

    /** The shell's limit on a file's size stands in for a full disk: a write fails half-way. */
    @Test
    void aFullDiskStopsTheRunInOneLineAndLosesNothing() throws Exception {
        Path uncut = folder.resolve("uncut");
        TinyRun.plan(uncut, folder.resolve("uncut.log")).run();
        Path run = folder.resolve("run");
        Path log = folder.resolve("run.log");
        long room = Files.size(uncut.resolve("events.jsonl")) / 1024 / 2;

        List<String> command =
                Children.command(TinyRun.class, List.of(run.toString(), log.toString()));
        String shell = "ulimit -f " + room + " && exec \"$@\"";
        List<String> limited = new ArrayList<>(List.of("bash", "-c", shell, "bash"));
        limited.addAll(command);
        Process child = new ProcessBuilder(limited).redirectErrorStream(true).start();
        String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(child.waitFor()).isNotZero();
        assertThat(output)
                .contains("LedgerException: cannot write the run in " + run)
                .contains("run it again; what was written before is safe");

        Run finished = TinyRun.plan(run, log).run();
        assertThat(RunContent.of(finished.ledger()))
                .isEqualTo(RunContent.of(LedgerReader.open(uncut)));
        Map<String, Long> cut = cutOff(finished.ledger());
        count(log, "request ")
                .forEach((role, asked) ->
                        assertThat(asked)
                                .isBetween(1L, 1 + cut.getOrDefault("request " + role, 0L)));
    }

    /** Sizes of the event log at which to kill, spread over the whole of it. */
    private static List<Long> moments(long seed, long size) {
        Random random = new Random(seed);
        return random.longs(KILLS, 0, size).sorted().boxed().toList();
    }

    /** Kills the run as soon as its log has grown past the moment; a little later each time. */
    private static void kill(Class<?> main, Path run, Path log, long moment) throws Exception {
        Process child = Children.start(main, List.of(run.toString(), log.toString()));
        try {
            Path events = run.resolve("events.jsonl");
            while (child.isAlive() && size(events) <= moment) {
                LockSupport.parkNanos(200_000); // a spinning parent would starve its child
            }
        } finally {
            child.destroyForcibly();
        }
        assertThat(child.waitFor(20, TimeUnit.SECONDS)).isTrue();
        // 137: killed; 0: it came to its end before
        assertThat(child.exitValue()).isIn(0, 137);
    }

    private static long size(Path file) throws IOException {
        return Files.exists(file) ? Files.size(file) : -1;
    }

    private static long sessions(LedgerReader ledger) {
        return ledger.events().stream().filter(e -> e.type().equals("session_started")).count();
    }

    /** What each session reported as in flight, by how often. */
    private static Map<String, Long> cutOff(LedgerReader ledger) {
        List<String> items = new ArrayList<>();
        ledger.events().stream()
                .filter(event -> event.type().equals("session_started"))
                .flatMap(event -> event.fields().path("in_flight").valueStream())
                .forEach(item ->
                        items.add(item.path("kind").asText() + " " + item.path("name").asText()));
        return items.stream()
                .collect(
                        Collectors.groupingBy(
                                Function.identity(), TreeMap::new, Collectors.counting()));
    }

    private static Map<String, Long> count(Path log, String kind) throws IOException {
        return Files.readAllLines(log).stream()
                .filter(line -> line.startsWith(kind))
                .map(line -> line.substring(kind.length()))
                .collect(
                        Collectors.groupingBy(
                                Function.identity(), TreeMap::new, Collectors.counting()));
    }
}
