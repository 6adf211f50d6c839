package dev.promptpo.optimizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptpo.ledger.Event;
import dev.promptpo.ledger.LedgerReader;
import dev.promptpo.llm.Meter;
import dev.promptpo.llm.ModelReply;
import dev.promptpo.llm.ModelReply.Effect;
import dev.promptpo.llm.Spending;
import dev.promptpo.llm.TokenUsage;
import dev.promptpo.rollout.FailureKind;
import dev.promptpo.rollout.FeedbackResult;
import dev.promptpo.rollout.Purpose;
import dev.promptpo.rollout.RolloutResult;
import dev.promptpo.rollout.Trace;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a run knows: its events, folded. The same fold serves a live run and one that is opened
 * again, so both know the same. Safe for use by many threads.
 */
final class RunState {
    private final LedgerReader ledger;
    private final Optional<Run> run;
    private final Map<String, Reply> replies = new HashMap<>();
    private final Map<String, ObjectNode> rollouts = new HashMap<>();
    private final Map<String, FeedbackResult> feedback = new HashMap<>();
    private final Map<Integer, TreeMap<Integer, Candidate>> candidates = new TreeMap<>();
    private final List<RoundSummary> rounds = new ArrayList<>();
    private Optional<RoundSummary> start = Optional.empty();
    private final List<Evaluation> evaluations = new ArrayList<>();

    /** Of each role the payload of its prompt. */
    private final Map<String, String> openRequests = new LinkedHashMap<>();

    /** Payloads of prompts whose replies nobody counted the tokens of. */
    private final List<String> uncounted = new ArrayList<>();

    private final Map<String, OpenRollout> openRollouts = new LinkedHashMap<>();
    private final List<Intervention> interventions = new ArrayList<>();

    /** Rounds whose policies were asked for: their prompt is settled. */
    private final Set<Integer> asked = new HashSet<>();

    private long takenOver;
    private FeedbackState feedbackState = FeedbackState.BEGINNING;
    private Usage usage = Usage.NONE;
    private Steps steps = Steps.NONE;
    private long events;
    private boolean closed;
    private Optional<BudgetEnd> ended = Optional.empty();
    private Duration worked = Duration.ZERO;
    private Optional<Instant> sessionBegan = Optional.empty();
    private Optional<Instant> last = Optional.empty();

    /**
     * @param run whose candidates these are; empty where nobody will ask them for more than they
     *     know
     */
    RunState(LedgerReader ledger, Optional<Run> run) {
        this.ledger = ledger;
        this.run = run;
    }

    /** Takes an event in; events come in the order of their sequence numbers. */
    synchronized void apply(Event event) {
        events++;
        ObjectNode fields = event.fields();
        // Its parent paid for what a branch took over; its steps count, as they led here.
        Usage paid = usage;
        takenOver = Math.max(takenOver, fields.path(Branch.PARENT_SEQUENCE).asLong());
        boolean own = !fields.has(Branch.PARENT_SEQUENCE);
        switch (event.type()) {
            case EventTypes.SESSION_STARTED -> {
                worked = worked.plus(cutOffSession());
                sessionBegan = Optional.of(event.time());
                // What was in flight may have been written, and paid for.
                uncounted.addAll(openRequests.values());
                openRequests.clear();
            }
            case EventTypes.SESSION_CLOSED -> {
                worked =
                        worked.plus(
                                fields.path("timing").path("worked_s").isNumber()
                                        ? seconds(fields.path("timing").path("worked_s"))
                                        : cutOffSession());
                sessionBegan = Optional.empty();
            }
            case EventTypes.REQUEST_STARTED -> {
                ended = Optional.empty();
                usage = usage.called();
                String role = fields.path("role").asText();
                roundOfPolicy(role).ifPresent(asked::add);
                if (own) {
                    openRequests.put(role, fields.path("prompt_payload").asText());
                }
            }
            case EventTypes.REQUEST_RETRIED -> {
                usage = usage.called().spent(TokenUsage.fromJson(fields.path("usage")));
                noteUncounted(fields, openRequests.get(fields.path("role").asText()));
            }
            case EventTypes.REPLY_RECEIVED -> replied(fields);
            case EventTypes.ROLLOUT_STARTED -> {
                OpenRollout begun = OpenRollout.of(fields);
                openRollouts.put(begun.name(), begun);
            }
            case EventTypes.ROLLOUT_PROGRESS ->
                    openRollouts.computeIfPresent(
                            fields.path("rollout").asText(),
                            (name, begun) -> begun.at(fields.path("steps").asLong()));
            case EventTypes.ROLLOUT_FINISHED -> rolledOut(fields);
            case EventTypes.FEEDBACK_FINISHED ->
                    feedback.put(fields.path("feedback").asText(), feedbackResult(fields));
            case EventTypes.CANDIDATE_FINISHED -> {
                Candidate candidate = candidate(fields);
                candidates
                        .computeIfAbsent(candidate.round(), round -> new TreeMap<>())
                        .put(candidate.index(), candidate);
            }
            case EventTypes.ROUND_CLOSED -> {
                RoundSummary round = round(fields);
                if (round.round() == 0) {
                    start = Optional.of(round);
                } else {
                    rounds.add(round);
                }
            }
            case EventTypes.INTERVENTION -> intervened(fields);
            case EventTypes.EVALUATION -> evaluations.add(evaluation(fields));
            case EventTypes.RUN_CLOSED -> {
                ended = BudgetEnd.of(fields);
                closed = ended.isEmpty();
            }
            default -> {
                // an event that a later version added: it is kept, and means nothing here
            }
        }
        if (!own) {
            usage = paid;
        }
        last = Optional.of(event.time());
    }

