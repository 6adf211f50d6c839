package dev.promptpo.optimizer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.environment.EnvironmentSpec.Lifetime;
import dev.promptpo.rollout.Purpose;
import dev.promptpo.rollout.RolloutRequest;
import dev.promptpo.rollout.RolloutResult;
import dev.promptpo.rollout.RolloutResult.Completed;
import dev.promptpo.rollout.RolloutResult.Failed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;

/**
 * Measures a candidate on held-out episodes, in blocks that each run in a fresh process. The first
 * n seeds are the same for every candidate and every n, so measurements are paired, and a longer
 * one reuses the whole blocks of a shorter one.
 */
record EvaluationProcedure(
        Session session, EnvironmentSpec spec, RunSettings settings, SeedSource seedSource) {

    /**
     * Episodes of a block where each has a policy object of its own: few enough to spread over the
     * workers and to lose little in a crash.
     */
    private static final int BLOCK = 25;

    /**
     * Measures.
     *
     * @param episodes at least 1; where one policy object lives through E episodes, rounded up to
     *     whole blocks of E, since a shorter life would learn less
     */
    Evaluation measure(Candidate candidate, int episodes) throws InterruptedException {
        boolean lives = settings.lifetime() == Lifetime.CANDIDATE;
        int block = lives ? settings.episodes() : BLOCK;
        int total = lives ? Math.ceilDiv(episodes, block) * block : episodes;
        List<Long> seeds = seedSource.seeds(settings.seed(), Purpose.HELDOUT, 0, total);
        List<Callable<RolloutResult>> pieces = new ArrayList<>();
        for (int from = 0; from < total; from += block) {
            int first = from;
            List<Long> part = seeds.subList(first, Math.min(first + block, total));
            pieces.add(() -> roll(candidate, first, part));
        }
        return close(candidate, seeds, session.all(pieces));
    }

    private RolloutResult roll(Candidate candidate, int first, List<Long> seeds)
            throws InterruptedException {
        String name =
                "heldout/" + candidate.role() + "/" + (first + 1) + "-" + (first + seeds.size());
        return session.rollout(
                name,
                candidate.role(),
                new RolloutRequest(
                        spec.reference(),
                        settings.preset(),
                        candidate.source(),
                        spec.policyClass(),
                        seeds,
                        settings.lifetime(),
                        Purpose.HELDOUT,
                        RolloutRequest.LOCKSTEP,
                        false,
                        settings.promptSettings().context().anonymous()));
    }

    private Evaluation close(Candidate candidate, List<Long> seeds, List<RolloutResult> blocks) {
        List<Double> returns = new ArrayList<>();
        List<Integer> lengths = new ArrayList<>();
        List<Optional<Boolean>> successes = new ArrayList<>();
        Optional<String> failure = Optional.empty();
        double sum = 0;
        long steps = 0;
        for (RolloutResult block : blocks) {
            steps += block.steps();
            switch (block) {
                case Completed completed -> {
                    returns.addAll(completed.returns());
                    lengths.addAll(completed.lengths());
                    successes.addAll(completed.successes());
                    sum += completed.score() * completed.returns().size();
                }
                case Failed failed -> {
                    if (failure.isEmpty()) {
                        failure = Optional.of(failed.kind() + ": " + failed.message());
                    }
                }
            }
        }
        OptionalDouble score =
                failure.isPresent()
                        ? OptionalDouble.empty()
                        : OptionalDouble.of(sum / returns.size());
        Evaluation evaluation =
                new Evaluation(
                        candidate.round(),
                        candidate.index(),
                        Purpose.HELDOUT,
                        seeds,
                        returns,
                        lengths,
                        successes,
                        score,
                        steps,
                        failure);
        session.record(EventTypes.EVALUATION, fields(evaluation));
        session.tell(new RunEvent.Evaluated(session.run(), evaluation));
        return evaluation;
    }

    private static ObjectNode fields(Evaluation evaluation) {
        ObjectNode fields = Fields.object();
        fields.put("purpose", evaluation.purpose().id());
        fields.put("round", evaluation.round());
        fields.put("candidate", evaluation.index());
        ArrayNode seeds = fields.putArray("seeds");
        evaluation.seeds().forEach(seeds::add);
        Fields.putEpisodes(
                fields, evaluation.returns(), evaluation.lengths(), evaluation.successes());
        if (evaluation.score().isPresent()) {
            fields.put("score", evaluation.score().getAsDouble());
        } else {
            fields.putNull("score");
        }
        fields.put("steps", evaluation.steps());
        evaluation.failure().ifPresent(message -> fields.put("failure", message));
        return fields;
    }
}
