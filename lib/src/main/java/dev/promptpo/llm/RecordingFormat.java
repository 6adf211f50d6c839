package dev.promptpo.llm;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptpo.llm.ModelReply.Answer;
import dev.promptpo.llm.ModelReply.NoAnswer;
import dev.promptpo.llm.ModelReply.Reason;
import dev.promptpo.llm.Recording.Entry;
import dev.promptpo.llm.Recording.Header;
import dev.promptpo.llm.Recording.Provenance;
import dev.promptpo.llm.Recording.Steered;
import dev.promptpo.prompt.Digests;
import dev.promptpo.prompt.Prompt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** A recording as one JSON document, schema 1; texts are kept once, under their SHA-256. */
final class RecordingFormat {
    private static final int SCHEMA = 1;
    private static final String KIND = "promptpo-recording";
    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private RecordingFormat() {}

    static void write(Recording recording, Path file) {
        ObjectNode root = JSON.createObjectNode();
        root.put("schema", SCHEMA);
        root.put("kind", KIND);
        Header run = recording.run();
        root.putObject("run")
                .put("environment", run.environment())
                .put("preset", run.preset())
                .put("candidates", run.candidates())
                .put("rounds", run.rounds())
                .put("episodes", run.episodes())
                .put("seed", run.seed())
                .put("lifetime", run.lifetime())
                .put("settings_digest", run.settingsDigest());
        Provenance from = recording.provenance();
        ObjectNode provenance =
                root.putObject("provenance")
                        .put("answered_by", from.answeredBy())
                        .put("through", from.through())
                        .put("model", from.model())
                        .put("date", from.date());
        ObjectNode settings = provenance.putObject("settings");
        from.settings().forEach(settings::put);
        provenance.put("note", from.note());

        Map<String, String> texts = new TreeMap<>();
        ObjectNode entries = root.putObject("entries");
        recording
                .entries()
                .forEach((role, entry) -> {
                    Prompt prompt = entry.prompt();
                    texts.put(prompt.digest(), prompt.text());
                    texts.put(prompt.fixedDigest(), prompt.fixedText());
                    writeReply(
                            entries.putObject(role)
                                    .put("template", prompt.template())
                                    .put("prompt", prompt.digest())
                                    .put("fixed", prompt.fixedDigest()),
                            entry.reply());
                });
        if (!recording.steered().isEmpty()) {
            ArrayNode steered = root.putArray("steered");
            for (Steered done : recording.steered()) {
                ObjectNode one =
                        steered.addObject().put("round", done.round()).put("kind", done.kind());
                if (done.candidate() > 0) {
                    one.put("candidate", done.candidate());
                }
                if (!done.text().isEmpty()) {
                    one.put("text", done.text());
                }
            }
        }
        ObjectNode pool = root.putObject("texts");
        texts.forEach(pool::put);
        DefaultPrettyPrinter printer =
                new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));
        try {
            byte[] document = JSON.writer(printer).writeValueAsBytes(root);
            byte[] ended = java.util.Arrays.copyOf(document, document.length + 1);
            ended[document.length] = '\n';
            AtomicFiles.write(file, ended);
        } catch (IOException e) {
            throw new RecordingException(
                    "the recording " + file + " cannot be written: " + e.getMessage(), e);
        }
    }

    private static void writeReply(ObjectNode node, ModelReply reply) {
        switch (reply) {
            case Answer answer ->
                    node.put("reply", answer.text())
                            .put("reply_digest", Digests.sha256(answer.text()))
                            .put("model", answer.model());
            case NoAnswer none ->
                    node.putObject("no_answer")
                            .put("reason", none.reason().name())
                            .put("message", none.message())
                            .put("partial_text", none.partialText());
        }
        reply.usage().put(node.putObject("usage"));
        node.put("latency_s", reply.latency().toMillis() / 1000.0);
    }

    static Recording read(Path file) {
        JsonNode root;
        try {
            root = JSON.readTree(Files.readAllBytes(file));
        } catch (JacksonException e) {
            throw new RecordingException(file + " is no recording: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new RecordingException(
                    "the recording " + file + " cannot be read: " + describe(e), e);
        }
        Reader reader = new Reader(file);
        if (!root.path("kind").asText().equals(KIND)) {
            throw reader.broken("expected \"kind\": \"" + KIND + "\"");
        }
        int schema = root.path("schema").asInt();
        if (schema != SCHEMA) {
            throw reader.broken(
                    "it has schema "
                            + schema
                            + ", this version reads schema "
                            + SCHEMA
                            + (schema > SCHEMA ? "; use a newer version" : ""));
        }
        JsonNode run = reader.object(root, "run");
        JsonNode from = reader.object(root, "provenance");
        Map<String, String> settings = new TreeMap<>();
        from.path("settings")
                .properties()
                .forEach(setting -> settings.put(setting.getKey(), setting.getValue().asText()));
        JsonNode texts = reader.object(root, "texts");
        SortedMap<String, Entry> entries = new TreeMap<>(Role.ORDER);
        reader.object(root, "entries")
                .properties()
                .forEach(named ->
                        entries.put(
                                named.getKey(),
                                reader.entry(named.getKey(), named.getValue(), texts)));
        return new Recording(
                new Header(
                        reader.text(run, "environment"),
                        reader.text(run, "preset"),
                        (int) reader.number(run, "candidates"),
                        (int) reader.number(run, "rounds"),
                        (int) reader.number(run, "episodes"),
                        reader.number(run, "seed"),
                        reader.text(run, "lifetime"),
                        run.path("settings_digest").asText("")),
                new Provenance(
                        from.path("answered_by").asText(""),
                        from.path("through").asText(""),
                        from.path("model").asText(""),
                        from.path("date").asText(""),
                        settings,
                        from.path("note").asText("")),
                entries,
                reader.steered(root.path("steered")));
    }

    private static String describe(IOException e) {
        return e instanceof java.nio.file.NoSuchFileException ? "no such file" : e.getMessage();
    }

    /** Reads parts of one file; each error names it. */
    private record Reader(Path file) {

        RecordingException broken(String what) {
            return new RecordingException(file + " is no usable recording: " + what);
        }

        JsonNode object(JsonNode parent, String name) {
            JsonNode child = parent.path(name);
            if (!child.isObject()) {
                throw broken("\"" + name + "\" is missing");
            }
            return child;
        }

        String text(JsonNode parent, String name) {
            JsonNode child = parent.path(name);
            if (!child.isTextual()) {
                throw broken("the text \"" + name + "\" is missing");
            }
            return child.textValue();
        }

        long number(JsonNode parent, String name) {
            JsonNode child = parent.path(name);
            if (!child.canConvertToLong() || !child.isIntegralNumber()) {
                throw broken("the whole number \"" + name + "\" is missing");
            }
            return child.longValue();
        }

        /** Absent where nobody steered the run. */
        List<Steered> steered(JsonNode array) {
            List<Steered> done = new ArrayList<>();
            for (JsonNode one : array) {
                done.add(
                        new Steered(
                                (int) number(one, "round"),
                                text(one, "kind"),
                                one.path("candidate").asInt(),
                                one.path("text").asText("")));
            }
            return done;
        }

        Entry entry(String role, JsonNode node, JsonNode texts) {
            String digest = text(node, "prompt");
            String fixedDigest = text(node, "fixed");
            Prompt prompt =
                    Prompt.of(
                            text(node, "template"), text(texts, digest), text(texts, fixedDigest));
            if (!prompt.digest().equals(digest) || !prompt.fixedDigest().equals(fixedDigest)) {
                throw broken(
                        "the prompt of "
                                + role
                                + " was changed: its digest is not the one under which it is kept");
            }
            return new Entry(prompt, reply(role, node));
        }

        private ModelReply reply(String role, JsonNode node) {
            TokenUsage usage = TokenUsage.fromJson(node.path("usage"));
            Duration latency =
                    Duration.ofMillis(Math.round(node.path("latency_s").asDouble() * 1000));
            JsonNode none = node.path("no_answer");
            if (none.isObject()) {
                return new NoAnswer(
                        reason(role, text(none, "reason")),
                        text(none, "message"),
                        text(none, "partial_text"),
                        usage,
                        latency,
                        new byte[0],
                        Optional.empty());
            }
            String text = text(node, "reply");
            if (!Digests.sha256(text).equals(text(node, "reply_digest"))) {
                throw broken(
                        "the reply to "
                                + role
                                + " was changed: its digest is not the recorded one");
            }
            return new Answer(
                    text,
                    node.path("model").asText("unknown"),
                    usage,
                    latency,
                    new byte[0],
                    Optional.empty());
        }

        private Reason reason(String role, String name) {
            for (Reason reason : Reason.values()) {
                if (reason.name().equals(name)) {
                    return reason;
                }
            }
            throw broken("the reason " + name + " of " + role + " is unknown");
        }
    }
}
