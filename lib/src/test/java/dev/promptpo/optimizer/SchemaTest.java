package dev.promptpo.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptpo.llm.Budget;
import dev.promptpo.llm.LanguageModel;
import dev.promptpo.llm.ModelIdentity;
import dev.promptpo.llm.ModelReply;
import dev.promptpo.llm.ModelReply.Answer;
import dev.promptpo.llm.ModelReply.NoAnswer;
import dev.promptpo.llm.ModelReply.Reason;
import dev.promptpo.llm.ModelRequest;
import dev.promptpo.llm.ModelSource;
import dev.promptpo.llm.Price;
import dev.promptpo.llm.Recording;
import dev.promptpo.llm.Recording.Provenance;
import dev.promptpo.llm.RunContext;
import dev.promptpo.llm.TokenUsage;
import dev.promptpo.prompt.ContextForm;
import dev.promptpo.prompt.History;
import dev.promptpo.rollout.RolloutEngine;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What runs write is what docs/schema says, and nothing that it does not say. */
@Timeout(60)
class SchemaTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path folder;

    @Test
    void everyEventTypeHasItsFieldsInTheSchema() throws Exception {
        List<String> types = new ArrayList<>();
        for (var field : EventTypes.class.getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers()) && field.getType() == String.class) {
                types.add((String) field.get(null));
            }
        }
        assertThat(Schemas.eventTypes(Schemas.document("event"))).isEqualTo(new TreeSet<>(types));
    }

    @Test
    void aRunThatItsBudgetEndedIsWhatTheSchemaSays() throws IOException {
        plan(new FailingOnce(Script.good().model()))
                .budget(
                        Budget.limits()
                                .calls(5)
                                .tokens(1_000_000)
                                .wallTime(Duration.ofHours(1))
                                .money(2, new Price(0, 0, 0, "EUR", "of this test")))
                .run()
                .close();
        assertThat(types()).contains("run_closed");
        assertThat(Files.readString(folder.resolve("run/events.jsonl"))).contains("\"not_done\"");
        assertThat(Schemas.strict("event").problemsOfLines(folder.resolve("run/events.jsonl")))
                .isEmpty();
    }

    @Test
    void aRunWithRepairsFailuresAndRetriesIsWhatTheSchemaSays() throws IOException {
        Script script =
                Script.good()
                        .on("policy/1/2", Script.policy("# fail EXCEPTION"))
                        .on("repair/1/2/1", Script.policy("# gain NaN"))
                        .on("policy/2/1", request -> NoAnswer.of(Reason.TRUNCATED, "the limit"))
                        .on("policy/2/2", Script.policy("# fail SYNTAX"))
                        .on("policy/1/1", request -> written(Script.policy("# gain 11")))
                        .on("repair/2/2/1", "No code.")
                        .on("repair/2/2/2", Script.policy("# fail TIMEOUT"))
                        .on("feedback", Script.code("Feedback", "# fail EXCEPTION"))
                        .on("repair/feedback/1", Script.code("Feedback", "# tells mended"));
        Run first = plan(new FailingOnce(script.model())).start();
        first.step();
        first.close();
        Run run = plan(new FailingOnce(script.model())).run();
        run.evaluate(run.best(), 50);
        run.close();

        assertThat(types())
                .contains("request_retried", "feedback_finished", "evaluation", "run_closed");
        assertThat(Schemas.strict("event").problemsOfLines(folder.resolve("run/events.jsonl")))
                .isEmpty();
        assertThat(Schemas.strict("run").problems(read(folder.resolve("run/run.json")))).isEmpty();

        Path recording = folder.resolve("recording.json");
        Recording.of(run.ledger(), new Provenance("a script", "test", "", "", Map.of(), ""))
                .write(recording);
        assertThat(Schemas.strict("recording").problems(read(recording))).isEmpty();
        TokenUsage kept = Recording.read(recording).entries().get("policy/1/1").reply().usage();
        assertThat(kept).isEqualTo(new TokenUsage(1200, 1024, 40, 100));
        assertThat(run.usage().tokens().cacheWrites()).isEqualTo(100);
    }

    /** A reply whose provider wrote a part of the prompt to its cache. */
    private static Answer written(String text) {
        return new Answer(
                text,
                "m",
                new TokenUsage(1200, 1024, 40, 100),
                Duration.ZERO,
                new byte[0],
                Optional.empty());
    }

    @Test
    void aRunOfOtherPromptSettingsIsWhatTheSchemaSays() throws IOException {
        plan(Script.good().model())
                .history(History.compact(1))
                .context(ContextForm.ANONYMOUS)
                .feedbackEpisodes(1)
                .feedbackSteps(3)
                .startFrom("# gain 90")
                .run();
        assertThat(Schemas.strict("event").problemsOfLines(folder.resolve("run/events.jsonl")))
                .isEmpty();
        assertThat(Schemas.strict("run").problems(read(folder.resolve("run/run.json")))).isEmpty();
    }

    @Test
    void everyFileSaysItsVersionAndNoneGoesWithoutOne() throws IOException {
        Run run = plan(Script.good().model()).run();
        run.close();
        Path recording = folder.resolve("recording.json");
        Recording.of(run.ledger(), new Provenance("a script", "test", "", "", Map.of(), ""))
                .write(recording);
        JsonNode first =
                JSON.readTree(Files.readAllLines(folder.resolve("run/events.jsonl")).getFirst());
        assertThat(first.path("type").asText()).isEqualTo("session_started");
        Map<String, JsonNode> files =
                Map.of(
                        "run", read(folder.resolve("run/run.json")),
                        "event", first,
                        "recording", read(recording));
        for (Map.Entry<String, JsonNode> file : files.entrySet()) {
            assertThat(file.getValue().path("schema").asInt()).as(file.getKey()).isEqualTo(1);
            ObjectNode without = file.getValue().deepCopy();
            without.remove("schema");
            assertThat(Schemas.lenient(file.getKey()).problems(without))
                    .as("%s without a version", file.getKey())
                    .isNotEmpty();
        }
    }

    @Test
    void theKeptRecordingsAreWhatTheSchemaSays() throws IOException {
        Path kept = Path.of(System.getProperty("promptpo.home")).resolve("notebooks/recordings");
        try (Stream<Path> files = Files.list(kept)) {
            List<Path> recordings = files.filter(f -> f.toString().endsWith(".json")).toList();
            assertThat(recordings).isNotEmpty();
            for (Path recording : recordings) {
                assertThat(Schemas.strict("recording").problems(read(recording)))
                        .as("%s", recording)
                        .isEmpty();
            }
        }
    }

    /** The check of the check: a schema that lets everything through would say nothing. */
    @Test
    void aChangedLineIsNot() throws IOException {
        plan(Script.good().model()).run().close();
        Schemas lenient = Schemas.lenient("event");
        Schemas strict = Schemas.strict("event");
        for (String line : Files.readAllLines(folder.resolve("run/events.jsonl"))) {
            ObjectNode event = (ObjectNode) JSON.readTree(line);
            ObjectNode more = event.deepCopy().put("unheard_of", 1);
            assertThat(lenient.problems(more)).as("readers ignore what they do not know").isEmpty();
            assertThat(strict.problems(more)).as("writers describe what they write").isNotEmpty();
            ObjectNode less = event.deepCopy();
            less.remove("crc");
            assertThat(lenient.problems(less)).isNotEmpty();
            String own = event.fieldNames().next();
            for (String name : List.of("role", "steps", "round", "reason", "schema", "best")) {
                own = event.has(name) ? name : own;
            }
            ObjectNode wrong = event.deepCopy();
            wrong.putObject(own).put("not", "this");
            assertThat(lenient.problems(wrong)).as("%s of %s", own, event).isNotEmpty();
        }
        ObjectNode document = (ObjectNode) read(folder.resolve("run/run.json"));
        document.put("schema", 2);
        assertThat(Schemas.lenient("run").problems(document)).isNotEmpty();
    }

    private PromptPO plan(ModelSource model) {
        RolloutEngine engine = new LineEngine();
        return PromptPO.on(LineSpec.spec())
                .model(model)
                .engine(engine)
                .seeds((seed, stage, round, n) -> LongStream.range(0, n).boxed().toList())
                .candidates(2)
                .rounds(2)
                .heldoutEpisodes(30)
                .directory(folder.resolve("run"));
    }

    private List<String> types() throws IOException {
        List<String> types = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve("run/events.jsonl"))) {
            types.add(JSON.readTree(line).path("type").asText());
        }
        return types;
    }

    private static JsonNode read(Path file) throws IOException {
        return JSON.readTree(file.toFile());
    }

    /** Each question fails once, as a provider's would, and is asked again. */
    private record FailingOnce(ModelSource source) implements ModelSource {
        @Override
        public String name() {
            return source.name();
        }

        @Override
        public LanguageModel open(RunContext run) {
            LanguageModel model = source.open(run);
            return new LanguageModel() {
                @Override
                public ModelReply ask(ModelRequest request) throws InterruptedException {
                    run.attempts()
                            .failed(
                                    request,
                                    1,
                                    NoAnswer.of(Reason.OVERLOADED, "503"),
                                    Duration.ofMillis(5));
                    return model.ask(request);
                }

                @Override
                public ModelIdentity identity() {
                    return model.identity();
                }
            };
        }
    }
}
