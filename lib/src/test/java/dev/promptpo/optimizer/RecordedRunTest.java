package dev.promptpo.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.promptpo.llm.LanguageModel;
import dev.promptpo.llm.ModelReply.Answer;
import dev.promptpo.llm.ModelReply.NoAnswer;
import dev.promptpo.llm.ModelReply.Reason;
import dev.promptpo.llm.ModelSource;
import dev.promptpo.llm.Models;
import dev.promptpo.llm.Recording;
import dev.promptpo.llm.Recording.Provenance;
import dev.promptpo.llm.RunContext;
import dev.promptpo.rollout.Purpose;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RecordedRunTest {
    private static final Provenance PROVENANCE =
            new Provenance("a script", "test", "", "", Map.of(), "");

    private static final Provenance NOTED =
            new Provenance("a script", "test", "", "2026-01-01", Map.of(), "found elsewhere");

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

    @Test
    void theSameRecordingElsewhereIsTheSameRunAndLeavesNoPathInIt() throws Exception {
        Recording recording =
                Recording.of(plan("live", Script.good().model()).run().ledger(), PROVENANCE);
        Path here = Files.createDirectories(folder.resolve("here")).resolve("a.json");
        Path there = Files.createDirectories(folder.resolve("there")).resolve("b.json");
        recording.write(here);
        Recording noted = new Recording(recording.run(), NOTED, recording.entries());
        noted.write(there);

        Run run = plan("replayed", Models.replay(here)).run();
        Run again = plan("replayed", Models.replay(there)).start();

        assertThat(again.finished()).isTrue();
        assertThat(run.settings().model()).matches("replay:[0-9a-f]{16}");
        assertThat(again.settings()).isEqualTo(run.settings());
        assertThat(paths(run.directory())).isEmpty();
    }

    @Test
    void aRecordingWithAnotherReplyIsAnotherRun() {
        Recording recording =
                Recording.of(plan("live", Script.good().model()).run().ledger(), PROVENANCE);
        Recording.Entry first = recording.entries().get("policy/1/1");
        Recording other =
                recording.with(
                        "policy/1/1",
                        new Recording.Entry(
                                first.prompt(), Answer.of(Script.policy("# gain 1000"))));
        recording.write(folder.resolve("one.json"));
        other.write(folder.resolve("other.json"));

        plan("replayed", Models.replay(folder.resolve("one.json"))).run();
        assertThatThrownBy(
                        () -> plan("replayed", Models.replay(folder.resolve("other.json"))).start())
                .hasMessageContaining("holds a run of other settings (model replay:");
    }

    /** Earlier versions wrote the path into the settings. */
    @Test
    void aRunThatHasThePathInItsSettingsGoesOn() {
        Path file = folder.resolve("recording.json");
        Recording.of(plan("live", Script.good().model()).run().ledger(), PROVENANCE).write(file);
        String name = Models.replay(file).name();
        Run old = plan("replayed", named(name, Models.replay(file))).start();
        old.step();
        old.close();
        assertThat(old.ledger().run().settings().path("model").asText())
                .isEqualTo("replay:" + file);

        Run now = plan("replayed", Models.replay(file)).run();

        assertThat(now.finished()).isTrue();
        assertThat(now.ledger().run().settingsDigest())
                .isEqualTo(old.ledger().run().settingsDigest());
        assertThat(now.usage().calls()).isEqualTo(8);
    }

    @Test
    void aRelayIsToldApartByItsFoldersOwnName() throws Exception {
        Path relay = folder.resolve("somewhere/claude");
        Run run =
                plan("relayed", Models.relay(relay, Duration.ofMillis(1)))
                        .candidates(1)
                        .feedback(false)
                        .start();

        assertThatThrownBy(run::run).hasMessageContaining("nobody wrote policy-1-1.answer.md");

        assertThat(run.settings().model()).isEqualTo("relay:claude");
        assertThat(paths(run.directory())).isEmpty();
        assertThat(run.ledger().events().getLast().fields().path("message").asText())
                .contains("is kept in the run's folder;");
        assertThat(Models.relay(Path.of("/")).label()).isEqualTo("relay");
    }

    /** Files of a run that hold a path of this test. */
    private List<Path> paths(Path run) throws IOException {
        try (Stream<Path> files = Files.walk(run)) {
            List<Path> found = new ArrayList<>();
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!file.getFileName().toString().equals("lock")
                        && Files.readString(file, StandardCharsets.ISO_8859_1)
                                .contains(folder.toString())) {
                    found.add(file);
                }
            }
            return found;
        }
    }

    /** A source as an earlier version named it in the settings. */
    private static ModelSource named(String label, ModelSource source) {
        return new ModelSource() {
            @Override
            public String name() {
                return label;
            }

            @Override
            public LanguageModel open(RunContext run) {
                return source.open(run);
            }
        };
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
