package dev.promptpo.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.promptpo.ledger.FailingLedgers;
import dev.promptpo.ledger.LedgerException;
import dev.promptpo.ledger.LedgerReader;
import dev.promptpo.llm.ModelRequest;
import dev.promptpo.rollout.RolloutRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The disk fails at each boundary of a small run: at every folder and file that is made, every
 * write, force and move.
 */
class FailingDiskTest {
    @TempDir Path folder;

    @Test
    @Timeout(300)
    void aRunGoesOnFromEveryBoundaryAtWhichTheDiskWasFull() {
        goesOnFromEveryBoundary("No space left on device", FailingLedgers::fullAt);
    }

    /** A file system that is found faulty is mounted again for reading while runs write to it. */
    @Test
    @Timeout(300)
    void aRunGoesOnFromEveryBoundaryAtWhichTheFolderBecameReadOnly() {
        goesOnFromEveryBoundary("Read-only file system", FailingLedgers::readOnlyAt);
    }

    private void goesOnFromEveryBoundary(String reason, IntFunction<FailingLedgers> failingAt) {
        FailingLedgers counting = FailingLedgers.counting();
        Attempted uncut = new Attempted("uncut");
        Run whole = uncut.plan().ledger(counting.opening()).run();
        List<String> content = RunContent.of(LedgerReader.open(uncut.folder));
        assertThat(counting.operations()).isGreaterThan(200);

        // The last two write that the session ends, when the run has come to its end already.
        for (int n = 0; n < counting.operations() - 2; n++) {
            Attempted cut = new Attempted("cut-" + n);
            PromptPO failing = cut.plan().ledger(failingAt.apply(n).opening());
            assertThatThrownBy(failing::run)
                    .as("operation %d", n)
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("cannot write the run in " + cut.folder)
                    .hasMessageContaining(reason)
                    .hasMessageContaining("run it again; what was written before is safe")
                    .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
            cut.assertIntact();
            Run resumed = cut.plan().ledger(FailingLedgers.counting().opening()).run();
            long inFlight =
                    resumed.ledger().events().stream()
                            .filter(event -> event.type().equals("session_started"))
                            .mapToLong(event -> event.fields().path("in_flight").size())
                            .sum();
            assertThat(RunContent.of(resumed.ledger())).as("operation %d", n).isEqualTo(content);
            assertThat(cut.calls())
                    .as("operation %d", n)
                    .isBetween(uncut.calls(), uncut.calls() + inFlight);
            assertThat(resumed.steps().byPurpose())
                    .as("operation %d", n)
                    .isEqualTo(whole.steps().byPurpose());
            resumed.ledger().verify();
        }
    }

    /** A run and what it paid for, over all of its sessions. */
    private final class Attempted {
        private final Path folder;
        private final LineEngine engine = new LineEngine();
        private final Script script = Script.good();

        Attempted(String name) {
            folder = FailingDiskTest.this.folder.resolve(name);
            script.on("policy/1/2", Script.policy("# fail EXCEPTION"));
            script.on("repair/1/2/1", Script.policy("# gain 15"));
            script.on("feedback", Script.code("Feedback", "# fail EXCEPTION"));
            script.on("repair/feedback/1", Script.code("Feedback", "# tells mended"));
        }

        PromptPO plan() {
            return PromptPO.on(LineSpec.spec())
                    .model(script.model())
                    .engine(engine)
                    .seeds((seed, stage, round, n) -> LongStream.range(0, n).boxed().toList())
                    .candidates(2)
                    .heldoutEpisodes(30)
                    .directory(folder);
        }

        /** As far as it came: each line and each payload that one names is what was written. */
        void assertIntact() {
            if (Files.exists(folder.resolve("run.json"))) {
                LedgerReader.open(folder).verify();
            }
        }

        long calls() {
            return roles().size() + rollouts().size();
        }

        private List<String> roles() {
            return script.asked.stream().map(ModelRequest::role).toList();
        }

        private List<RolloutRequest> rollouts() {
            return List.copyOf(engine.requests);
        }
    }
}
