package dev.promptpo.optimizer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptpo.environment.Environments;
import dev.promptpo.ledger.Event;
import dev.promptpo.ledger.Ledger;
import dev.promptpo.ledger.LedgerException;
import dev.promptpo.ledger.RunDocument;
import dev.promptpo.llm.LanguageModel;
import dev.promptpo.llm.Meter;
import dev.promptpo.llm.ModelReply;
import dev.promptpo.llm.ModelReply.Answer;
import dev.promptpo.llm.ModelReply.Effect;
import dev.promptpo.llm.ModelReply.NoAnswer;
import dev.promptpo.llm.ModelReply.Reason;
import dev.promptpo.llm.ModelRequest;
import dev.promptpo.llm.ModelSettings;
import dev.promptpo.llm.TokenUsage;
import dev.promptpo.optimizer.Tasks.Others;
import dev.promptpo.prompt.Prompt;
import dev.promptpo.rollout.FeedbackRequest;
import dev.promptpo.rollout.FeedbackResult;
import dev.promptpo.rollout.Futures;
import dev.promptpo.rollout.Purpose;
import dev.promptpo.rollout.RolloutEngine;
import dev.promptpo.rollout.RolloutRequest;
import dev.promptpo.rollout.RolloutResult;
import dev.promptpo.rollout.Trace;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The effects of a run: asking the model, rolling out, running the {@code Feedback} class. Each is
 * looked up in the ledger first and paid for only where it is missing; before it begins and when it
 * has ended an event says so. Used by many threads at once.
 */
