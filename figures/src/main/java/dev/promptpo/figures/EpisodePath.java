package dev.promptpo.figures;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.environment.EnvironmentSpec.ObservationField;
import dev.promptpo.film.Episode;
import dev.promptpo.ledger.Event;
import dev.promptpo.optimizer.Candidate;
import dev.promptpo.optimizer.Run;
import dev.promptpo.rollout.Purpose;
import dev.promptpo.rollout.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Rolls out one episode and reads from its trace where the agent was. */
final class EpisodePath {
    /** Row and column steps of the actions up, down, left, right. */
    private static final int[][] MOVES = {{-1, 0}, {1, 0}, {0, -1}, {0, 1}};

    private EpisodePath() {}

    static Picture of(Run run, Candidate candidate, long seed) {
        EnvironmentSpec spec = run.spec();
        if (spec.board().isEmpty()) {
            throw new IllegalArgumentException(
                    spec.id()
                            + " has no board to draw a path on; only NoiseWorld has one:"
                            + " film(seed) shows an episode of any environment");
        }
        Episode episode = run.episode(candidate, seed);
        return BoardPicture.path(
                spec,
                cells(spec, episode.trace()),
                episode.episodeReturn(),
                spec.id() + ": path of " + episode.policy() + ", seed " + seed,
                episode.stamp());
    }

    /**
     * The first episode of a round's winner as it was rolled out for its audit, whose trace the
     * run's folder keeps: nothing is rolled out. Empty where there is none.
     */
    static Optional<Picture> kept(Run run, Candidate candidate, List<Event> events) {
        return events.stream()
                .filter(event -> event.type().equals("rollout_finished"))
                .map(Event::fields)
                .filter(fields ->
                        fields.path("purpose").asText().equals(Purpose.AUDIT.id())
                                && fields.path("role").asText().equals(candidate.role())
                                && fields.path("trace").isObject())
                .reduce((one, later) -> later)
                .map(fields ->
                        BoardPicture.path(
                                run.spec(),
                                cells(run.spec(), trace(run, fields.path("trace"))),
                                fields.path("returns").path(0).asDouble(),
                                run.spec().id()
                                        + ": path of round "
                                        + candidate.round()
                                        + ", candidate "
                                        + candidate.index()
                                        + ", first search episode",
                                run.steering().stamp()));
    }

    private static Trace trace(Run run, JsonNode json) {
        return new Trace(
                json.path("rows").valueStream().map(JsonNode::asInt).toList(),
                json.path("observation").asInt(),
                json.path("action").asInt(),
                run.ledger().payload(json.path("trace_payload").asText()));
    }

    /**
     * The cells of a trace's first episode. A trace holds what was observed before each step; where
     * the last step led is known when it ended the episode: to the goal or onto a death.
     */
    static List<BoardPicture.Cell> cells(EnvironmentSpec spec, Trace trace) {
        int n = spec.board().orElseThrow().path("codes").size();
        int row = field(spec, "agent_row");
        int column = field(spec, "agent_col");
        int steps = trace.rows().getFirst();
        List<BoardPicture.Cell> cells = new ArrayList<>();
        for (int step = 0; step < steps; step++) {
            cells.add(
                    new BoardPicture.Cell(
                            index(trace.value(0, step, row), n),
                            index(trace.value(0, step, column), n)));
        }
        if (steps > 0 && steps <= spec.horizon()) {
            int action = (int) trace.value(0, steps - 1, trace.observation());
            double reward = trace.value(0, steps - 1, trace.observation() + trace.action());
            // Every other step costs 1: anything else is the goal or a death.
            if (Math.abs(reward) > 1.5) {
                BoardPicture.Cell last = cells.getLast();
                cells.add(
                        new BoardPicture.Cell(
                                last.row() + MOVES[action][0], last.column() + MOVES[action][1]));
            }
        }
        return cells;
    }

    private static int index(double share, int n) {
        return (int) Math.round(share * (n - 1));
    }

    private static int field(EnvironmentSpec spec, String name) {
        return spec.observation().stream()
                .filter(field -> field.name().equals(name))
                .mapToInt(ObservationField::start)
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException(spec.id() + " does not observe " + name));
    }
}