    private static OptionalInt roundOfPolicy(String role) {
        String[] parts = role.split("/");
        return parts[0].equals("policy")
                ? OptionalInt.of(Integer.parseInt(parts[1]))
                : OptionalInt.empty();
    }

    private void intervened(ObjectNode fields) {
        Intervention.Kind kind = Intervention.Kind.parse(fields.path("kind").asText());
        Intervention done =
                new Intervention(
                        fields.path("round").asInt(),
                        kind,
                        fields.path("candidate").asInt(),
                        text(
                                fields,
                                kind == Intervention.Kind.INSERT
                                        ? "source_payload"
                                        : "text_payload"));
        interventions.add(done);
        if (kind == Intervention.Kind.CHOOSE) {
            RoundSummary chosen = round(fields);
            if (done.round() == 0) {
                start = Optional.of(chosen);
            } else {
                rounds.set(done.round() - 1, chosen);
            }
        }
    }

    /** What a person did, in order. */
    synchronized List<Intervention> interventions() {
        return List.copyOf(interventions);
    }

    /** Texts of one kind that belong to a round. */
    synchronized List<Intervention> interventions(Intervention.Kind kind, int round) {
        return interventions.stream()
                .filter(done -> done.kind() == kind && done.round() == round)
                .toList();
    }

    /** Hints that enter the policy prompt of a round: those given for it or an earlier one. */
    synchronized List<String> hints(int round) {
        return interventions.stream()
                .filter(done -> done.kind() == Intervention.Kind.HINT && done.round() <= round)
                .map(Intervention::text)
                .toList();
    }

    /** Whether policies of a round were asked for, so that its prompt is settled. */
    synchronized boolean asked(int round) {
        return asked.contains(round);
    }

    /** The parent's sequence number of the last event that a branch took over; 0 for none. */
    synchronized long takenOver() {
        return takenOver;
    }

    synchronized long events() {
        return events;
    }

    /** A reply that counts: a text, or one that costs its candidate. Faults are asked again. */
    synchronized Optional<Reply> reply(String role) {
        return Optional.ofNullable(replies.get(role));
    }

    /** The result of a rollout that ended by itself. */
    synchronized Optional<RolloutResult> rollout(String name) {
        return Optional.ofNullable(rollouts.get(name)).map(Fields::result);
    }

    /** The trace of a rollout, where one was kept. */
    Optional<Trace> trace(String name) {
        JsonNode trace;
        synchronized (this) {
            ObjectNode rollout = rollouts.get(name);
            trace = rollout == null ? Fields.object() : rollout.path("trace");
        }
        if (!trace.isObject()) {
            return Optional.empty();
        }
        return Optional.of(
                new Trace(
                        Fields.ints(trace.path("rows")),
                        trace.path("observation").asInt(),
                        trace.path("action").asInt(),
                        ledger.payload(trace.path("trace_payload").asText())));
    }