final class Session {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);

    private final Run run;
    private final Ledger ledger;
    private final RunState state;
    private final Optional<LanguageModel> model;
    private final ModelSettings modelSettings;
    private final RolloutEngine engine;
    private final Meter meter;
    private final Duration workedBefore;
    private final Announcer announcer;
    private final AtomicReference<Optional<Throwable>> stopping =
            new AtomicReference<>(Optional.empty());

    Session(
            Run run,
            Ledger ledger,
            RunState state,
            Optional<LanguageModel> model,
            ModelSettings modelSettings,
            RolloutEngine engine,
            Meter meter,
            Announcer announcer) {
        this.run = run;
        this.ledger = ledger;
        this.state = state;
        this.model = model;
        this.modelSettings = modelSettings;
        this.engine = engine;
        this.meter = meter;
        this.workedBefore = meter.before().time();
        this.announcer = announcer;
    }

    RunState state() {
        return state;
    }

    RolloutEngine engine() {
        return engine;
    }

    /** Writes that work begins, where, and what an earlier session left in flight. */
    void begin() {
        ObjectNode fields = Fields.object();
        fields.put("schema", RunDocument.SCHEMA);
        ObjectNode versions =
                fields.putObject("versions")
                        .put("promptpo", version())
                        .put("java", System.getProperty("java.version", "unknown"));
        engine.versions().forEach(versions::put);
        fields.set("machine", Machine.describe());
        fields.put("isolation", engine.isolation().id());
        fields.put("workers", engine.workers());
        model.map(LanguageModel::identity)
                .ifPresent(identity ->
                        fields.putObject("model")
                                .put("kind", identity.kind())
                                .put("model", identity.model())
                                .put("note", identity.note()));
        Environments.files(run.spec().reference())
                .ifPresent(files -> fields.put("environment_payload", ledger.store(files.text())));
        ArrayNode cut = fields.putArray("in_flight");
        state.inFlight()
                .forEach(item -> cut.addObject().put("kind", item.kind()).put("name", item.name()));
        ledger.repair().ifPresent(repair -> fields.put("repaired", repair.message()));
        List<RunState.OpenRollout> rollouts = state.openRollouts();
        record(EventTypes.SESSION_STARTED, fields);
        rollouts.forEach(
                cutOff -> cutOff(cutOff.name(), cutOff.role(), cutOff.purpose(), cutOff.steps()));
    }

    /** Writes why work ends here. */
    void end(String reason, String message) {
        ObjectNode fields = Fields.object().put("reason", reason).put("message", message);
        fields.putObject("timing")
                .put("worked_s", seconds(meter.spent().time().minus(workedBefore)));
        record(EventTypes.SESSION_CLOSED, fields);
    }

    /** Lets something be begun again after a piece of {@link #all} failed. */
    void goOn() {
        stopping.set(Optional.empty());
    }

    /** Commits an event and takes it into the run's state. */
    void record(String type, ObjectNode fields) {
        Event event = ledger.append(type, fields);
        state.apply(event);
    }

    /** Commits what a person did by hand, and tells of it. */
    void intervene(Intervention.Kind kind, int round, ObjectNode fields) {
        record(EventTypes.INTERVENTION, fields.put("kind", kind.id()).put("round", round));
        tell(new RunEvent.Intervened(run, state.interventions().getLast()));
    }

    String store(String text) {
        return ledger.store(text);
    }

    String store(byte[] bytes) {
        return ledger.store(bytes);
    }

    void tell(RunEvent event) {
        announcer.tell(event);
    }

    Run run() {
        return run;
    }

    /**
     * Does pieces of work at once. When one fails for good, nothing new is begun, and what the
     * others have under way is finished and kept.
     */
    <T> List<T> all(List<Callable<T>> pieces) throws InterruptedException {
        return Tasks.all(
                pieces,
                failure -> {
                    stopping.compareAndSet(Optional.empty(), Optional.of(failure));
                    // Without a ledger nothing that comes back could be kept.
                    return failure instanceof LedgerException ? Others.END : Others.FINISH;
                });
    }

    /**
     * The model's reply in a role.
     *
     * @throws RunStoppedException when there is none, for a reason that is not the candidate's
     * @throws BudgetSpentException when the budget does not cover the request
     */
    Reply ask(String role, Prompt prompt) throws InterruptedException {
        Optional<Reply> kept = state.reply(role);
        if (kept.isPresent()) {
            return kept.get();
        }
        refuseWhenStopping(stopping.get());
        record(
                EventTypes.REQUEST_STARTED,
                Fields.object()
                        .put("role", role)
                        .put("template", prompt.template())
                        .put("prompt_payload", ledger.store(prompt.text()))
                        .put("fixed_payload", ledger.store(prompt.fixedText())));
        tell(new RunEvent.RequestStarted(run, role));
        ModelReply reply =
                model.orElseThrow(() -> new IllegalStateException("a finished run asks nothing"))
                        .ask(new ModelRequest(role, prompt, modelSettings));
        keep(role, reply);
        tell(new RunEvent.ReplyReceived(run, role, reply));
        return switch (reply) {
            case NoAnswer none when none.reason().effect() == Effect.ENDS_RUN ->
                    throw new BudgetSpentException(none.message());
            case NoAnswer none when none.reason() == Reason.TIMEOUT && timeOver().isPresent() ->
                    throw new BudgetSpentException(timeOver().orElseThrow());
            case NoAnswer none when none.reason().effect() != Effect.COSTS_CANDIDATE ->
                    throw new RunStoppedException(
                            "the run stopped at "
                                    + role
                                    + ": "
                                    + none.message()
                                    + " (all that was paid for is kept in "
                                    + ledger.directory()
                                    + "; run it again to go on)");
            // As the ledger has it, so that going on after a crash works with the same text.
            case Answer answer -> state.reply(role).orElseThrow();
            case NoAnswer none -> state.reply(role).orElseThrow();
        };
    }

    private Optional<String> timeOver() {
        return meter.timeOver();
    }

    /** An attempt that failed and is made again: paid for, and kept. */
    void retried(ModelRequest request, int attempt, NoAnswer failure, Duration wait) {
        ObjectNode fields = Fields.object();
        fields.put("role", request.role());
        fields.put("attempt", attempt);
        putFailure(fields, failure);
        fields.putObject("timing")
                .put("latency_s", seconds(failure.latency()))
                .put("wait_s", seconds(wait));
        record(EventTypes.REQUEST_RETRIED, fields);
        tell(new RunEvent.RequestRetried(run, request.role(), attempt, failure, wait));
    }

    private void keep(String role, ModelReply reply) {
        ObjectNode fields = Fields.object();
        fields.put("role", role);
        switch (reply) {
            case Answer answer -> {
                fields.put("outcome", "answer");
                fields.put("text_payload", ledger.store(answer.text()));
                fields.put("model", answer.model());
                putRaw(fields, answer.raw());
                putUsage(fields, answer.usage());
                answer.drift()
                        .ifPresent(drift ->
                                fields.putObject("drift")
                                        .put("extent", drift.extent().name())
                                        .put("difference", drift.difference()));
            }
            case NoAnswer none -> {
                fields.put("outcome", "none");
                putFailure(fields, none);
            }
        }
        fields.putObject("timing").put("latency_s", seconds(reply.latency()));
        record(EventTypes.REPLY_RECEIVED, fields);
    }

    private void putFailure(ObjectNode fields, NoAnswer none) {
        fields.put("reason", none.reason().name());
        fields.put("message", none.message());
        if (!none.partialText().isEmpty()) {
            fields.put("text_payload", ledger.store(none.partialText()));
        }
        putRaw(fields, none.raw());
        putUsage(fields, none.usage());
    }

    private void putRaw(ObjectNode fields, byte[] raw) {
        if (raw.length > 0) {
            fields.put("raw_payload", ledger.store(raw));
        }
    }

    private static void putUsage(ObjectNode fields, TokenUsage usage) {
        usage.put(fields.putObject("usage"));
    }

    /**
     * The result of a rollout.
     *
     * @param name its name in the ledger: {@code <purpose>/<role of the source>}, and the block of
     *     episodes where there are several
     * @param role of the reply that holds the source
     */
    RolloutResult rollout(String name, String role, RolloutRequest request)
            throws InterruptedException {
        Optional<RolloutResult> kept = state.rollout(name);
        if (kept.isPresent()) {
            return kept.get();
        }
        refuseWhenStopping(stoppingWithoutBudget());
        begin(name, role, request);
        Progress progress = new Progress(name, request);
        CompletableFuture<RolloutResult> future =
                engine.submit(
                        request,
                        (steps, episodes) -> {
                            progress.report(steps);
                            tell(
                                    new RunEvent.RolloutProgress(
                                            run, role, request.purpose(), steps, episodes));
                        });
        RolloutResult result;
        try {
            result = Futures.await(future);
        } catch (InterruptedException | RuntimeException e) {
            cutOff(name, role, request.purpose(), progress.steps());
            throw e;
        }
        ObjectNode fields = rollout(name, role, request.purpose());
        Fields.putResult(fields, result);
        if (result instanceof RolloutResult.Completed completed) {
            completed.trace().ifPresent(trace -> putTrace(fields, trace));
        }
        record(EventTypes.ROLLOUT_FINISHED, fields);
        tell(new RunEvent.RolloutFinished(run, role, request.purpose(), result));
        return state.rollout(name).orElseThrow();
    }

    private void begin(String name, String role, RolloutRequest request) {
        ObjectNode fields = rollout(name, role, request.purpose());
        fields.put("source_payload", ledger.store(request.source()));
        ArrayNode seeds = fields.putArray("seeds");
        request.seeds().forEach(seeds::add);
        fields.put("lockstep", request.lockstep());
        record(EventTypes.ROLLOUT_STARTED, fields);
        tell(new RunEvent.RolloutStarted(run, role, request.purpose(), request.seeds().size()));
    }

    /** Its steps were taken: what is known of them counts. */
    private void cutOff(String name, String role, Purpose purpose, long steps) {
        ObjectNode fields = rollout(name, role, purpose);
        fields.put("outcome", "interrupted");
        fields.put("steps", steps);
        record(EventTypes.ROLLOUT_FINISHED, fields);
    }

    private static ObjectNode rollout(String name, String role, Purpose purpose) {
        return Fields.object().put("rollout", name).put("role", role).put("purpose", purpose.id());
    }

    private void putTrace(ObjectNode fields, Trace trace) {
        ObjectNode json = fields.putObject("trace");
        ArrayNode rows = json.putArray("rows");
        trace.rows().forEach(rows::add);
        json.put("observation", trace.observation());
        json.put("action", trace.action());
        json.put("trace_payload", ledger.store(trace.data()));
    }

    /**
     * What the {@code Feedback} class says of a trace.
     *
     * @param name {@code <round>/<role of the source>}
     */
    FeedbackResult summarise(String name, FeedbackRequest request) throws InterruptedException {
        Optional<FeedbackResult> kept = state.feedback(name);
        if (kept.isPresent()) {
            return kept.get();
        }
        refuseWhenStopping(stoppingWithoutBudget());
        FeedbackResult result = Futures.await(engine.submit(request));
        ObjectNode fields = Fields.object();
        fields.put("feedback", name);
        fields.put("source_payload", ledger.store(request.source()));
        switch (result) {
            case FeedbackResult.Completed completed -> {
                fields.put("outcome", "completed");
                ArrayNode summaries = fields.putArray("summaries");
                completed.summaries().forEach(summaries::add);
            }
            case FeedbackResult.Failed failed ->
                    fields.put("outcome", "failed")
                            .put("kind", failed.kind().name())
                            .put("phase", failed.phase())
                            .put("message", failed.message())
                            .put("traceback", failed.traceback());
        }
        record(EventTypes.FEEDBACK_FINISHED, fields);
        return state.feedback(name).orElseThrow();
    }

    /** How far a rollout has come, kept now and then in case that nothing else of it will be. */
    private final class Progress {
        private static final long KEPT_EVERY_NANOS = 5_000_000_000L;

        private final String name;
        private final Purpose purpose;
        private volatile long steps;
        private long kept = System.nanoTime();

        Progress(String name, RolloutRequest request) {
            this.name = name;
            this.purpose = request.purpose();
        }

        /** Called on the engine's thread only, which a full disk must not end. */
        void report(long taken) {
            steps = taken;
            if (System.nanoTime() - kept < KEPT_EVERY_NANOS) {
                return;
            }
            kept = System.nanoTime();
            try {
                record(
                        EventTypes.ROLLOUT_PROGRESS,
                        Fields.object()
                                .put("rollout", name)
                                .put("purpose", purpose.id())
                                .put("steps", taken));
            } catch (LedgerException e) {
                LOG.debug("progress of {} is not kept: {}", name, e.getMessage());
            }
        }

        long steps() {
            return steps;
        }
    }

    /** A reply that was paid for is rolled out all the same when the budget is spent. */
    private Optional<Throwable> stoppingWithoutBudget() {
        return stopping.get().filter(failure -> !(failure instanceof BudgetSpentException));
    }

    private static void refuseWhenStopping(Optional<Throwable> failure)
            throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (failure.isPresent()) {
            throw new RunStoppedException(
                    "not begun, since the run is stopping: " + failure.get().getMessage(),
                    failure.get());
        }
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    private static String version() {
        String version = Session.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
