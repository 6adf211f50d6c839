package dev.promptpo.llm;

import java.util.List;

/** A model around another one, to which it leaves all but the asking. */
abstract class ModelAround implements LanguageModel {
    final LanguageModel model;

    ModelAround(LanguageModel model) {
        this.model = model;
    }

    @Override
    public final ModelIdentity identity() {
        return model.identity();
    }

    @Override
    public final List<Recording.Steered> steered() {
        return model.steered();
    }

    @Override
    public void close() {
        model.close();
    }
}