    synchronized Optional<FeedbackResult> feedback(String name) {
        return Optional.ofNullable(feedback.get(name));
    }

    /** Which {@code Feedback} source was in use when the last round was closed. */
    synchronized FeedbackState feedbackState() {
        return feedbackState;
    }

    synchronized Optional<Candidate> candidate(int round, int index) {
        return Optional.ofNullable(candidates.getOrDefault(round, new TreeMap<>()).get(index));
    }

    /** Candidates that have finished, of a round that may still be open. */
    synchronized List<Candidate> candidates(int round) {
        return List.copyOf(candidates.getOrDefault(round, new TreeMap<>()).values());
    }

    synchronized List<RoundSummary> rounds() {
        return List.copyOf(rounds);
    }

    /** The policy that the run started from, as round 0; empty where there is none, or not yet. */
    synchronized Optional<RoundSummary> start() {
        return start;
    }

    /** What later prompts tell of: the start, where there is one, then the closed rounds. */
    synchronized List<RoundSummary> history() {
        return Stream.concat(start.stream(), rounds.stream()).toList();
    }

    synchronized List<Evaluation> evaluations() {
        return List.copyOf(evaluations);
    }

    /** What has been started and not ended: requests, then rollouts. */
    synchronized List<InFlight> inFlight() {
        List<InFlight> open = new ArrayList<>();
        openRequests.keySet().forEach(role -> open.add(new InFlight("request", role)));
        openRollouts.keySet().forEach(name -> open.add(new InFlight("rollout", name)));
        return open;
    }

    synchronized List<OpenRollout> openRollouts() {
        return List.copyOf(openRollouts.values());
    }

    synchronized Usage usage() {
        return usage;
    }

    synchronized Steps steps() {
        return steps;
    }

    synchronized boolean closed() {
        return closed;
    }

    /** How a budget ended it, until something is asked again. */
    synchronized Optional<BudgetEnd> ended() {
        return ended;
    }

    /**
     * What was spent, over all sessions: tokens that nobody counted at their worst, of a session
     * that was cut off the time between its first event and its last.
     *
     * @param maxOutputTokens largest reply asked for
     */
    Spending spent(int maxOutputTokens) {
        List<String> prompts;
        Usage used;
        Duration time;
        synchronized (this) {
            prompts = new ArrayList<>(uncounted);
            prompts.addAll(openRequests.values());
            used = usage;
            time = worked.plus(cutOffSession());
        }
        TokenUsage tokens = used.tokens();
        for (String prompt : prompts) {
            tokens = tokens.plus(Meter.worstCase(ledger.payloadText(prompt), maxOutputTokens));
        }
        return new Spending(used.calls(), tokens, time);
    }

    /** How long the session that is not closed has worked. */
    private Duration cutOffSession() {
        return sessionBegan
                .flatMap(began -> last.map(end -> Duration.between(began, end)))
                .filter(time -> !time.isNegative())
                .orElse(Duration.ZERO);
    }

    private void noteUncounted(ObjectNode fields, String prompt) {
        boolean counted = !TokenUsage.fromJson(fields.path("usage")).equals(TokenUsage.UNKNOWN);
        boolean written =
                !fields.path("reason").isTextual()
                        || Meter.mayHaveWritten(
                                ModelReply.Reason.valueOf(fields.path("reason").asText()));
        if (written && !counted && prompt != null) {
            uncounted.add(prompt);
        }
    }

    private static Duration seconds(JsonNode number) {
        return Duration.ofNanos(Math.round(number.asDouble() * 1e9));
    }

    private void replied(ObjectNode fields) {
        String role = fields.path("role").asText();
        noteUncounted(fields, openRequests.remove(role));
        usage = usage.spent(TokenUsage.fromJson(fields.path("usage")));
        if (fields.path("outcome").asText().equals("answer")) {
            usage = usage.answered(fields.path("drift").isObject());
            replies.put(
                    role, new Reply.Text(ledger.payloadText(fields.path("text_payload").asText())));
            return;
        }
        ModelReply.Reason reason = ModelReply.Reason.valueOf(fields.path("reason").asText());
        if (reason == ModelReply.Reason.BUDGET) {
            usage = usage.notCalled();
        }
        if (reason.effect() == Effect.COSTS_CANDIDATE) {
            replies.put(role, new Reply.Lost(fields.path("message").asText()));
        }
    }

