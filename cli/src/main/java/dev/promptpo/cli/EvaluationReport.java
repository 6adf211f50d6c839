package dev.promptpo.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.environment.ReferenceKind;
import dev.promptpo.rollout.RolloutResult;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What {@code evaluate} prints. The JSON document's keys are fixed. */
final class EvaluationReport {
    private static final ObjectMapper JSON = new ObjectMapper();

    private EvaluationReport() {}

    static String json(EnvironmentSpec spec, long seed, RolloutResult result) {
        ObjectNode document = JSON.createObjectNode();
        document.put("environment", spec.id());
        ArrayNode returns = JSON.createArrayNode();
        ArrayNode lengths = JSON.createArrayNode();
        ArrayNode successes = JSON.createArrayNode();
        switch (result) {
            case RolloutResult.Completed done -> {
                document.put("outcome", "completed");
                document.putNull("kind").putNull("message").putNull("traceback");
                done.returns().forEach(returns::add);
                done.lengths().forEach(lengths::add);
                for (Optional<Boolean> success : done.successes()) {
                    success.ifPresentOrElse(successes::add, successes::addNull);
                }
                document.set("returns", returns);
                document.set("lengths", lengths);
                document.set("successes", successes);
                document.put("score", done.score());
            }
            case RolloutResult.Failed failed -> {
                document.put("outcome", "failed");
                document.put("kind", failed.kind().name());
                document.put("message", failed.message());
                document.put("traceback", failed.traceback());
                document.set("returns", returns);
                document.set("lengths", lengths);
                document.set("successes", successes);
                document.putNull("score");
            }
        }
        document.put("steps", result.steps());
        document.put("seconds", result.seconds());
        document.put("isolation", result.isolation().id());
        document.put("seed", seed);
        try {
            return JSON.writeValueAsString(document);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree always becomes text", e);
        }
    }

    static void text(
            EnvironmentSpec spec,
            long seed,
            List<Long> seeds,
            RolloutResult result,
            PrintWriter out) {
        out.printf(
                "%s (%s%s), seed %d, isolation %s%n%n",
                spec.id(),
                spec.preset(),
                spec.privileged() ? ", privileged observation" : "",
                seed,
                result.isolation().id());
        switch (result) {
            case RolloutResult.Completed done -> completed(spec, seeds, done, out);
            case RolloutResult.Failed failed -> failed(failed, out);
        }
    }

    private static void completed(
            EnvironmentSpec spec, List<Long> seeds, RolloutResult.Completed done, PrintWriter out) {
        out.printf("%8s %12s %14s %8s  %s%n", "episode", "seed", "return", "length", "success");
        for (int i = 0; i < done.returns().size(); i++) {
            out.printf(
                    Locale.ROOT,
                    "%8d %12d %14.4f %8d  %s%n",
                    i + 1,
                    seeds.get(i),
                    done.returns().get(i),
                    done.lengths().get(i),
                    done.successes().get(i).map(s -> s ? "yes" : "no").orElse("-"));
        }
        double mean =
                done.returns().stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        out.printf(Locale.ROOT, "%nmean return %.4f over %d episodes", mean, done.returns().size());
        if (spec.score() == EnvironmentSpec.Score.SUCCESS) {
            out.printf(Locale.ROOT, ", success rate %.3f", done.score());
        }
        spec.references()
                .random()
                .ifPresent(r -> out.printf(Locale.ROOT, "; random policy %.2f", r.value()));
        spec.references()
                .best()
                .ifPresent(r ->
                        out.printf(
                                Locale.ROOT,
                                "; %s %.2f",
                                r.kind() == ReferenceKind.EXACT ? "optimum" : "best known",
                                r.value()));
        out.printf(Locale.ROOT, "%n%d steps in %.2f s%n", done.steps(), done.seconds());
    }

    private static void failed(RolloutResult.Failed failed, PrintWriter out) {
        out.printf("The policy failed: %s in %s", failed.kind(), failed.phase());
        if (failed.episode() >= 0) {
            out.printf(", episode %d, step %d", failed.episode() + 1, failed.step() + 1);
        }
        out.printf("%n  %s%n", failed.message());
        if (!failed.traceback().isBlank()) {
            out.println();
            out.println(failed.traceback().stripTrailing());
        }
    }
}
