package dev.promptpo.llm;

import dev.promptpo.llm.Recording.Provenance;
import java.nio.file.Path;
import java.util.List;

/** Answers from a recording. */
final class ReplayModel implements LanguageModel {
    private final Path file;
    private final Recording recording;

    ReplayModel(Path file, Recording recording) {
        this.file = file;
        this.recording = recording;
    }

    @Override
    public ModelReply ask(ModelRequest request) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return recording.reply(request);
    }

    @Override
    public List<Recording.Steered> steered() {
        return recording.steered();
    }

    @Override
    public ModelIdentity identity() {
        Provenance from = recording.provenance();
        return new ModelIdentity(
                "replay",
                from.model(),
                "recording "
                        + file.getFileName()
                        + " of "
                        + from.date()
                        + ", answered by "
                        + from.answeredBy()
                        + " through "
                        + from.through());
    }
}
