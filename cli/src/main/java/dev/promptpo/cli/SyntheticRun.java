package dev.promptpo.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptpo.ledger.Ledger;
import dev.promptpo.ledger.RunDocument;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * A run's ledger as PromptPO writes it, with results that are drawn and not rolled out, for
 * measuring what reading costs. Equal seeds give equal runs. Prompts and sources are few and shared
 * among candidates; events are as many and as long as a real run's.
 */
final class SyntheticRun {
    private static final int HORIZON = 100;
    private static final int HELDOUT = 100;
    private static final int BLOCK = 25;
    private static final double FAILED = .1;

    private final int candidates;
    private final int rounds;
    private final int episodes;
    private final long seed;
    private final SplittableRandom random;

    private Ledger ledger;
    private String prompt = "";
    private String text = "";
    private String source = "";

    SyntheticRun(int candidates, int rounds, int episodes, long seed) {
        this.candidates = candidates;
        this.rounds = rounds;
        this.episodes = episodes;
        this.seed = seed;
        this.random = new SplittableRandom(seed);
    }

    /** Writes it into a folder that holds no run yet. */
    void write(Path folder) {
        RunDocument document =
                RunDocument.of("promptpo", settings(), Optional.empty(), specification());
        try (Ledger writer = Ledger.openUnforced(folder, document)) {
            ledger = writer;
            prompt = ledger.store("Write a policy. " + "The task in words. ".repeat(200));
            source = ledger.store("class Policy:\n    def act(self, obs):\n        return 0\n");
            text = ledger.store("A thought.\n```python\nclass Policy:\n    ...\n```\n");
            begin();
            int bestRound = 1;
            int bestCandidate = 1;
            double best = Double.NEGATIVE_INFINITY;
            for (int round = 1; round <= rounds; round++) {
                int winner = 1;
                double won = Double.NEGATIVE_INFINITY;
                for (int k = 1; k <= candidates; k++) {
                    Optional<Double> score = candidate(round, k);
                    if (score.isPresent() && score.get() > won) {
                        winner = k;
                        won = score.get();
                    }
                }
                if (won > best) {
                    best = won;
                    bestRound = round;
                    bestCandidate = winner;
                }
                close(round, winner, won);
            }
            measure(bestRound, bestCandidate);
            ObjectNode closed = object();
            closed.putObject("best")
                    .put("round", bestRound)
                    .put("candidate", bestCandidate)
                    .put("score", best);
            ledger.append("run_closed", closed);
            ledger.append("session_closed", object().put("reason", "finished").put("message", ""));
        }
    }

    private ObjectNode settings() {
        return object().put("environment", "Synthetic")
                .put("preset", "paper")
                .put("specification", "0".repeat(64))
                .put("model", "synthetic")
                .putNull("temperature")
                .put("max_output_tokens", 16_000)
                .put("prompts", 1)
                .put("candidates", candidates)
                .put("rounds", rounds)
                .put("episodes", episodes)
                .put("seed", seed)
                .put("repairs", 2)
                .put("feedback", true)
                .put("reflection", true)
                .put("heldout_episodes", HELDOUT)
                .put("lifetime", "episode");
    }

    /** Enough of one for tables: a score and references. */
    private static ObjectNode specification() {
        ObjectNode json =
                object().put("schema", 1)
                        .put("id", "Synthetic")
                        .put("gymnasium_id", "promptpo/Synthetic-v0")
                        .put("family", "synthetic")
                        .put("title", "Drawn, not rolled out")
                        .put("preset", "paper")
                        .put("policy_class", "SyntheticPolicy")
                        .put("horizon", HORIZON)
                        .put("discount", 1.0)
                        .put("lifetime", "episode")
                        .put("score", "return");
        json.putArray("observation");
        json.put("observation_size", 0).put("vector_size", 0);
        ObjectNode action = json.putObject("action").put("kind", "discrete").put("n", 2);
        List.of("names", "units", "shape", "low", "high").forEach(action::putArray);
        json.putObject("reward").put("text", "").put("source", "");
        json.put("termination", "");
        json.putObject("context").put("observation", "").put("policy", "").put("exploration", "");
        json.put("privileged", false);
        json.putObject("budget").put("candidates", 20).put("rounds", 20).put("episodes", 5);
        ObjectNode references = json.putObject("references");
        reference(references.putObject("random"), -100);
        reference(references.putObject("best"), 980);
        return json.put("digest", "0".repeat(64));
    }

    private static void reference(ObjectNode json, double value) {
        json.put("value", value)
                .putNull("low")
                .putNull("high")
                .put("kind", "exact")
                .put("source", "drawn");
    }

    private void begin() {
        ObjectNode fields = object().put("schema", RunDocument.SCHEMA);
        fields.putObject("versions").put("promptpo", "synthetic").put("java", "synthetic");
        fields.putObject("machine")
                .put("os", "none")
                .put("arch", "none")
                .put("processor", "none")
                .put("processors", 1);
        fields.put("isolation", "sandbox").put("workers", 1);
        fields.putObject("model")
                .put("kind", "synthetic")
                .put("model", "synthetic")
                .put("note", "");
        fields.putArray("in_flight");
        ledger.append("session_started", fields);
    }

