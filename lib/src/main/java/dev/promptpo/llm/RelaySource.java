package dev.promptpo.llm;

import java.nio.file.Path;
import java.time.Duration;

/** A folder in which requests are answered by files; see {@link RelayModel}. */
record RelaySource(Path folder, Duration deadline) implements ModelSource {
    /** Someone may sleep over it. */
    static final Duration DEADLINE = Duration.ofDays(2);

    @Override
    public String name() {
        return "relay:" + folder;
    }

    /** The folder's own name, by which its owner tells models apart, without where it lies. */
    @Override
    public String label() {
        Path name = folder.toAbsolutePath().normalize().getFileName();
        return name == null ? "relay" : "relay:" + name;
    }

    @Override
    public LanguageModel open(RunContext run) {
        return RelayModel.open(folder, run, deadline);
    }
}
