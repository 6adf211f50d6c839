package dev.promptpo.llm;

import dev.promptpo.llm.Recording.Header;
import java.nio.file.Path;

/** One recording, named by its file. */
record ReplaySource(Path file) implements ModelSource {
    /** Of a recording's digest: enough to tell all recordings apart. */
    private static final int DIGITS = 16;

    @Override
    public String name() {
        return "replay:" + file;
    }

    /** What the recording holds, whatever it is called: another one is another model. */
    @Override
    public String label() {
        return "replay:" + read().digest().substring(0, DIGITS);
    }

    @Override
    public LanguageModel open(RunContext run) {
        Recording recording = read();
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

    private Recording read() {
        try {
            return Recording.read(file);
        } catch (RecordingException e) {
            throw new ModelUnavailableException(e.getMessage(), e);
        }
    }
}
