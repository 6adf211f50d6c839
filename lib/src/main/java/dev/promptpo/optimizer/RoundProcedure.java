package dev.promptpo.optimizer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.optimizer.FeedbackProcedure.Told;
import dev.promptpo.optimizer.RoundSummary.Audit;
import dev.promptpo.optimizer.RunState.FeedbackState;
import dev.promptpo.prompt.HistoryEntry;
import dev.promptpo.prompt.Prompt;
import dev.promptpo.prompt.Prompts;
import dev.promptpo.rollout.Purpose;
import dev.promptpo.rollout.RolloutRequest;
import dev.promptpo.rollout.RolloutResult;
import dev.promptpo.rollout.RolloutResult.Completed;
import dev.promptpo.rollout.RolloutResult.Failed;
import dev.promptpo.rollout.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * One round: reflect, sample and roll out N candidates at once, audit the winner, have {@code
 * Feedback} look at its episodes, close. Called again after a crash it finds what was done.
 */
record RoundProcedure(
        Session session,
        EnvironmentSpec spec,
        RunSettings settings,
        Prompts prompts,
        SeedSource seedSource) {

    /**
     * Plays round 0: the policy that the run starts from, rolled out, audited and summarised like a
     * winner.
     *
     * @throws IllegalArgumentException when it fails: there is nothing to start from
     */
    void start(String source) throws InterruptedException {
        List<Long> seeds =
                seedSource.seeds(settings.seed(), Purpose.SEARCH, 0, settings.episodes());
        Candidate given =
                new CandidateProcedure(session, spec, settings, prompts).given(source, seeds);
        if (given.result() instanceof Failed failed) {
            throw new IllegalArgumentException(
                    "the policy to start from failed: "
                            + failed.kind()
                            + " in "
                            + failed.phase()
                            + ": "
                            + failed.message()
                            + "; mend it and start another run");
        }
        String name = "audit/" + given.role();
        Audit audit = audit(name, given, seeds);
        FeedbackState before = session.state().feedbackState();
        close(0, Optional.of(given), audit, told("0", session.state().trace(name), before));
    }

    /** Plays the next round. */
    RoundSummary play(int round) throws InterruptedException {
        List<HistoryEntry> history = reflected(round, history(session.state().history()));
        Prompt prompt = prompt(session.state(), prompts, round, history);
        List<Long> seeds = seeds(round);
        sample(round, prompt, seeds);
        Optional<Candidate> winner = winner(session.state().candidates(round));
        FeedbackState before = session.state().feedbackState();
        if (winner.isEmpty()) {
            return close(
                    round,
                    winner,
                    Audit.NONE,
                    new Told(before, List.of(), "no candidate completed"));
        }
        Candidate best = winner.get();
        String name = "audit/" + best.role();
        Audit audit = audit(name, best, seeds);
        return close(
                round,
                winner,
                audit,
                told(String.valueOf(round), session.state().trace(name), before));
    }

    /** The best policies of the rounds before, as prompts tell of them. */
    private static List<HistoryEntry> history(List<RoundSummary> rounds) {
        List<HistoryEntry> history = new ArrayList<>();
        for (RoundSummary round : rounds) {
            round.reflection().ifPresent(text -> reflect(history, text));
            round.winner()
                    .ifPresent(best ->
                            history.add(
                                    new HistoryEntry(
                                            round.round(),
                                            best.source(),
                                            best.score().getAsDouble(),
                                            best.returns(),
                                            round.summaries(),
                                            Optional.empty())));
        }
        return history;
    }

    /** What the policy prompt of the next round tells of, as far as it is known already. */
    static List<HistoryEntry> known(RunState state, int round) {
        List<HistoryEntry> history = history(state.history());
        state.reply("reflection/" + round)
                .ifPresent(reply -> {
                    if (reply instanceof Reply.Text text) {
                        reflect(history, text.text());
                    }
                });
        return history;
    }

    /** The prompt of a round's policies: with a person's hints, or as a person wrote it. */
    static Prompt prompt(RunState state, Prompts prompts, int round, List<HistoryEntry> history) {
        List<Intervention> edited = state.interventions(Intervention.Kind.PROMPT, round);
        return edited.isEmpty()
                ? prompts.policy(history, state.hints(round))
                : prompts.edited(edited.getLast().text());
    }

    /** A winner that later prompts do not show needs no comparison. */
    static boolean reflectionDue(RunSettings settings, List<HistoryEntry> history) {
        return settings.reflection()
                && !history.isEmpty()
                && history.getLast().reflection().isEmpty()
                && settings.promptSettings()
                        .history()
                        .detailed(history)
                        .contains(history.getLast());
    }

    /** Has the model compare the last winner with the earlier ones, where a round begins so. */
    void reflect(int round) throws InterruptedException {
        reflected(round, history(session.state().history()));
    }

    /** Rolls out a policy of a person's own as one more candidate of a round. */
    Candidate insert(int round, int index, String source) throws InterruptedException {
        return new CandidateProcedure(session, spec, settings, prompts)
                .insert(round, index, source, seeds(round));
    }

    /** Puts another candidate in the place of its round's winner. */
    void choose(Candidate candidate) throws InterruptedException {
        int round = candidate.round();
        String name = "audit/" + candidate.role();
        Audit audit = audit(name, candidate, seeds(round));
        Told told =
                told(
                        round + "/" + candidate.index(),
                        session.state().trace(name),
                        session.state().feedbackState());
        ObjectNode fields = Fields.object();
        fields.put("candidate", candidate.index());
        fields.put("score", candidate.score().getAsDouble());
        put(fields, audit, told);
        session.intervene(Intervention.Kind.CHOOSE, round, fields);
    }

    private List<Long> seeds(int round) {
        return seedSource.seeds(settings.seed(), Purpose.SEARCH, round, settings.episodes());
    }

    private List<HistoryEntry> reflected(int round, List<HistoryEntry> history)
            throws InterruptedException {
        if (reflectionDue(settings, history)
                && session.ask("reflection/" + round, prompts.reflection(history))
                        instanceof Reply.Text text) {
            reflect(history, text.text());
        }
        return history;
    }

    private static void reflect(List<HistoryEntry> history, String text) {
        HistoryEntry last = history.removeLast();
        history.add(
                new HistoryEntry(
                        last.round(),
                        last.source(),
                        last.score(),
                        last.returns(),
                        last.summaries(),
                        Optional.of(text)));
    }

    private void sample(int round, Prompt prompt, List<Long> seeds) throws InterruptedException {
        CandidateProcedure candidates = new CandidateProcedure(session, spec, settings, prompts);
        List<Callable<Object>> pieces = new ArrayList<>();
        for (int index = 1; index <= settings.candidates(); index++) {
            int k = index;
            pieces.add(() -> candidates.play(round, k, prompt, seeds));
        }
        for (Intervention own : session.state().interventions(Intervention.Kind.INSERT, round)) {
            pieces.add(() -> candidates.insert(round, own.candidate(), own.text(), seeds));
        }
        if (settings.feedback()) {
            pieces.add(feedback()::ask);
        }
        session.all(pieces);
    }

    /** Best score; of equals the first; a score that is not a number never wins over one. */
    static Optional<Candidate> winner(List<Candidate> candidates) {
        Candidate best = null;
        for (Candidate candidate : candidates) {
            if (candidate.completed() && (best == null || better(candidate, best))) {
                best = candidate;
            }
        }
        return Optional.ofNullable(best);
    }

    private static boolean better(Candidate one, Candidate other) {
        double score = one.score().getAsDouble();
        double rival = other.score().getAsDouble();
        return score > rival || (Double.isNaN(rival) && !Double.isNaN(score));
    }

    private Audit audit(String name, Candidate best, List<Long> seeds) throws InterruptedException {
        RolloutResult again =
                session.rollout(
                        name,
                        best.role(),
                        new RolloutRequest(
                                spec.reference(),
                                settings.preset(),
                                best.source(),
                                spec.policyClass(),
                                seeds,
                                settings.lifetime(),
                                Purpose.AUDIT,
                                1,
                                true,
                                settings.promptSettings().context().anonymous()));
        boolean same =
                again instanceof Completed completed
                        && completed.returns().equals(best.returns())
                        && completed.lengths().equals(best.lengths());
        return same ? Audit.DETERMINISTIC : Audit.NON_DETERMINISTIC;
    }

    private Told told(String place, Optional<Trace> trace, FeedbackState before)
            throws InterruptedException {
        if (!settings.feedback()) {
            return new Told(before, List.of(), "");
        }
        return trace.isPresent()
                ? feedback().tell(place, trace.get(), before)
                : new Told(before, List.of(), "the winner failed when it was rolled out again");
    }

    private FeedbackProcedure feedback() {
        return new FeedbackProcedure(session, spec, settings, prompts);
    }

    private RoundSummary close(int round, Optional<Candidate> winner, Audit audit, Told told) {
        ObjectNode fields = Fields.object();
        fields.put("round", round);
        if (winner.isPresent()) {
            fields.put("winner", winner.get().index());
            fields.put("score", winner.get().score().getAsDouble());
        } else {
            fields.putNull("winner");
            fields.putNull("score");
        }
        put(fields, audit, told);
        session.record(EventTypes.ROUND_CLOSED, fields);
        RoundSummary summary = session.state().history().getLast();
        session.tell(new RunEvent.RoundClosed(session.run(), summary));
        return summary;
    }

    private static void put(ObjectNode fields, Audit audit, Told told) {
        fields.put("audit", audit.id());
        ObjectNode feedback = fields.putObject("feedback");
        feedback.put("repairs", told.state().repairs());
        feedback.put("given_up", told.state().givenUp());
        feedback.put("note", told.note());
        ArrayNode summaries = feedback.putArray("summaries");
        told.summaries().forEach(summaries::add);
    }
}
