package dev.promptpo.optimizer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.environment.EnvironmentSpec.Lifetime;
import dev.promptpo.film.Episode;
import dev.promptpo.ledger.Event;
import dev.promptpo.rollout.Purpose;
import dev.promptpo.rollout.RolloutEngine;
import dev.promptpo.rollout.RolloutEngines;
import dev.promptpo.rollout.RolloutRequest;
import dev.promptpo.rollout.RolloutResult;
import dev.promptpo.rollout.RolloutResult.Completed;
import dev.promptpo.rollout.RolloutResult.Failed;
import dev.promptpo.rollout.Trace;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Rolls out one episode of a candidate to be looked at: one episode at a time, with a trace, under
 * the purpose {@code render}.
 */
record EpisodeProcedure(
        Run run, EnvironmentSpec told, RunSettings settings, Candidate candidate, long seed) {

    /** The episode as it was rolled out to be looked at before; empty where it was not. */
    Optional<Episode> kept(RunState state) {
        return state.rollout(name())
                .filter(Completed.class::isInstance)
                .map(result -> episode(result, state.trace(name()), logged(), true));
    }

    /** Rolls it out within the run, which keeps it and counts its steps. */
    Episode within(Session session) throws InterruptedException {
        Logged logged = logged();
        RolloutResult result = session.rollout(name(), candidate.role(), request(logged));
        return episode(result, session.state().trace(name()), logged, true);
    }

    /** Rolls it out beside a run that is only looked at, unless that has kept it. */
    Episode outside(RunState state) {
        Optional<Episode> kept = kept(state);
        if (kept.isPresent()) {
            return kept.get();
        }
        Logged logged = logged();
        try (RolloutEngine engine = RolloutEngines.shared()) {
            RolloutResult result = engine.rollout(request(logged));
            return episode(
                    result,
                    result instanceof Completed completed ? completed.trace() : Optional.empty(),
                    logged,
                    false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RunInterruptedException("interrupted while an episode was rolled out", e);
        }
    }

    private String name() {
        return Purpose.RENDER.id() + "/" + candidate.role() + "/" + seed;
    }

    private RolloutRequest request(Logged logged) {
        return new RolloutRequest(
                told.reference(),
                settings.preset(),
                candidate.source(),
                told.policyClass(),
                logged.seeds(),
                settings.lifetime(),
                Purpose.RENDER,
                1,
                true,
                settings.promptSettings().context().anonymous());
    }

    private Episode episode(
            RolloutResult result, Optional<Trace> trace, Logged logged, boolean counted) {
        if (result instanceof Failed failed) {
            throw new IllegalStateException(
                    "the policy failed in the episode to be shown: "
                            + failed.kind()
                            + ": "
                            + failed.message());
        }
        Completed completed = (Completed) result;
        int last = completed.returns().size() - 1;
        return new Episode(
                run.spec(),
                "round " + candidate.round() + ", candidate " + candidate.index(),
                seed,
                trace.orElseThrow().episode(last),
                completed.returns().get(last),
                completed.successes().get(last),
                logged.episodeReturn(),
                completed.steps(),
                counted,
                run.steering().stamp());
    }

    /**
     * What the run knows of the episode.
     *
     * @param seeds to be rolled out so that it comes to the same; the last is its own
     * @param episodeReturn as measured first; empty where it was not
     */
    private record Logged(List<Long> seeds, OptionalDouble episodeReturn) {}

    private Logged logged() {
        Map<String, List<Long>> started = new HashMap<>();
        for (Event event : run.ledger().events()) {
            ObjectNode fields = event.fields();
            String name = fields.path("rollout").asText();
            boolean own =
                    fields.path("role").asText().equals(candidate.role())
                            && !fields.path("purpose").asText().equals(Purpose.RENDER.id());
            if (own && event.type().equals(EventTypes.ROLLOUT_STARTED)) {
                started.put(name, Fields.longs(fields.path("seeds")));
            }
            if (own && event.type().equals(EventTypes.ROLLOUT_FINISHED)) {
                int place = started.getOrDefault(name, List.of()).indexOf(seed);
                if (place >= 0 && fields.path("outcome").asText().equals("completed")) {
                    return new Logged(
                            settings.lifetime() == Lifetime.EPISODE
                                    ? List.of(seed)
                                    : started.get(name).subList(0, place + 1),
                            OptionalDouble.of(Fields.number(fields.path("returns").get(place))));
                }
            }
        }
        return new Logged(List.of(seed), OptionalDouble.empty());
    }
}
