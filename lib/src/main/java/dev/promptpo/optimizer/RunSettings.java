package dev.promptpo.optimizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptpo.environment.EnvironmentSpec.Lifetime;
import dev.promptpo.ledger.RunDocument;
import dev.promptpo.llm.ModelSettings;
import dev.promptpo.prompt.ContextForm;
import dev.promptpo.prompt.Digests;
import dev.promptpo.prompt.History;
import dev.promptpo.prompt.PromptSettings;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Everything that decides what a run does.
 *
 * @param environment id of the environment
 * @param preset for example {@code paper}
 * @param specification digest of the environment's specification
 * @param model what tells the model apart, for example {@code replay} or {@code gemini:NAME}; no
 *     path ({@link dev.promptpo.llm.ModelSource#label})
 * @param temperature asked of the model; empty: the provider's default
 * @param maxOutputTokens largest reply asked for
 * @param prompts version of the prompt templates
 * @param candidates N, sampled in each round
 * @param rounds R
 * @param episodes E, that each candidate is rolled out for
 * @param seed of the run: all episode seeds derive from it
 * @param repairs that a candidate, and the {@code Feedback} class, may take
 * @param feedback whether a {@code Feedback} class tells of the winners' episodes
 * @param reflection whether the model compares each winner with the earlier ones
 * @param heldoutEpisodes episodes of the final measurement; 0: none
 * @param lifetime how long one policy object lives
 * @param promptSettings what enters the prompts
 * @param startSource a policy of one's own that the run starts from; empty: none
 * @param environmentCode digest of the files of an environment that a user registered; empty for
 *     others
 */
public record RunSettings(
        String environment,
        String preset,
        String specification,
        String model,
        OptionalDouble temperature,
        int maxOutputTokens,
        int prompts,
        int candidates,
        int rounds,
        int episodes,
        long seed,
        int repairs,
        boolean feedback,
        boolean reflection,
        int heldoutEpisodes,
        Lifetime lifetime,
        PromptSettings promptSettings,
        Optional<String> startSource,
        Optional<String> environmentCode) {

    /** SHA-256 of the settings: runs with the same one do the same. */
    public String digest() {
        return RunDocument.digest(toJson());
    }

    /** As {@code run.json} holds them. */
    public ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("environment", environment);
        json.put("preset", preset);
        json.put("specification", specification);
        json.put("model", model);
        if (temperature.isPresent()) {
            json.put("temperature", temperature.getAsDouble());
        } else {
            json.putNull("temperature");
        }
        json.put("max_output_tokens", maxOutputTokens);
        json.put("prompts", prompts);
        json.put("candidates", candidates);
        json.put("rounds", rounds);
        json.put("episodes", episodes);
        json.put("seed", seed);
        json.put("repairs", repairs);
        json.put("feedback", feedback);
        json.put("reflection", reflection);
        json.put("heldout_episodes", heldoutEpisodes);
        json.put("lifetime", lifetime.name().toLowerCase(Locale.ROOT));
        putPromptSettings(json);
        startSource.ifPresent(source -> json.put("start_source", source));
        environmentCode.ifPresent(digest -> json.put("environment_code", digest));
        return json;
    }

    /** Only what is not the default: a run without these settings keeps its digest. */
    private void putPromptSettings(ObjectNode json) {
        PromptSettings usual = PromptSettings.DEFAULT;
        if (!promptSettings.history().equals(usual.history())) {
            json.put("history", promptSettings.history().id());
        }
        if (promptSettings.context() != usual.context()) {
            json.put("context", promptSettings.context().id());
        }
        promptSettings.feedbackEpisodes().ifPresent(n -> json.put("feedback_episodes", n));
        promptSettings.feedbackSteps().ifPresent(n -> json.put("feedback_steps", n));
    }

    private static PromptSettings promptSettings(ObjectNode json) {
        PromptSettings usual = PromptSettings.DEFAULT;
        return new PromptSettings(
                History.parse(json.path("history").asText(usual.history().id())),
                ContextForm.parse(json.path("context").asText(usual.context().id())),
                positive(json.path("feedback_episodes")),
                positive(json.path("feedback_steps")));
    }

    private static OptionalInt positive(JsonNode node) {
        return node.isInt() ? OptionalInt.of(node.asInt()) : OptionalInt.empty();
    }

    /** Reads what {@link #toJson} wrote. */
    public static RunSettings fromJson(ObjectNode json) {
        return new RunSettings(
                json.path("environment").asText(),
                json.path("preset").asText(),
                json.path("specification").asText(),
                json.path("model").asText(),
                json.path("temperature").isNumber()
                        ? OptionalDouble.of(json.path("temperature").asDouble())
                        : OptionalDouble.empty(),
                json.path("max_output_tokens").asInt(),
                json.path("prompts").asInt(),
                json.path("candidates").asInt(),
                json.path("rounds").asInt(),
                json.path("episodes").asInt(),
                json.path("seed").asLong(),
                json.path("repairs").asInt(),
                json.path("feedback").asBoolean(),
                json.path("reflection").asBoolean(),
                json.path("heldout_episodes").asInt(),
                Lifetime.valueOf(json.path("lifetime").asText().toUpperCase(Locale.ROOT)),
                promptSettings(json),
                text(json, "start_source"),
                text(json, "environment_code"));
    }

    private static Optional<String> text(ObjectNode json, String key) {
        return Optional.of(json.path(key)).filter(JsonNode::isTextual).map(JsonNode::asText);
    }

    /** What rounds were played with, that a branch takes over: as a person reads it. */
    String taken() {
        return environment
                + " ("
                + preset
                + ", "
                + specification.substring(0, Math.min(8, specification.length()))
                + "), episodes "
                + episodes
                + ", seed "
                + seed
                + ", lifetime "
                + lifetime.name().toLowerCase(Locale.ROOT)
                + ", context "
                + promptSettings.context().id()
                + startSource
                        .map(source -> ", started from " + Digests.sha256(source).substring(0, 8))
                        .orElse("");
    }

    /** The same but for what the model is called. */
    RunSettings withModel(String name) {
        return new RunSettings(
                environment,
                preset,
                specification,
                name,
                temperature,
                maxOutputTokens,
                prompts,
                candidates,
                rounds,
                episodes,
                seed,
                repairs,
                feedback,
                reflection,
                heldoutEpisodes,
                lifetime,
                promptSettings,
                startSource,
                environmentCode);
    }

    ModelSettings modelSettings(java.time.Duration deadline) {
        return new ModelSettings(temperature, maxOutputTokens, deadline);
    }
}
