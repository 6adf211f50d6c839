package dev.promptpo.optimizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptpo.rollout.FailureKind;
import dev.promptpo.rollout.Isolation;
import dev.promptpo.rollout.RolloutResult;
import dev.promptpo.rollout.RolloutResult.Completed;
import dev.promptpo.rollout.RolloutResult.Failed;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * An event's fields from results and back. What differs between two machines that do the same lies
 * under {@code timing}.
 */
final class Fields {
    private Fields() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** A rollout's result; the trace is stored apart. */
    static void putResult(ObjectNode json, RolloutResult result) {
        json.put("outcome", result instanceof Completed ? "completed" : "failed");
        switch (result) {
            case Completed completed -> {
                putEpisodes(json, completed.returns(), completed.lengths(), completed.successes());
                json.put("score", completed.score());
                json.put("steps", completed.steps());
                json.put("actions_digest", completed.actionsDigest());
                json.put("isolation", completed.isolation().id());
                json.putObject("timing")
                        .put("seconds", completed.seconds())
                        .put("policy_cpu_s", completed.policyCpuSeconds())
                        .put("worker_cpu_s", completed.workerCpuSeconds())
                        .put("host", completed.host());
            }
            case Failed failed -> {
                json.put("kind", failed.kind().name());
                json.put("phase", failed.phase());
                json.put("message", failed.message());
                json.put("traceback", failed.traceback());
                json.put("episode", failed.episode());
                json.put("step", failed.step());
                json.put("steps", failed.steps());
                json.put("isolation", failed.isolation().id());
                json.putObject("timing")
                        .put("seconds", failed.seconds())
                        .put("host", failed.host());
            }
        }
    }

    static RolloutResult result(ObjectNode json) {
        JsonNode timing = json.path("timing");
        Isolation isolation =
                Isolation.valueOf(json.path("isolation").asText().toUpperCase(Locale.ROOT));
        if (json.path("outcome").asText().equals("completed")) {
            return new Completed(
                    doubles(json.path("returns")),
                    ints(json.path("lengths")),
                    successes(json.path("successes")),
                    number(json.path("score")),
                    json.path("steps").asLong(),
                    json.path("actions_digest").asText(),
                    isolation,
                    timing.path("seconds").asDouble(),
                    timing.path("policy_cpu_s").asDouble(),
                    timing.path("worker_cpu_s").asDouble(),
                    timing.path("host").asText(),
                    Optional.empty());
        }
        return new Failed(
                FailureKind.valueOf(json.path("kind").asText()),
                json.path("phase").asText(),
                json.path("message").asText(),
                json.path("traceback").asText(),
                json.path("episode").asInt(),
                json.path("step").asInt(),
                json.path("steps").asLong(),
                isolation,
                timing.path("seconds").asDouble(),
                timing.path("host").asText());
    }

    static void putEpisodes(
            ObjectNode json,
            List<Double> returns,
            List<Integer> lengths,
            List<Optional<Boolean>> successes) {
        ArrayNode returned = json.putArray("returns");
        returns.forEach(returned::add);
        ArrayNode lasted = json.putArray("lengths");
        lengths.forEach(lasted::add);
        ArrayNode succeeded = json.putArray("successes");
        for (Optional<Boolean> success : successes) {
            success.ifPresentOrElse(succeeded::add, succeeded::addNull);
        }
    }

    static List<Double> doubles(JsonNode array) {
        List<Double> values = new ArrayList<>(array.size());
        array.forEach(node -> values.add(number(node)));
        return values;
    }

    static List<Integer> ints(JsonNode array) {
        List<Integer> values = new ArrayList<>(array.size());
        array.forEach(node -> values.add(node.asInt()));
        return values;
    }

    static List<Long> longs(JsonNode array) {
        List<Long> values = new ArrayList<>(array.size());
        array.forEach(node -> values.add(node.asLong()));
        return values;
    }

    static List<String> texts(JsonNode array) {
        List<String> values = new ArrayList<>(array.size());
        array.forEach(node -> values.add(node.asText()));
        return values;
    }

    static List<Optional<Boolean>> successes(JsonNode array) {
        List<Optional<Boolean>> values = new ArrayList<>(array.size());
        array.forEach(node ->
                values.add(node.isNull() ? Optional.empty() : Optional.of(node.asBoolean())));
        return values;
    }

    /** JSON has no NaN or infinity: they are written as text. */
    static double number(JsonNode node) {
        return node.isTextual() ? Double.parseDouble(node.asText()) : node.asDouble();
    }
}
