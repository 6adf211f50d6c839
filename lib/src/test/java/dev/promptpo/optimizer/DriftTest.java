package dev.promptpo.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptpo.llm.ModelSource;
import dev.promptpo.llm.Models;
import dev.promptpo.llm.Recording.Provenance;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DriftTest {
    private static final Provenance PROVENANCE =
            new Provenance("a script", "scripted", "scripted", "", Map.of(), "for a test");

    @TempDir Path folder;

    @Test
    void aReplayWithOtherMeasurementsIsStamped() {
        Path file = folder.resolve("recording.json");
        plan("run", Script.good().model()).run().recording(PROVENANCE).write(file);
        Run replayed =
                plan("other", Models.replay(file))
                        .seeds((seed, stage, round, n) ->
                                LongStream.range(1, n + 1).boxed().toList())
                        .run();
        // round 2 asks with other returns in its history: three policies and a reflection
        assertThat(replayed.usage().drifted()).isEqualTo(4);
    }

    private PromptPO plan(String name, ModelSource model) {
        return PromptPO.on(LineSpec.spec())
                .model(model)
                .engine(new LineEngine())
                .seeds((seed, stage, round, n) -> LongStream.range(0, n).boxed().toList())
                .heldoutEpisodes(3)
                .directory(folder.resolve(name));
    }
}
