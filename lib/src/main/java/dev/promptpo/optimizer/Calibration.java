package dev.promptpo.optimizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptpo.ledger.Event;
import dev.promptpo.ledger.LedgerException;
import dev.promptpo.ledger.LedgerReader;
import dev.promptpo.llm.TokenCount;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What earlier runs of a folder tell about one that is planned: from those of the same model how
 * long its replies are and take, from those of the same environment and preset how long episodes
 * last and how fast they are.
 */
final class Calibration {
    /** The newest runs say most, and opening all of a large folder would take long. */
    private static final int RUNS = 20;

    /** What a request is for; from the first part of its role. */
    enum Kind {
        POLICY,
        REPAIR,
        FEEDBACK,
        REFLECTION;

        static Kind of(String role) {
            return valueOf(role.split("/", 2)[0].toUpperCase(Locale.ROOT));
        }
    }

    private final Map<Kind, List<Double>> outputTokens = new EnumMap<>(Kind.class);
    private final List<Double> latencies = new ArrayList<>();
    private final List<Double> repairs = new ArrayList<>();
    private final List<Double> tokenRatios = new ArrayList<>();
    private final List<Double> episodeSteps = new ArrayList<>();
    private final List<Double> stepSeconds = new ArrayList<>();
    private final List<Double> summaryTokens = new ArrayList<>();
    private final List<String> ofModel = new ArrayList<>();
    private final List<String> ofEnvironment = new ArrayList<>();

    private Calibration() {}

    /**
     * Reads the runs of some folders; one that cannot be read is left out.
     *
     * @param folders of runs; need not exist
     */
    static Calibration of(Set<Path> folders, RunSettings planned) {
        Calibration calibration = new Calibration();
        for (LedgerReader run : newest(folders)) {
            try {
                calibration.take(run, planned);
            } catch (LedgerException | IllegalArgumentException e) {
                // A broken run is for `runs verify` to tell of; others say enough.
            }
        }
        return calibration;
    }

    /** Tokens of a reply, as the provider counted them, else counted near enough. */
    Optional<Range> outputTokens(Kind kind) {
        return range(outputTokens.getOrDefault(kind, List.of()));
    }

    /** Seconds until a reply came. */
    List<Double> latencies() {
        return latencies;
    }

    /** Repairs of a candidate, on average. */
    Optional<Double> repairsPerCandidate() {
        return mean(repairs);
    }

    /** The provider's count of a prompt for each token that {@link TokenCount} finds. */
    Optional<Double> tokenRatio() {
        return mean(tokenRatios);
    }

    /** Steps of a candidate, failed attempts included, for each of its episodes. */
    Optional<Range> episodeSteps() {
        return range(episodeSteps);
    }

    /** Seconds of a step in one worker. */
    Optional<Range> stepSeconds() {
        return range(stepSeconds);
    }

    /** Tokens of the summary of one episode. */
    Optional<Range> summaryTokens() {
        return range(summaryTokens);
    }

    /** Names of the runs that the model's numbers are from. */
    List<String> ofModel() {
        return ofModel;
    }

    /** Names of the runs that the environment's numbers are from. */
    List<String> ofEnvironment() {
        return ofEnvironment;
    }

    private static List<LedgerReader> newest(Set<Path> folders) {
        List<LedgerReader> found = new ArrayList<>();
        folders.stream().filter(Files::isDirectory).forEach(runs -> collect(runs, found));
        found.sort(Comparator.comparing((LedgerReader run) -> run.run().created()).reversed());
        return found;
    }

    private static void collect(Path runs, List<LedgerReader> found) {
        try (Stream<Path> folders = Files.list(runs)) {
            for (Path folder : folders.filter(f -> Files.exists(f.resolve("run.json"))).toList()) {
                try {
                    found.add(LedgerReader.open(folder));
                } catch (LedgerException e) {
                    // not a run that this version can read
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list the runs in " + runs, e);
        }
    }

    private void take(LedgerReader run, RunSettings planned) {
        RunSettings settings = RunSettings.fromJson(run.run().settings());
        boolean model = settings.model().equals(planned.model()) && ofModel.size() < RUNS;
        boolean environment =
                settings.environment().equals(planned.environment())
                        && settings.preset().equals(planned.preset())
                        && ofEnvironment.size() < RUNS;
        if (!model && !environment) {
            return;
        }
        int replies = outputTokens.values().stream().mapToInt(List::size).sum();
        int candidates = episodeSteps.size();
        Map<String, String> prompts = new HashMap<>();
        for (Event event : run.events()) {
            ObjectNode fields = event.fields();
            switch (event.type()) {
                case EventTypes.REQUEST_STARTED ->
                        prompts.put(
                                fields.path("role").asText(),
                                fields.path("prompt_payload").asText());
                case EventTypes.REPLY_RECEIVED -> {
                    if (model && fields.path("outcome").asText().equals("answer")) {
                        reply(run, fields, prompts.get(fields.path("role").asText()));
                    }
                }
                case EventTypes.CANDIDATE_FINISHED -> {
                    if (model) {
                        repairs.add(Math.max(0.0, fields.path("attempts").size() - 1));
                    }
                    if (environment && fields.path("outcome").asText().equals("completed")) {
                        episodeSteps.add(
                                fields.path("steps").asDouble() / fields.path("returns").size());
                    }
                }
                case EventTypes.ROLLOUT_FINISHED -> {
                    double seconds = fields.path("timing").path("seconds").asDouble();
                    long steps = fields.path("steps").asLong();
                    if (environment && steps > 0 && seconds > 0) {
                        stepSeconds.add(seconds / steps);
                    }
                }
                case EventTypes.ROUND_CLOSED -> {
                    if (environment) {
                        for (JsonNode summary : fields.path("feedback").path("summaries")) {
                            summaryTokens.add((double) TokenCount.approximate(summary.asText()));
                        }
                    }
                }
                default -> {
                    // nothing that an estimate is made of
                }
            }
        }
        String name = String.valueOf(run.directory().getFileName());
        if (outputTokens.values().stream().mapToInt(List::size).sum() > replies) {
            ofModel.add(name);
        }
        if (episodeSteps.size() > candidates) {
            ofEnvironment.add(name);
        }
    }

    private void reply(LedgerReader run, ObjectNode fields, String prompt) {
        JsonNode usage = fields.path("usage");
        String text = run.payloadText(fields.path("text_payload").asText());
        long output = usage.path("output").asLong();
        outputTokens
                .computeIfAbsent(Kind.of(fields.path("role").asText()), kind -> new ArrayList<>())
                .add(output > 0 ? (double) output : TokenCount.approximate(text));
        latencies.add(fields.path("timing").path("latency_s").asDouble());
        if (usage.path("input").asLong() > 0 && prompt != null) {
            tokenRatios.add(
                    usage.path("input").asDouble()
                            / TokenCount.approximate(run.payloadText(prompt)));
        }
    }

    private static Optional<Range> range(List<Double> seen) {
        return seen.isEmpty() ? Optional.empty() : Optional.of(Range.of(seen));
    }

    private static Optional<Double> mean(List<Double> seen) {
        return seen.isEmpty()
                ? Optional.empty()
                : Optional.of(seen.stream().mapToDouble(d -> d).average().getAsDouble());
    }
}
