package dev.promptpo.llm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptpo.ledger.Event;
import dev.promptpo.ledger.LedgerReader;
import dev.promptpo.llm.ModelReply.Answer;
import dev.promptpo.llm.ModelReply.NoAnswer;
import dev.promptpo.llm.ModelReply.Reason;
import dev.promptpo.llm.Recording.Entry;
import dev.promptpo.llm.Recording.Header;
import dev.promptpo.llm.Recording.Provenance;
import dev.promptpo.prompt.Prompt;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Makes a recording out of a run's ledger; the events' fields are those of {@code docs/ledger.md}.
 */
final class RecordingOfRun {
    private RecordingOfRun() {}

    static Recording read(LedgerReader run, Provenance given) {
        JsonNode settings = run.run().settings();
        Map<String, Prompt> asked = new HashMap<>();
        SortedMap<String, Entry> entries = new TreeMap<>(Role.ORDER);
        TreeSet<String> models = new TreeSet<>();
        List<Recording.Steered> steered = new ArrayList<>();
        Optional<String> date = Optional.empty();
        List<Event> events = run.events();
        for (Event event : events) {
            JsonNode fields = event.fields();
            String role = fields.path("role").asText();
            switch (event.type()) {
                case "request_started" ->
                        asked.put(
                                role,
                                Prompt.of(
                                        fields.path("template").asText(),
                                        run.payloadText(fields.path("prompt_payload").asText()),
                                        run.payloadText(fields.path("fixed_payload").asText())));
                case "reply_received" -> {
                    ModelReply reply = reply(run, fields);
                    if (Recording.keeps(reply) && asked.containsKey(role)) {
                        entries.put(role, new Entry(asked.get(role), reply));
                        date =
                                date.or(() ->
                                        Optional.of(
                                                event.time()
                                                        .atZone(ZoneOffset.UTC)
                                                        .toLocalDate()
                                                        .toString()));
                        if (reply instanceof Answer answer && !answer.model().equals("unknown")) {
                            models.add(answer.model());
                        }
                    }
                }
                case "intervention" -> steered.add(steered(run, fields));
                default -> {}
            }
        }
        Header header =
                new Header(
                        settings.path("environment").asText(),
                        settings.path("preset").asText(),
                        settings.path("candidates").asInt(),
                        settings.path("rounds").asInt(),
                        settings.path("episodes").asInt(),
                        settings.path("seed").asLong(),
                        settings.path("lifetime").asText(),
                        run.run().settingsDigest());
        Provenance provenance =
                new Provenance(
                        given.answeredBy(),
                        given.through(),
                        !given.model().isBlank()
                                ? given.model()
                                : models.isEmpty() ? "unknown" : String.join(", ", models),
                        given.date().isBlank() ? date.orElse("") : given.date(),
                        given.settings(),
                        given.note());
        return new Recording(header, provenance, entries, steered);
    }

    private static Recording.Steered steered(LedgerReader run, JsonNode fields) {
        String kind = fields.path("kind").asText();
        String payload =
                fields.path(kind.equals("insert") ? "source_payload" : "text_payload").asText("");
        return new Recording.Steered(
                fields.path("round").asInt(),
                kind,
                fields.path("candidate").asInt(),
                payload.isEmpty() ? "" : run.payloadText(payload));
    }

    private static ModelReply reply(LedgerReader run, JsonNode fields) {
        String payload = fields.path("text_payload").asText("");
        String text = payload.isEmpty() ? "" : run.payloadText(payload);
        TokenUsage usage = TokenUsage.fromJson(fields.path("usage"));
        Duration latency =
                Duration.ofMillis(
                        Math.round(fields.path("timing").path("latency_s").asDouble() * 1000));
        if (fields.path("outcome").asText().equals("answer")) {
            return new Answer(
                    text,
                    fields.path("model").asText("unknown"),
                    usage,
                    latency,
                    new byte[0],
                    Optional.empty());
        }
        return new NoAnswer(
                Reason.valueOf(fields.path("reason").asText()),
                fields.path("message").asText(),
                text,
                usage,
                latency,
                new byte[0],
                Optional.empty());
    }
}
