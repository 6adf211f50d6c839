package dev.promptpo.llm;

import static java.util.Objects.requireNonNull;

import java.util.function.Function;

/** Answers from a function. Open for every run, no state of its own. */
record ScriptedModel(Function<ModelRequest, ModelReply> replies)
        implements ModelSource, LanguageModel {

    ScriptedModel {
        requireNonNull(replies, "replies");
    }

    @Override
    public String name() {
        return "scripted";
    }

    @Override
    public LanguageModel open(RunContext run) {
        return this;
    }

    @Override
    public ModelReply ask(ModelRequest request) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return requireNonNull(replies.apply(request), "a scripted model's reply");
    }

    @Override
    public ModelIdentity identity() {
        return new ModelIdentity("scripted", "scripted", "");
    }
}