    private void rolledOut(ObjectNode fields) {
        String name = fields.path("rollout").asText();
        openRollouts.remove(name);
        Purpose purpose = purpose(fields);
        steps = steps.plus(purpose, fields.path("steps").asLong());
        if (fields.path("outcome").asText().equals("interrupted")) {
            steps = steps.atLeast();
        } else {
            rollouts.put(name, fields);
        }
    }

    private Candidate candidate(ObjectNode fields) {
        List<Attempt> attempts = new ArrayList<>();
        for (JsonNode node : fields.path("attempts")) {
            attempts.add(
                    new Attempt(
                            node.path("role").asText(),
                            text(node, "text_payload"),
                            text(node, "source_payload"),
                            Fields.result((ObjectNode) node.path("result"))));
        }
        return new Candidate(
                fields.path("round").asInt(), fields.path("candidate").asInt(), attempts, run);
    }

    private RoundSummary round(ObjectNode fields) {
        int number = fields.path("round").asInt();
        JsonNode summariser = fields.path("feedback");
        feedbackState =
                new FeedbackState(
                        summariser.path("repairs").asInt(),
                        summariser.path("given_up").asBoolean());
        Optional<Candidate> winner =
                Stream.of("winner", "candidate")
                        .map(fields::path)
                        .filter(JsonNode::isInt)
                        .findFirst()
                        .flatMap(index -> candidate(number, index.asInt()));
        return new RoundSummary(
                number,
                candidates(number),
                winner,
                RoundSummary.Audit.valueOf(fields.path("audit").asText().toUpperCase(Locale.ROOT)),
                Fields.texts(summariser.path("summaries")),
                summariser.path("note").asText(),
                reply("reflection/" + number)
                        .flatMap(reply ->
                                reply instanceof Reply.Text answer
                                        ? Optional.of(answer.text())
                                        : Optional.empty()));
    }

    private static Evaluation evaluation(ObjectNode fields) {
        return new Evaluation(
                fields.path("round").asInt(),
                fields.path("candidate").asInt(),
                purpose(fields),
                Fields.longs(fields.path("seeds")),
                Fields.doubles(fields.path("returns")),
                Fields.ints(fields.path("lengths")),
                Fields.successes(fields.path("successes")),
                fields.path("score").isNull()
                        ? OptionalDouble.empty()
                        : OptionalDouble.of(Fields.number(fields.path("score"))),
                fields.path("steps").asLong(),
                fields.path("failure").isTextual()
                        ? Optional.of(fields.path("failure").asText())
                        : Optional.empty());
    }

    private static FeedbackResult feedbackResult(ObjectNode fields) {
        if (fields.path("outcome").asText().equals("completed")) {
            return new FeedbackResult.Completed(Fields.texts(fields.path("summaries")));
        }
        return new FeedbackResult.Failed(
                FailureKind.valueOf(fields.path("kind").asText()),
                fields.path("phase").asText(),
                fields.path("message").asText(),
                fields.path("traceback").asText());
    }

    private String text(JsonNode node, String field) {
        return node.path(field).isTextual() ? ledger.payloadText(node.path(field).asText()) : "";
    }

    private static Purpose purpose(ObjectNode fields) {
        return Purpose.valueOf(fields.path("purpose").asText().toUpperCase(Locale.ROOT));
    }

    /**
     * A rollout that has not ended.
     *
     * @param steps the last that it reported; 0 where it reported none yet
     */
    record OpenRollout(String name, String role, Purpose purpose, long steps) {
        static OpenRollout of(ObjectNode fields) {
            return new OpenRollout(
                    fields.path("rollout").asText(),
                    fields.path("role").asText(),
                    RunState.purpose(fields),
                    0);
        }

        OpenRollout at(long taken) {
            return new OpenRollout(name, role, purpose, taken);
        }
    }

    /**
     * The {@code Feedback} class between two rounds.
     *
     * @param repairs how many its source has taken
     * @param givenUp whether the run goes on without summaries
     */
    record FeedbackState(int repairs, boolean givenUp) {
        static final FeedbackState BEGINNING = new FeedbackState(0, false);

        /** Role of the reply that holds the source in use. */
        String role() {
            return repairs == 0 ? "feedback" : "repair/feedback/" + repairs;
        }
    }
}
