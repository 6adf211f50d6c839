package dev.promptpo.optimizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptpo.ledger.Event;
import dev.promptpo.ledger.LedgerReader;
import dev.promptpo.ledger.RunDocument.Parent;
import dev.promptpo.prompt.Digests;
import dev.promptpo.rollout.Purpose;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Where a branch begins: it takes over what its parent had up to the end of a round, so that its
 * folder stands alone.
 *
 * @param directory the parent's folder
 * @param parent as {@code run.json} of the branch names it
 */
record Branch(Path directory, Parent parent) {
    private static final Set<String> TAKEN =
            Set.of(
                    EventTypes.REQUEST_STARTED,
                    EventTypes.REQUEST_RETRIED,
                    EventTypes.REPLY_RECEIVED,
                    EventTypes.ROLLOUT_STARTED,
                    EventTypes.ROLLOUT_FINISHED,
                    EventTypes.FEEDBACK_FINISHED,
                    EventTypes.CANDIDATE_FINISHED,
                    EventTypes.ROUND_CLOSED,
                    EventTypes.INTERVENTION);
    private static final Set<String> PURPOSES =
            Set.of(Purpose.SEARCH.id(), Purpose.VALIDATION.id(), Purpose.AUDIT.id());

    /** Field of an event that was taken over: its sequence number in the parent. */
    static final String PARENT_SEQUENCE = "parent_sequence";

    /** The default folder: beside the parent's, named after it, the round and the edit. */
    Path folder() {
        String edit =
                parent.edit().isEmpty() ? "" : "-" + Digests.sha256(parent.edit()).substring(0, 8);
        return directory.resolveSibling(parent.run() + "-branch" + parent.round() + edit);
    }

    /**
     * Takes over what is not yet: a branch that was cut off in between goes on where it was.
     *
     * @param session of the branch
     */
    void takeOver(Session session) {
        long had = session.state().takenOver();
        LedgerReader from = LedgerReader.open(directory);
        for (Event event : upTo(from.events(), parent.round())) {
            if (event.sequence() > had) {
                ObjectNode fields = event.fields().deepCopy();
                storePayloads(fields, from, session);
                fields.put(PARENT_SEQUENCE, event.sequence());
                session.record(event.type(), fields);
            }
        }
    }

    /** Rounds come one after another, so what belongs to the first ones is the beginning. */
    private static List<Event> upTo(List<Event> events, int round) {
        List<Event> taken = new ArrayList<>();
        List<Event> beginning = new ArrayList<>();
        for (Event event : events) {
            if (!TAKEN.contains(event.type())) {
                continue;
            }
            JsonNode purpose = event.fields().path("purpose");
            if (purpose.isMissingNode() || PURPOSES.contains(purpose.asText())) {
                beginning.add(event);
            }
            if (event.type().equals(EventTypes.ROUND_CLOSED)
                    && event.fields().path("round").asInt() <= round) {
                taken.addAll(beginning);
                beginning.clear();
            }
        }
        return taken;
    }

    private static void storePayloads(JsonNode node, LedgerReader from, Session session) {
        node.properties()
                .forEach(field -> {
                    if (field.getKey().endsWith("_payload") && field.getValue().isTextual()) {
                        session.store(from.payload(field.getValue().asText()));
                    }
                    storePayloads(field.getValue(), from, session);
                });
        if (node.isArray()) {
            node.forEach(item -> storePayloads(item, from, session));
        }
    }
}
