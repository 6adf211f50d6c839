package dev.promptpo.llm;

import dev.promptpo.llm.Recording.Entry;
import dev.promptpo.llm.Recording.Header;
import dev.promptpo.llm.Recording.Provenance;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * Keeps what another model answers in a recording, whole on the disk after every reply. A recording
 * of the same run that is there already is continued.
 */
final class RecordingModel extends ModelAround {
    private final Path file;
    private final Object lock = new Object();
    private Recording recording;

    RecordingModel(LanguageModel model, RunContext run, Path file, Provenance provenance) {
        super(model);
        this.file = file;
        Header header = Header.of(run);
        if (Files.exists(file)) {
            recording = Recording.read(file);
            if (!recording.run().equals(header)) {
                throw new ModelUnavailableException(
                        file
                                + " is a recording of another run ("
                                + recording.run().summary()
                                + "; this one is "
                                + header.summary()
                                + "): name another file");
            }
        } else {
            recording =
                    new Recording(
                            header, dated(provenance), java.util.Collections.emptySortedMap());
        }
    }

    @Override
    public ModelReply ask(ModelRequest request) throws InterruptedException {
        ModelReply reply = model.ask(request);
        if (Recording.keeps(reply)) {
            synchronized (lock) {
                recording = recording.with(request.role(), new Entry(request.prompt(), reply));
                recording.write(file);
            }
        }
        return reply;
    }

    private static Provenance dated(Provenance provenance) {
        return provenance.date().isBlank()
                ? new Provenance(
                        provenance.answeredBy(),
                        provenance.through(),
                        provenance.model(),
                        LocalDate.now(ZoneOffset.UTC).toString(),
                        provenance.settings(),
                        provenance.note())
                : provenance;
    }
}
