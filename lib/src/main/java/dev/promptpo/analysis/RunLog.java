package dev.promptpo.analysis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.ledger.EventSelection;
import dev.promptpo.ledger.LedgerReader;
import dev.promptpo.ledger.RunDocument;
import dev.promptpo.optimizer.Intervention;
import dev.promptpo.optimizer.Steering;
import dev.promptpo.rollout.Purpose;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A run's events, sorted into what tables are made of. Events of a later version are left out. */
final class RunLog {
    /** Every event that a table is made of, whole. */
    static final EventSelection EVERYTHING =
            EventSelection.none()
                    .with("session_started")
                    .with("request_started")
                    .with("request_retried")
                    .with("reply_received")
                    .with("rollout_started")
                    .with("rollout_finished")
                    .with("candidate_finished")
                    .with("round_closed")
                    .with("evaluation")
                    .with("intervention")
                    .with("run_closed");

    /** What {@link #steering} and a chosen winner need of a table that wants few events. */
    static EventSelection steered(EventSelection wanted) {
        return wanted.with("intervention", "kind", "round", "candidate", "score", "audit");
    }

    private static final String POLICY = "policy/";
    private static final String REPAIR = "repair/";
    private static final String INSERTED = "inserted/";
    private static final Map<String, Purpose> PURPOSES =
            Arrays.stream(Purpose.values())
                    .collect(Collectors.toUnmodifiableMap(Purpose::id, Function.identity()));

    private final Path directory;
    private final RunDocument document;
    private final TreeMap<Place, ObjectNode> candidates = new TreeMap<>();
    private final TreeMap<Integer, ObjectNode> rounds = new TreeMap<>();
    private final List<ObjectNode> evaluations = new ArrayList<>();
    private final List<ObjectNode> interventions = new ArrayList<>();
    private final List<Request> requests = new ArrayList<>();
    private final Map<String, List<Long>> seeds = new HashMap<>();
    private final Map<Place, Long> candidateSteps = new HashMap<>();
    private final Set<Place> cutOffAt = new HashSet<>();
    private final Map<Purpose, Long> steps = new EnumMap<>(Purpose.class);
    private long inputTokens;
    private long outputTokens;
    private String model = "unknown";
    private boolean lowerBound;
    private boolean closed;
    private Optional<EnvironmentSpec> spec = Optional.empty();

