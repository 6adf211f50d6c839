package dev.promptpo.llm;

import static java.util.Objects.requireNonNull;

import dev.promptpo.llm.ModelReply.Answer;
import dev.promptpo.llm.Recording.Provenance;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The models that a run can ask. */
public final class Models {
    private static final Pattern ELSEWHERE = Pattern.compile("(?<model>.*?)@(?<url>https?://.*)");

    private Models() {}

    /**
     * The recording of the run's environment, preset and lifetime that comes with the project, with
     * at least as many candidates and rounds; of several the one whose episodes, seed and
     * candidates are the run's own. Looked for when the run opens it; needs no key and no network.
     */
    public static ModelSource replay() {
        return new RecordingFolder(RecordingFolder::ofCheckout);
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

    /** A Gemini model; key in {@code GEMINI_API_KEY} or {@code GOOGLE_API_KEY}. */
    public static ProviderSource gemini(String model) {
        return provider(ProviderKind.GEMINI, model);
    }

    /** An OpenAI model; key in {@code OPENAI_API_KEY}. */
    public static ProviderSource openai(String model) {
        return provider(ProviderKind.OPENAI, model);
    }

    /**
     * A model of a server with OpenAI's interface, such as vLLM, llama.cpp or Ollama. If {@code
     * OPENAI_API_KEY} is set it is sent there, but never over plain HTTP to another machine.
     *
     * @param baseUrl up to and with {@code /v1}, for example {@code http://localhost:8000/v1}
     */
    public static ProviderSource openai(String model, String baseUrl) {
        return ProviderSource.of(ProviderKind.OPENAI, model, baseUrl);
    }

    /** An Anthropic model; key in {@code ANTHROPIC_API_KEY}. */
    public static ProviderSource anthropic(String model) {
        return provider(ProviderKind.ANTHROPIC, model);
    }

    /** A model of the Ollama server on this machine, port 11434; needs no key. */
    public static ProviderSource ollama(String model) {
        return provider(ProviderKind.OLLAMA, model);
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
     * same run that is there already is continued. It does not hold what a person did to steer the
     * run; {@link Recording#of} does.
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
     * relay:FOLDER}, or {@code gemini:NAME}, {@code openai:NAME}, {@code anthropic:NAME}, {@code
     * ollama:NAME}, each of these with {@code @URL} after the name for a server elsewhere.
     *
     * @throws IllegalArgumentException with one line that says what is expected
     */
    public static ModelSource parse(String name) {
        requireNonNull(name, "name");
        if (name.equals("replay")) {
            return replay();
        }
        int colon = name.indexOf(':');
        String kind = colon < 0 ? name : name.substring(0, colon);
        String rest = colon < 0 ? "" : name.substring(colon + 1);
        if (!rest.isBlank()) {
            switch (kind) {
                case "replay" -> {
                    return replay(path(rest));
                }
                case "relay" -> {
                    return relay(path(rest));
                }
                default -> {
                    for (ProviderKind provider : ProviderKind.values()) {
                        if (provider.word().equals(kind)) {
                            return provider(provider, rest);
                        }
                    }
                }
            }
        }
        throw new IllegalArgumentException(
                "expected a model such as replay, replay:PATH, relay:FOLDER, gemini:NAME,"
                        + " openai:NAME, openai:NAME@http://localhost:8000/v1, anthropic:NAME or"
                        + " ollama:NAME, got "
                        + (name.isBlank() ? "none" : name));
    }

    /** A name may hold an at sign of its own; one before a URL ends it. */
    private static ProviderSource provider(ProviderKind kind, String name) {
        Matcher elsewhere = ELSEWHERE.matcher(requireNonNull(name, "model"));
        return elsewhere.matches()
                ? ProviderSource.of(kind, elsewhere.group("model"), elsewhere.group("url"))
                : ProviderSource.of(kind, name, kind.baseUrl());
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(text + " is no path: " + e.getReason(), e);
        }
    }
}
