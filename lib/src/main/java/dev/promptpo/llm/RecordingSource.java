package dev.promptpo.llm;

import dev.promptpo.llm.Recording.Provenance;
import java.nio.file.Path;

/** Another source whose replies are kept in a recording. */
record RecordingSource(ModelSource source, Path file, Provenance provenance)
        implements ModelSource {

    @Override
    public String name() {
        return source.name();
    }

    @Override
    public String label() {
        return source.label();
    }

    @Override
    public int atOnce(int candidates) {
        return source.atOnce(candidates);
    }

    @Override
    public LanguageModel open(RunContext run) {
        LanguageModel model = source.open(run);
        try {
            return new RecordingModel(model, run, file, provenance);
        } catch (RecordingException e) {
            model.close();
            throw new ModelUnavailableException(e.getMessage(), e);
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }
}
