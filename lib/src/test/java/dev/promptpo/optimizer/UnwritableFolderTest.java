package dev.promptpo.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.promptpo.ledger.LedgerException;
import dev.promptpo.ledger.LedgerReader;
import dev.promptpo.llm.ModelReply.Answer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The operating system itself refuses in the middle of a run. Only the superuser of a Linux system
 * can bring that about, and a mode would not hold back the superuser.
 */
@Tag("slow")
@Timeout(120)
class UnwritableFolderTest {
    @TempDir Path folder;

    /** A small file system of its own for the runs, so that it can be filled. */
    private Path disk;

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createDirectory(folder.resolve("disk"));
        assumeThat(runs("mount", "-t", "tmpfs", "-o", "size=2m", "promptpo", disk))
                .as("may mount a file system")
                .isTrue();
    }

    @AfterEach
    void unmount() throws Exception {
        runs("umount", "-l", folder.resolve("run/payloads"));
        runs("umount", "-l", disk);
    }

    @Test
    void aFullFileSystem() throws Exception {
        Path filler = disk.resolve("filler");
        goesOn(
                disk.resolve("run"),
                "No space left on device",
                () -> fill(filler),
                () -> Files.delete(filler));
    }

    /** What the kernel does to a file system when its device fails. */
    @Test
    void aFileSystemThatBecomesReadOnly() throws Exception {
        Path run = Files.createDirectory(folder.resolve("run"));
        // The payloads alone: the kernel refuses while events.jsonl is open for writing.
        Path payloads = Files.createDirectory(run.resolve("payloads"));
        assertThat(runs("mount", "--bind", disk, payloads)).isTrue();
        goesOn(
                run,
                "Read-only file system",
                () -> until("mount", "-o", "remount,ro,bind", payloads),
                () -> until("mount", "-o", "remount,rw,bind", payloads));
    }

    @Test
    void aFileThatMayNoLongerBeWritten() throws Exception {
        Path events = folder.resolve("run/events.jsonl");
        Path probe = Files.createFile(folder.resolve("probe"));
        assumeThat(runs("chattr", "+i", probe)).as("has immutable files").isTrue();
        assertThat(runs("chattr", "-i", probe)).isTrue();
        goesOn(
                folder.resolve("run"),
                "Operation not permitted",
                () -> until("chattr", "+i", events),
                () -> until("chattr", "-i", events));
    }

    /** The trouble comes while the last candidate of the first round is asked for. */
    private void goesOn(Path run, String reason, Act trouble, Act relief) throws Exception {
        LineEngine uncutEngine = new LineEngine();
        Script uncut = Script.good();
        plan(uncut, uncutEngine, folder.resolve("uncut")).run();

        LineEngine engine = new LineEngine();
        Script script = Script.good();
        boolean[] come = new boolean[1];
        script.on(
                "policy/1/2",
                request -> {
                    if (!come[0]) {
                        come[0] = true;
                        perform(trouble);
                    }
                    return Answer.of(Script.policy("# gain 12"));
                });
        try {
            // Twice: it stays unwritable, and says so again.
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> plan(script, engine, run).run())
                        .isInstanceOf(LedgerException.class)
                        .hasMessageContaining("cannot write the run in " + run)
                        .hasMessageContaining(reason)
                        .hasMessageContaining("run it again; what was written before is safe")
                        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
                assertThat(come[0]).isTrue();
                LedgerReader.open(run).verify();
                assertThat(Run.look(run).finished()).isFalse();
            }
        } finally {
            perform(relief);
        }
        Run resumed = plan(script, engine, run).run();
        assertThat(RunContent.of(resumed.ledger()))
                .isEqualTo(RunContent.of(LedgerReader.open(folder.resolve("uncut"))));
        long inFlight =
                resumed.ledger().events().stream()
                        .filter(event -> event.type().equals("session_started"))
                        .mapToLong(event -> event.fields().path("in_flight").size())
                        .sum();
        assertThat(inFlight).isPositive();
        assertThat((long) script.asked.size() + engine.requests.size())
                .isBetween(
                        (long) uncut.asked.size() + uncutEngine.requests.size(),
                        uncut.asked.size() + uncutEngine.requests.size() + inFlight);
        resumed.ledger().verify();
    }

    private static PromptPO plan(Script script, LineEngine engine, Path run) {
        return PromptPO.on(LineSpec.spec())
                .model(script.model())
                .engine(engine)
                .seeds((seed, stage, round, n) -> LongStream.range(0, n).boxed().toList())
                .candidates(2)
                .rounds(2)
                .heldoutEpisodes(30)
                .directory(run);
    }

    private static void perform(Act act) {
        try {
            act.perform();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static void fill(Path filler) throws IOException {
        byte[] block = new byte[4096];
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            if (!String.valueOf(e.getMessage()).contains("No space left")) {
                throw e;
            }
        }
    }

    /** A file system is busy for as long as a file of it is open for writing. */
    private static void until(Object... command) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (!runs(command)) {
            assertThat(System.nanoTime()).as("%s", List.of(command)).isLessThan(deadline);
        }
    }

    private static boolean runs(Object... command) throws IOException, InterruptedException {
        List<String> words = java.util.Arrays.stream(command).map(String::valueOf).toList();
        try {
            return new ProcessBuilder(words).redirectErrorStream(true).start().waitFor() == 0;
        } catch (IOException e) {
            return false; // there is no such command
        }
    }

    @FunctionalInterface
    private interface Act {
        void perform() throws IOException, InterruptedException;
    }
}
