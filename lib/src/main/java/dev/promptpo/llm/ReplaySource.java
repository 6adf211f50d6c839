package dev.promptpo.llm;

import dev.promptpo.llm.Recording.Header;
import java.nio.file.Path;

/** One recording, named by its file. */
record ReplaySource(Path file) implements ModelSource {

    @Override
    public String name() {
        return "replay:" + file;
    }

    @Override
    public LanguageModel open(RunContext run) {
        Recording recording;
        try {
            recording = Recording.read(file);
        } catch (RecordingException e) {
            throw new ModelUnavailableException(e.getMessage(), e);
        }
        Header recorded = recording.run();
        RecordingFolder.misfit(recorded, run)
                .ifPresent(why -> {
                    throw new ModelUnavailableException(
                            "the recording "
                                    + file
                                    + " ("
                                    + recorded.summary()
                                    + ", lifetime "
                                    + recorded.lifetime()
                                    + ") "
                                    + why);
                });
        return new ReplayModel(file, recording);
    }
}