    /** Round and number of a candidate, both from 1. */
    record Place(int round, int candidate) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            int byRound = Integer.compare(round, other.round);
            return byRound != 0 ? byRound : Integer.compare(candidate, other.candidate);
        }
    }

    /** One question to the model: how it began, and what came of it, if anything has yet. */
    record Request(String role, String template, Optional<ObjectNode> reply, int retries) {}

    private RunLog(Path directory, RunDocument document) {
        this.directory = directory;
        this.document = document;
    }

    /** Reads everything. */
    static RunLog read(Path directory) {
        return read(directory, EVERYTHING);
    }

    /**
     * Reads what is wanted: the rest is as if it had not happened.
     *
     * @param wanted of the events that {@link #EVERYTHING} has
     */
    static RunLog read(Path directory, EventSelection wanted) {
        LedgerReader ledger = LedgerReader.open(directory);
        RunLog log = new RunLog(ledger.directory(), ledger.run());
        LinkedHashMap<String, Request> open = new LinkedHashMap<>();
        ledger.visit(wanted, (type, fields) -> log.take(type, fields, open));
        log.requests.addAll(open.values());
        return log;
    }

    private void take(String type, ObjectNode fields, Map<String, Request> open) {
        String role = fields.path("role").asText();
        switch (type) {
            // A session that only measures a finished run asks no model.
            case "session_started" ->
                    model = fields.has("model") ? modelName(fields.path("model")) : model;
            case "request_started" -> {
                // The same role again: an earlier session was cut off before the reply came.
                Optional.ofNullable(open.remove(role)).ifPresent(requests::add);
                open.put(
                        role,
                        new Request(role, fields.path("template").asText(), Optional.empty(), 0));
            }
            case "request_retried" ->
                    open.computeIfPresent(
                            role,
                            (key, one) ->
                                    new Request(
                                            role, one.template(), one.reply(), one.retries() + 1));
            case "reply_received" -> {
                // What a branch took over its parent has paid for.
                if (!fields.has("parent_sequence")) {
                    inputTokens += fields.path("usage").path("input").asLong();
                    outputTokens += fields.path("usage").path("output").asLong();
                }
                Optional.ofNullable(open.remove(role))
                        .ifPresent(one ->
                                requests.add(
                                        new Request(
                                                role,
                                                one.template(),
                                                Optional.of(fields),
                                                one.retries())));
            }
            case "rollout_started" ->
                    seeds.put(fields.path("rollout").asText(), longs(fields.path("seeds")));
            case "rollout_finished" -> rolledOut(fields, role);
            case "candidate_finished" ->
                    candidates.put(
                            new Place(
                                    fields.path("round").asInt(), fields.path("candidate").asInt()),
                            fields);
            case "round_closed" -> rounds.put(fields.path("round").asInt(), fields);
            case "intervention" -> intervened(fields);
            case "evaluation" -> evaluations.add(fields);
            // One that a budget ended is not finished.
            case "run_closed" -> closed = !fields.path("ended").isObject();
            default -> {}
        }
    }

    /** A chosen candidate stands in the place of its round's winner. */
    private void intervened(ObjectNode fields) {
        interventions.add(fields);
        ObjectNode round = rounds.get(fields.path("round").asInt());
        if (round != null && fields.path("kind").asText().equals("choose")) {
            ObjectNode chosen = round.deepCopy();
            chosen.set("winner", fields.path("candidate"));
            chosen.set("score", fields.path("score"));
            chosen.set("audit", fields.path("audit"));
            rounds.put(fields.path("round").asInt(), chosen);
        }
    }

    /** What in the run a person decided. */
    Steering steering() {
        return new Steering(
                interventions.stream()
                        .map(done -> Intervention.Kind.parse(done.path("kind").asText()))
                        .toList(),
                document.parent());
    }

    /** What a person did, in order. */
    List<ObjectNode> interventions() {
        return Collections.unmodifiableList(interventions);
    }

    private void rolledOut(ObjectNode fields, String role) {
        Purpose purpose = purpose(fields.path("purpose").asText());
        long taken = fields.path("steps").asLong();
        boolean cutOff = fields.path("outcome").asText().equals("interrupted");
        lowerBound |= cutOff;
        steps.merge(purpose, taken, Long::sum);
        if (purpose == Purpose.SEARCH || purpose == Purpose.VALIDATION) {
            place(role)
                    .ifPresent(place -> {
                        candidateSteps.merge(place, taken, Long::sum);
                        if (cutOff) {
                            cutOffAt.add(place);
                        }
                    });
        }
    }

    /**
     * The candidate that a role belongs to: {@code policy/2/3}, {@code repair/2/3/1} or {@code
     * inserted/2/11}; {@code start}, the policy that a run starts from, is candidate 1 of round 0.
     */
    static Optional<Place> place(String role) {
        if (role.equals("start")) {
            return Optional.of(new Place(0, 1));
        }
        boolean repair = role.startsWith(REPAIR);
        boolean inserted = role.startsWith(INSERTED);
        if (!repair && !inserted && !role.startsWith(POLICY)) {
            return Optional.empty();
        }
        int round = (repair ? REPAIR : inserted ? INSERTED : POLICY).length();
        int candidate = role.indexOf('/', round) + 1;
        int end = repair ? role.indexOf('/', candidate) : role.length();
        // repair/feedback/1 belongs to no candidate
        return candidate == 0 || end < 0
                ? Optional.empty()
                : Optional.of(
                        new Place(
                                Integer.parseInt(role, round, candidate - 1, 10),
                                Integer.parseInt(role, candidate, end, 10)));
    }

    private static Purpose purpose(String id) {
        return Optional.ofNullable(PURPOSES.get(id))
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "expected a rollout's purpose, one of "
                                        + PURPOSES.keySet()
                                        + "; got '"
                                        + id
                                        + "'"));
    }

    private static String modelName(JsonNode model) {
        String name = model.path("model").asText("unknown");
        String kind = model.path("kind").asText();
        return kind.isEmpty() || kind.equals(name) ? name : kind + ": " + name;
    }

    /** Name of the run's folder. */
    String name() {
        return directory.toAbsolutePath().normalize().getFileName().toString();
    }

    RunDocument document() {
        return document;
    }

    ObjectNode settings() {
        return document.settings();
    }

    /** The environment as it was; empty for a run that kept none. */
    Optional<EnvironmentSpec> spec() {
        if (spec.isEmpty() && !document.specification().isEmpty()) {
            spec = Optional.of(EnvironmentSpec.fromJson(document.specification().toString()));
        }
        return spec;
    }

    /** Whether candidates are ranked by success and not by return. */
    boolean bySuccess() {
        return spec().map(EnvironmentSpec::score)
                .filter(EnvironmentSpec.Score.SUCCESS::equals)
                .isPresent();
    }

    String model() {
        return model;
    }

    boolean closed() {
        return closed;
    }

    /** Finished candidates in order of round and number. */
    Map<Place, ObjectNode> candidates() {
        return Collections.unmodifiableMap(candidates);
    }

    /** Closed rounds in order. */
    Map<Integer, ObjectNode> rounds() {
        return Collections.unmodifiableMap(rounds);
    }

    List<ObjectNode> evaluations() {
        return Collections.unmodifiableList(evaluations);
    }

    /** Of all replies. */
    long inputTokens() {
        return inputTokens;
    }

    /** Of all replies. */
    long outputTokens() {
        return outputTokens;
    }

    List<Request> requests() {
        return Collections.unmodifiableList(requests);
    }

    /** Seeds of a rollout, as it was started; empty where it was not. */
    List<Long> seeds(String rollout) {
        return seeds.getOrDefault(rollout, List.of());
    }

    /** Steps that choosing took for one candidate, its failed attempts included. */
    long steps(Place place) {
        return candidateSteps.getOrDefault(place, 0L);
    }

    /**
     * Whether a rollout of a candidate was cut off: of that one only the last reported steps are
     * known.
     */
    boolean lowerBound(Place place) {
        return cutOffAt.contains(place);
    }

    /** As {@link #lowerBound(Place)}, of any rollout of the run. */
    boolean lowerBound() {
        return lowerBound;
    }

    long steps(Purpose purpose) {
        return steps.getOrDefault(purpose, 0L);
    }

    long allSteps() {
        return steps.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Whether a candidate was inserted by a person: its last attempt's role says so. */
    static boolean inserted(JsonNode candidate) {
        JsonNode attempts = candidate.path("attempts");
        return attempts.path(attempts.size() - 1).path("role").asText().startsWith(INSERTED);
    }

    static OptionalDouble score(JsonNode fields) {
        JsonNode score = fields.path("score");
        return score.isNumber() || score.isTextual()
                ? OptionalDouble.of(number(score))
                : OptionalDouble.empty();
    }

    /** JSON has no NaN or infinity: the ledger writes them as text. */
    static double number(JsonNode node) {
        return node.isTextual() ? Double.parseDouble(node.asText()) : node.asDouble();
    }

    static double[] numbers(JsonNode array) {
        double[] values = new double[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = number(array.get(i));
        }
        return values;
    }

    private static List<Long> longs(JsonNode array) {
        List<Long> values = new ArrayList<>(array.size());
        array.forEach(node -> values.add(node.asLong()));
        return values;
    }
}
