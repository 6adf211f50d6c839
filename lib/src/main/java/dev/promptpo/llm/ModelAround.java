package dev.promptpo.llm;

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
    public void close() {
        model.close();
    }
}
