package dev.promptpo.llm;

import static java.util.Objects.requireNonNull;

import dev.promptpo.llm.ModelReply.Answer;
import dev.promptpo.llm.Recording.Provenance;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;

/** The models that a run can ask. */
public final class Models {
    private Models() {}

    /**
     * The recording of the run's environment, preset and lifetime that comes with the project, with
     * at least as many candidates and rounds; of several the one whose episodes, seed and
     * candidates are the run's own. Looked for when the run opens it; needs no key and no network.
     */
    public static ModelSource replay() {
        return new RecordingFolder(Checkout::recordings);
    }

    /** A recording of one's own. */
    public static ModelSource replay(Path recording) {
        return new ReplaySource(requireNonNull(recording, "recording"));
    }

    /**
     * Each request is a file in a folder, answered by a file beside it, by any model or a person,
     * within two days.
     */
    public static ModelSource relay(Path folder) {
        return relay(folder, RelaySource.DEADLINE);
    }

    /** A relay that waits for each answer no longer than this. */
    public static ModelSource relay(Path folder, Duration deadline) {
        return new RelaySource(
                requireNonNull(folder, "folder"), requireNonNull(deadline, "deadline"));
    }

    /** A function in place of a model: for tests. */
    public static ModelSource scripted(Function<ModelRequest, String> replies) {
        requireNonNull(replies, "replies");
        return scriptedReplies(request -> Answer.of(replies.apply(request)));
    }

    /** A function in place of a model that also says how asking fails: for tests. */
    public static ModelSource scriptedReplies(Function<ModelRequest, ModelReply> replies) {
        return new ScriptedModel(replies);
    }

    /**
     * Keeps another model's replies in a recording, whole on the disk after every reply; one of the
     * same run that is there already is continued.
     *
     * @param provenance who answers; a blank date becomes today
     */
    public static ModelSource recorded(ModelSource source, Path recording, Provenance provenance) {
        return new RecordingSource(
                requireNonNull(source, "source"),
                requireNonNull(recording, "recording"),
                requireNonNull(provenance, "provenance"));
    }

    /**
     * A model by name, as a command line writes it: {@code replay}, {@code replay:PATH}, {@code
     * relay:FOLDER}.
     *
     * @throws IllegalArgumentException with one line that lists the forms
     */
    public static ModelSource parse(String name) {
        requireNonNull(name, "name");
        if (name.equals("replay")) {
            return replay();
        }
        int colon = name.indexOf(':');
        String kind = colon < 0 ? name : name.substring(0, colon);
        String rest = colon < 0 ? "" : name.substring(colon + 1);
        try {
            if (!rest.isBlank()) {
                switch (kind) {
                    case "replay" -> {
                        return replay(Path.of(rest));
                    }
                    case "relay" -> {
                        return relay(Path.of(rest));
                    }
                    default -> {}
                }
            }
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(rest + " is no path: " + e.getReason(), e);
        }
        throw new IllegalArgumentException(
                "expected a model such as replay, replay:PATH or relay:FOLDER, got " + name);
    }
}