    /** Empty where it failed. */
    private Optional<Double> candidate(int round, int k) {
        String role = "policy/" + round + "/" + k;
        ledger.append(
                "request_started",
                object().put("role", role)
                        .put("template", "policy/1")
                        .put("prompt_payload", prompt)
                        .put("fixed_payload", prompt));
        ObjectNode reply =
                object().put("role", role)
                        .put("outcome", "answer")
                        .put("text_payload", text)
                        .put("model", "synthetic");
        reply.putObject("usage")
                .put("input", 4000 + random.nextInt(2000))
                .put("cached_input", 3000)
                .put("output", 500 + random.nextInt(1500));
        reply.putObject("timing").put("latency_s", 5 + 20 * random.nextDouble());
        ledger.append("reply_received", reply);

        ObjectNode result = random.nextDouble() < FAILED ? failed() : completed(round, episodes);
        rollout("search/" + role, role, "search", episodes, result);
        ObjectNode fields = object().put("round", round).put("candidate", k);
        List<String> copied =
                List.of("outcome", "kind", "score", "returns", "lengths", "successes", "steps");
        copied.forEach(name -> {
            if (result.has(name)) {
                fields.set(name, result.get(name));
            }
        });
        fields.putArray("attempts")
                .addObject()
                .put("role", role)
                .put("text_payload", text)
                .put("source_payload", source)
                .set("result", result);
        ledger.append("candidate_finished", fields);
        return result.has("score") ? Optional.of(result.get("score").asDouble()) : Optional.empty();
    }

    private void close(int round, int winner, double score) {
        String role = "policy/" + round + "/" + winner;
        rollout("audit/" + role, role, "audit", episodes, completed(round, episodes));
        ObjectNode fields = object().put("round", round).put("winner", winner).put("score", score);
        fields.put("audit", "deterministic");
        ObjectNode feedback =
                fields.putObject("feedback")
                        .put("repairs", 0)
                        .put("given_up", false)
                        .put("note", "");
        ArrayNode summaries = feedback.putArray("summaries");
        for (int i = 0; i < episodes; i++) {
            summaries.add("The agent went from the start to the goal. ".repeat(10));
        }
        ledger.append("round_closed", fields);
    }

    private void measure(int round, int k) {
        String role = "policy/" + round + "/" + k;
        for (int from = 1; from <= HELDOUT; from += BLOCK) {
            rollout(
                    "heldout/" + role + "/" + from + "-" + (from + BLOCK - 1),
                    role,
                    "heldout",
                    BLOCK,
                    completed(round, BLOCK));
        }
        ObjectNode all = completed(round, HELDOUT);
        ObjectNode fields =
                object().put("purpose", "heldout").put("round", round).put("candidate", k);
        seeds(fields, HELDOUT);
        List.of("returns", "lengths", "successes", "score", "steps")
                .forEach(name -> fields.set(name, all.get(name)));
        ledger.append("evaluation", fields);
    }

    private void rollout(String name, String role, String purpose, int n, ObjectNode result) {
        ObjectNode started = rollout(name, role, purpose).put("source_payload", source);
        seeds(started, n);
        ledger.append("rollout_started", started.put("lockstep", 5));
        ObjectNode finished = rollout(name, role, purpose);
        finished.setAll(result);
        ledger.append("rollout_finished", finished);
    }

    private static ObjectNode rollout(String name, String role, String purpose) {
        return object().put("rollout", name).put("role", role).put("purpose", purpose);
    }

    private void seeds(ObjectNode fields, int n) {
        ArrayNode seeds = fields.putArray("seeds");
        for (int i = 0; i < n; i++) {
            seeds.add(random.nextLong(1L << 32));
        }
    }

    private ObjectNode failed() {
        ObjectNode json =
                object().put("outcome", "failed")
                        .put("kind", "EXCEPTION")
                        .put("phase", "act")
                        .put("message", "IndexError: list index out of range")
                        .put("traceback", "  File \"policy.py\", line 12, in act\n".repeat(5))
                        .put("episode", 0)
                        .put("step", random.nextInt(HORIZON));
        json.put("steps", json.get("step").asInt()).put("isolation", "sandbox");
        json.putObject("timing").put("seconds", random.nextDouble());
        return json;
    }

    private ObjectNode completed(int round, int n) {
        double level = 900.0 * round / (round + 2);
        List<Double> returns = new ArrayList<>();
        ObjectNode json = object().put("outcome", "completed");
        ArrayNode returned = json.putArray("returns");
        ArrayNode lengths = json.putArray("lengths");
        ArrayNode successes = json.putArray("successes");
        long steps = 0;
        for (int i = 0; i < n; i++) {
            double value = Math.rint(1000 * (level + 80 * random.nextDouble(-1, 1))) / 1000;
            int length = 1 + random.nextInt(HORIZON);
            returns.add(value);
            returned.add(value);
            lengths.add(length);
            successes.add(random.nextBoolean());
            steps += length;
        }
        json.put("score", returns.stream().mapToDouble(Double::doubleValue).average().orElse(0))
                .put("steps", steps)
                .put("actions_digest", "%064x".formatted(random.nextLong(Long.MAX_VALUE)))
                .put("isolation", "sandbox");
        json.putObject("timing")
                .put("seconds", random.nextDouble())
                .put("policy_cpu_s", random.nextDouble())
                .put("worker_cpu_s", random.nextDouble())
                .put("host", "none");
        return json;
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
