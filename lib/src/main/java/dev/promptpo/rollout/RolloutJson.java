package dev.promptpo.rollout;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptpo.environment.EnvironmentSpec.Lifetime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The documents that go to the pool and come back. */
final class RolloutJson {

    // A return may be infinite or not a number: Python writes Infinity and NaN. A source may hold
    // half a surrogate pair, which only an escape carries through UTF-8.
    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                    .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                    .build();

    private RolloutJson() {}

    static String request(RolloutRequest request, String environment, Map<String, Double> limits) {
        ObjectNode json = JSON.createObjectNode();
        json.put("type", "rollout")
                .put("environment", environment)
                .put("preset", request.preset())
                .put("source", request.source())
                .put("policy_class", request.policyClass())
                .put("lifetime", request.lifetime() == Lifetime.EPISODE ? "episode" : "candidate")
                .put("lockstep", request.lockstep())
                .put("trace", request.trace())
                .put("anonymous", request.anonymous())
                .put("purpose", request.purpose().id());
        ArrayNode seeds = json.putArray("seeds");
        request.seeds().forEach(seeds::add);
        ObjectNode limited = json.putObject("limits");
        limits.forEach(limited::put);
        request.limits().forEach(limited::put);
        return text(json);
    }

    static String request(FeedbackRequest request, String environment, Map<String, Double> limits) {
        ObjectNode json = JSON.createObjectNode();
        json.put("type", "feedback")
                .put("environment", environment)
                .put("preset", request.preset())
                .put("source", request.source())
                .put("anonymous", request.anonymous());
        ObjectNode trace = json.putObject("trace");
        ArrayNode rows = trace.putArray("rows");
        request.trace().rows().forEach(rows::add);
        trace.put("observation", request.trace().observation())
                .put("action", request.trace().action());
        limits.forEach(json.putObject("limits")::put);
        return text(json);
    }

    /** Reads a document of the pool. */
    static ObjectNode read(String json) {
        try {
            return JSON.readValue(json, ObjectNode.class);
        } catch (JsonProcessingException e) {
            throw new RolloutEngineException(
                    "the rollout pool sent what is no JSON object: " + e.getOriginalMessage(), e);
        }
    }

    /** Reads a document whose values are texts, such as versions. */
    static SortedMap<String, String> texts(String json) {
        TreeMap<String, String> texts = new TreeMap<>();
        read(json).properties().forEach(each -> texts.put(each.getKey(), each.getValue().asText()));
        return Collections.unmodifiableSortedMap(texts);
    }

    static RolloutResult rolloutResult(JsonNode json, byte[] blob) {
        long steps = needed(json, "steps").asLong();
        Isolation isolation = isolation(json);
        double seconds = needed(json, "seconds").asDouble();
        if (failed(json)) {
            return new RolloutResult.Failed(
                    kind(json),
                    needed(json, "phase").asText(),
                    needed(json, "message").asText(),
                    needed(json, "traceback").asText(),
                    needed(json, "episode").asInt(),
                    needed(json, "step").asInt(),
                    steps,
                    isolation,
                    seconds,
                    needed(json, "host").asText());
        }
        return new RolloutResult.Completed(
                list(json, "returns").stream().map(JsonNode::asDouble).toList(),
                list(json, "lengths").stream().map(JsonNode::asInt).toList(),
                list(json, "successes").stream()
                        .map(node -> Optional.of(node).filter(n -> !n.isNull()))
                        .map(node -> node.map(JsonNode::asBoolean))
                        .toList(),
                needed(json, "score").asDouble(),
                steps,
                needed(json, "actions_digest").asText(),
                isolation,
                seconds,
                needed(json, "policy_cpu_seconds").asDouble(),
                needed(json, "worker_cpu_seconds").asDouble(),
                needed(json, "host").asText(),
                trace(json, blob));
    }

    static FeedbackResult feedbackResult(JsonNode json, byte[] blob) {
        if (failed(json)) {
            return new FeedbackResult.Failed(
                    kind(json),
                    needed(json, "phase").asText(),
                    needed(json, "message").asText(),
                    needed(json, "traceback").asText());
        }
        return new FeedbackResult.Completed(
                list(json, "summaries").stream().map(JsonNode::asText).toList());
    }

    /** Whether the result was decided by the wall clock, which another try may change. */
    static boolean decidedByWallClock(JsonNode json) {
        return failed(json) && json.path("wall").asBoolean();
    }

    private static boolean failed(JsonNode json) {
        return switch (needed(json, "outcome").asText()) {
            case "completed" -> false;
            case "failed" -> true;
            default ->
                    throw new RolloutEngineException(
                            "the rollout pool sent an unknown outcome: " + json.get("outcome"));
        };
    }

    private static FailureKind kind(JsonNode json) {
        String name = needed(json, "kind").asText();
        try {
            return FailureKind.valueOf(name);
        } catch (IllegalArgumentException e) {
            throw new RolloutEngineException(
                    "the rollout pool sent an unknown kind of failure: " + name, e);
        }
    }

    private static Isolation isolation(JsonNode json) {
        return Isolation.valueOf(needed(json, "isolation").asText().toUpperCase(Locale.ROOT));
    }

    private static Optional<Trace> trace(JsonNode json, byte[] blob) {
        if (!json.hasNonNull("trace")) {
            return Optional.empty();
        }
        JsonNode described = json.get("trace");
        return Optional.of(
                new Trace(
                        list(described, "rows").stream().map(JsonNode::asInt).toList(),
                        needed(described, "observation").asInt(),
                        needed(described, "action").asInt(),
                        blob));
    }

    private static List<JsonNode> list(JsonNode json, String key) {
        List<JsonNode> nodes = new ArrayList<>();
        needed(json, key).forEach(nodes::add);
        return nodes;
    }

    private static JsonNode needed(JsonNode json, String key) {
        JsonNode node = json.get(key);
        if (node == null) {
            throw new RolloutEngineException(
                    "the rollout pool sent a document without " + key + ": " + json);
        }
        return node;
    }

    private static String text(ObjectNode json) {
        try {
            return JSON.writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree is always JSON", e);
        }
    }
}
