package dev.promptpo.optimizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptpo.ledger.Event;
import dev.promptpo.ledger.LedgerReader;
import dev.promptpo.llm.ModelReply.Effect;
import dev.promptpo.llm.ModelReply.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a run came to, apart from when and in how many sessions: two runs of the same settings with
 * the same replies have the same content, however often either was cut off.
 *
 * <p>It holds every outcome (replies that count, rollouts that ended by themselves, candidates,
 * rounds, interventions, measurements) without sequence numbers, times and what is under {@code
 * timing}, sorted. Sessions, starts, retries and what was cut off are left out.
 */
public final class RunContent {
    private static final JsonMapper CANONICAL =
            JsonMapper.builder().enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED).build();

    private RunContent() {}

    /** One line an outcome, sorted. An outcome that was paid for twice is there twice. */
    public static List<String> of(LedgerReader ledger) {
        List<String> lines = new ArrayList<>();
        for (Event event : ledger.events()) {
            if (counts(event)) {
                lines.add(event.type() + " " + canonical(event.fields()));
            }
        }
        lines.sort(null);
        return lines;
    }

    private static boolean counts(Event event) {
        return switch (event.type()) {
            case EventTypes.REPLY_RECEIVED ->
                    Optional.ofNullable(event.fields().get("reason"))
                            .map(reason -> Reason.valueOf(reason.asText()).effect())
                            .map(effect -> effect == Effect.COSTS_CANDIDATE)
                            .orElse(true);
            case EventTypes.ROLLOUT_FINISHED ->
                    !event.fields().path("outcome").asText().equals("interrupted");
            case EventTypes.FEEDBACK_FINISHED,
                    EventTypes.CANDIDATE_FINISHED,
                    EventTypes.ROUND_CLOSED,
                    EventTypes.INTERVENTION,
                    EventTypes.EVALUATION ->
                    true;
            // One that a budget ended is not at its end.
            case EventTypes.RUN_CLOSED -> !event.fields().path("ended").isObject();
            default -> false;
        };
    }

    private static String canonical(ObjectNode fields) {
        ObjectNode kept = fields.deepCopy();
        kept.findParents("timing").forEach(node -> ((ObjectNode) node).remove("timing"));
        try {
            return CANONICAL.writeValueAsString(kept);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a JSON tree can always be written", e);
        }
    }
}
