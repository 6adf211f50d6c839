package dev.promptpo.llm;

import static java.util.Objects.requireNonNull;

import dev.promptpo.llm.ModelReply.Answer;
import java.util.function.Function;

/** The models that a run can ask. */
public final class Models {
    private Models() {}

    /** A function in place of a model: for tests. */
    public static ModelSource scripted(Function<ModelRequest, String> replies) {
        requireNonNull(replies, "replies");
        return scriptedReplies(request -> Answer.of(replies.apply(request)));
    }

    /** A function in place of a model that also says how asking fails: for tests. */
    public static ModelSource scriptedReplies(Function<ModelRequest, ModelReply> replies) {
        return new ScriptedModel(replies);
    }
}
