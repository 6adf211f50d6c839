package dev.promptpo.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.promptpo.llm.ModelReply.NoAnswer;
import dev.promptpo.llm.ModelReply.Reason;
import dev.promptpo.llm.ModelSource;
import dev.promptpo.llm.Models;
import dev.promptpo.llm.Recording;
import dev.promptpo.llm.Recording.Provenance;
import dev.promptpo.rollout.Purpose;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RecordedRunTest {
    private static final Provenance PROVENANCE =
            new Provenance("a script", "test", "", "", Map.of(), "");

    @TempDir Path folder;

    @Test
    void aReplayOfARunIsTheRun() {
        Script script =
                Script.good()
                        .on("policy/1/2", Script.policy("# fail EXCEPTION"))
                        .on("repair/1/2/1", Script.policy("# gain 40"))
                        .on("policy/2/1", request -> NoAnswer.of(Reason.TRUNCATED, "the limit"));
        Run live = plan("live", script.model()).run();
        Recording recording = Recording.of(live.ledger(), PROVENANCE);
        Path file = folder.resolve("recording.json");
        recording.write(file);

        Run replayed = plan("replayed", Models.replay(file)).run();

        assertThat(Recording.read(file).verify()).isEmpty();
        assertThat(recording.provenance().date()).matches("\\d{4}-\\d{2}-\\d{2}");
        assertThat(recording.provenance().model()).isEqualTo("unknown");
        assertThat(recording.run().settingsDigest())
                .isEqualTo(live.ledger().run().settingsDigest());
        assertThat(recording.entries()).hasSize(script.asked.size());
        assertThat(replayed.best().source()).isEqualTo(live.best().source());
        assertThat(replayed.candidate(1, 2).returns()).isEqualTo(live.candidate(1, 2).returns());
        assertThat(live.candidate(2, 1).failure()).isPresent();
        assertThat(replayed.candidate(2, 1).failure()).isEqualTo(live.candidate(2, 1).failure());
        assertThat(replayed.heldout()).isEqualTo(live.heldout());
        assertThat(replayed.usage().drifted()).isZero();
        assertThat(Recording.of(replayed.ledger(), PROVENANCE).entries().keySet())
                .isEqualTo(recording.entries().keySet());
    }

    @Test
    void otherReturnsAreDriftThatIsCounted() {
        Run live = plan("live", Script.good().model()).run();
        Path file = folder.resolve("recording.json");
        Recording.of(live.ledger(), PROVENANCE).write(file);

        Run other =
                plan("other", Models.replay(file))
                        .seeds((seed, stage, round, episodes) -> seeds(stage, round, episodes, 1))
                        .run();

        assertThat(other.finished()).isTrue();
        assertThat(other.usage().drifted()).isPositive();
    }

    @Test
    void aRunThatAsksForMoreThanWasRecordedIsNotBegun() {
        Run live = plan("live", Script.good().model()).run();
        Path file = folder.resolve("recording.json");
        Recording.of(live.ledger(), PROVENANCE).write(file);

        assertThatThrownBy(() -> plan("more", Models.replay(file)).candidates(30).run())
                .hasMessageContaining("ask for at most N = ");
        assertThat(folder.resolve("more")).doesNotExist();
    }

    private PromptPO plan(String name, ModelSource model) {
        return PromptPO.on(LineSpec.spec())
                .model(model)
                .engine(new LineEngine())
                .seeds((seed, stage, round, episodes) -> seeds(stage, round, episodes, 0))
                .heldoutEpisodes(30)
                .directory(folder.resolve(name));
    }

    private static List<Long> seeds(Purpose stage, int round, int episodes, long shift) {
        long first = (stage == Purpose.HELDOUT ? 10_000 : 100L * round) + shift;
        return LongStream.range(first, first + episodes).boxed().toList();
    }
}
