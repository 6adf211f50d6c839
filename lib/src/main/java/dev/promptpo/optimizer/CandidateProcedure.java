package dev.promptpo.optimizer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.policy.Extraction;
import dev.promptpo.policy.PolicySource;
import dev.promptpo.prompt.Failure;
import dev.promptpo.prompt.Prompt;
import dev.promptpo.prompt.Prompts;
import dev.promptpo.prompt.RepairSubject;
import dev.promptpo.rollout.FailureKind;
import dev.promptpo.rollout.Purpose;
import dev.promptpo.rollout.RolloutRequest;
import dev.promptpo.rollout.RolloutResult;
import dev.promptpo.rollout.RolloutResult.Completed;
import dev.promptpo.rollout.RolloutResult.Failed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One candidate: asked for, rolled out, repaired while it fails and repairs are left. */
record CandidateProcedure(
        Session session, EnvironmentSpec spec, RunSettings settings, Prompts prompts) {

    /** Role of a policy that was given to start from: no reply holds it. */
    static final String GIVEN = "start";

    /** Rolls the policy out that the run starts from: candidate 1 of round 0, never repaired. */
    Candidate given(String source, List<Long> seeds) throws InterruptedException {
        Optional<Candidate> finished = session.state().candidate(0, 1);
        if (finished.isPresent()) {
            return finished.get();
        }
        RolloutResult result = search(GIVEN, source, seeds);
        return close(new Candidate(0, 1, List.of(new Attempt(GIVEN, "", source, result))));
    }

    /** Role of a policy that a person inserted into a round: no reply holds it. */
    static String inserted(int round, int index) {
        return Candidate.INSERTED + round + "/" + index;
    }

    /** Rolls out a policy that a person inserted; it is never repaired. */
    Candidate insert(int round, int index, String source, List<Long> seeds)
            throws InterruptedException {
        Optional<Candidate> finished = session.state().candidate(round, index);
        if (finished.isPresent()) {
            return finished.get();
        }
        String role = inserted(round, index);
        RolloutResult result = search(role, source, seeds);
        return close(new Candidate(round, index, List.of(new Attempt(role, "", source, result))));
    }

    /**
     * Plays a candidate to its end.
     *
     * @param prompt the round's policy prompt
     * @param seeds the round's episodes, the same for all of its candidates
     */
    Candidate play(int round, int index, Prompt prompt, List<Long> seeds)
            throws InterruptedException {
        Optional<Candidate> finished = session.state().candidate(round, index);
        if (finished.isPresent()) {
            return finished.get();
        }
        List<Attempt> attempts = new ArrayList<>();
        String role = "policy/" + round + "/" + index;
        Prompt question = prompt;
        while (true) {
            Reply reply = session.ask(role, question);
            Attempt attempt = attempt(role, reply, seeds);
            attempts.add(attempt);
            if (attempt.result() instanceof Failed failed
                    && reply instanceof Reply.Text
                    && attempts.size() <= settings.repairs()) {
                question = prompts.repair(RepairSubject.POLICY, failure(attempt, failed));
                role = "repair/" + round + "/" + index + "/" + attempts.size();
            } else {
                return close(new Candidate(round, index, attempts));
            }
        }
    }

    private Attempt attempt(String role, Reply reply, List<Long> seeds)
            throws InterruptedException {
        return switch (reply) {
            case Reply.Lost lost -> new Attempt(role, "", "", noCode(lost.message()));
            case Reply.Text text ->
                    switch (PolicySource.extract(text.text(), spec.policyClass())) {
                        case Extraction.Missing missing ->
                                new Attempt(role, text.text(), "", noCode(missing.message()));
                        case Extraction.Found found ->
                                new Attempt(
                                        role,
                                        text.text(),
                                        found.source(),
                                        search(role, found.source(), seeds));
                    };
        };
    }

    private RolloutResult search(String role, String source, List<Long> seeds)
            throws InterruptedException {
        return session.rollout(
                "search/" + role,
                role,
                new RolloutRequest(
                        spec.reference(),
                        settings.preset(),
                        source,
                        spec.policyClass(),
                        seeds,
                        settings.lifetime(),
                        Purpose.SEARCH,
                        RolloutRequest.LOCKSTEP,
                        false,
                        settings.promptSettings().context().anonymous()));
    }

    private RolloutResult noCode(String message) {
        return new Failed(
                FailureKind.NO_CODE,
                "reply",
                message,
                "",
                -1,
                -1,
                0,
                session.engine().isolation(),
                0);
    }

    private static Failure failure(Attempt attempt, Failed failed) {
        return new Failure(
                attempt.source(),
                attempt.reply(),
                describe(failed.kind(), failed.phase(), failed.episode(), failed.step())
                        + ": "
                        + failed.message(),
                failed.traceback());
    }

    /** For example {@code EXCEPTION in act, episode 1, step 4}; both counted from 1. */
    private static String describe(FailureKind kind, String phase, int episode, int step) {
        return kind
                + " in "
                + phase
                + (episode < 0 ? "" : ", episode " + (episode + 1))
                + (step < 0 ? "" : ", step " + (step + 1));
    }

    private Candidate close(Candidate candidate) {
        ObjectNode fields = Fields.object();
        fields.put("round", candidate.round());
        fields.put("candidate", candidate.index());
        fields.put("outcome", candidate.completed() ? "completed" : "failed");
        candidate.failure().ifPresent(kind -> fields.put("kind", kind.name()));
        if (candidate.result() instanceof Completed completed) {
            fields.put("score", completed.score());
            Fields.putEpisodes(
                    fields, completed.returns(), completed.lengths(), completed.successes());
        }
        fields.put("steps", candidate.steps());
        ArrayNode attempts = fields.putArray("attempts");
        for (Attempt attempt : candidate.attempts()) {
            ObjectNode json = attempts.addObject();
            json.put("role", attempt.role());
            if (!attempt.reply().isEmpty()) {
                json.put("text_payload", session.store(attempt.reply()));
            }
            if (!attempt.source().isEmpty()) {
                json.put("source_payload", session.store(attempt.source()));
            }
            Fields.putResult(json.putObject("result"), attempt.result());
        }
        session.record(EventTypes.CANDIDATE_FINISHED, fields);
        Candidate kept =
                session.state().candidate(candidate.round(), candidate.index()).orElseThrow();
        session.tell(new RunEvent.CandidateFinished(session.run(), kept));
        return kept;
    }
}
