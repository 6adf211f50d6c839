package dev.promptpo.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What is wanted of an event is what a JSON parser reads there; the rest is left out. */
class EventSelectionTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String[] PLAIN = {"a", "ab", "b", "größe", ""};
    private static final String[] ODD = {"a", "a\"b", "b\\", "\n"};
    private static final String[] TEXTS = {
        "", "plain", "\"", "\\", "{[,:]}\"", "\n\t\b\f\r/", "\u0001ä€\ud83d\ude00\u007f", "\\u0041"
    };

    @Test
    void givesTheWantedFieldsOfTheWantedEvents() throws IOException {
        byte[] log =
                log(
                        "{'type': 'one', 'a': 1, 'b': 2}",
                        "{'type': 'two', 'a': 3, 'list': [{'x': 1, 'y': {'z': 2, 'w': 3}}, {}]}",
                        "{'type': 'three', 'a': 4}");
        assertThat(
                        visited(
                                log,
                                EventSelection.none()
                                        .with("one", "b")
                                        .with("two", "list/y/z", "list/x", "none")))
                .containsExactly(
                        json("{'one': {'b': 2}}"),
                        json("{'two': {'list': [{'x': 1, 'y': {'z': 2}}, {}]}}"));
        assertThat(visited(log, EventSelection.none().with("three")))
                .containsExactly(json("{'three': {'a': 4}}"));
        assertThat(visited(log, EventSelection.none().with("one", "a", "a/b")))
                .containsExactly(json("{'one': {'a': 1}}"));
        assertThat(visited(log, EventSelection.none())).isEmpty();
    }

    /** Against the tree that a parser makes of the same line, with the rest cut off. */
    @Property(tries = 3000)
    void readsWhatAParserReads(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        ObjectNode fields = object(random, PLAIN, 3);
        List<String> paths = paths(random, PLAIN);
        byte[] log = sealed(1, "any", fields);
        assertThat(visited(log, EventSelection.none().with("any", paths.toArray(String[]::new))))
                .containsExactly(named("any", pruned(reread(fields), paths)));
    }

    /**
     * A name that JSON has to escape may be spelled in two ways: then more may come than wanted.
     */
    @Property(tries = 1000)
    void readsNamesThatAreEscaped(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        ObjectNode fields = object(random, ODD, 2);
        List<String> paths = paths(random, ODD);
        byte[] log = sealed(1, "any", fields);
        List<JsonNode> visited =
                visited(log, EventSelection.none().with("any", paths.toArray(String[]::new)));
        assertThat(visited).hasSize(1);
        assertThat(pruned(visited.getFirst().path("any"), paths))
                .isEqualTo(pruned(reread(fields), paths));
    }

    @Test
    void readsLinesThatAreNotWrittenAsWeWrite() throws IOException {
        String[] bodies = {
            "{ \"sequence\": 1, \"time\": \"2026-01-01T00:00:00Z\", \"type\": \"one\", \"a\": [1, 2]",
            "{\"a\":[1,2],\"type\":\"one\",\"time\":\"2026-01-01T00:00:00Z\",\"sequence\":1",
            "{\"sequence\":1,\"time\":\"2026-01-01T00:00:00Z\",\"type\":\"one\", \"a\" : [1,2] ",
            "{\"sequence\":1,\"time\":\"2026-01-01T00:00:00Z\",\"type\":\"\\u006fne\",\"a\":[1,2]",
        };
        for (String body : bodies) {
            List<JsonNode> visited =
                    visited(sealed(body), EventSelection.none().with("one", "a", "b"));
            assertThat(visited).as(body).containsExactly(json("{'one': {'a': [1, 2]}}"));
            assertThat(visited(sealed(body), EventSelection.none().with("two"))).isEmpty();
        }
    }

    private static List<JsonNode> visited(byte[] log, EventSelection wanted) {
        List<JsonNode> visited = new ArrayList<>();
        EventLog.visit(log, "log", wanted, (type, fields) -> visited.add(named(type, fields)));
        return visited;
    }

    private static ObjectNode named(String type, JsonNode fields) {
        return NODES.objectNode().set(type, fields);
    }

    /** A line an event, given as JSON with single quotes. */
    private static byte[] log(String... events) throws IOException {
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        for (int i = 0; i < events.length; i++) {
            ObjectNode event = (ObjectNode) json(events[i]);
            String type = event.remove("type").asText();
            log.writeBytes(sealed(i + 1, type, event));
        }
        return log.toByteArray();
    }

    private static byte[] sealed(int sequence, String type, ObjectNode fields) {
        ObjectNode event = NODES.objectNode().put("sequence", sequence);
        event.put("time", "2026-01-01T00:00:00.123Z").put("type", type);
        event.setAll(fields);
        return SealedLine.seal(event);
    }

    /** A line with this text, less its closing brace. */
    private static byte[] sealed(String body) {
        CRC32C crc = new CRC32C();
        crc.update(body.getBytes(UTF_8));
        return (body + ",\"crc\":\"%08x\"}\n".formatted(crc.getValue())).getBytes(UTF_8);
    }

    private static JsonNode pruned(JsonNode node, List<String> paths) {
        if (paths.contains("")) {
            throw new AssertionError("no path is empty here");
        }
        if (node instanceof ArrayNode array) {
            ArrayNode kept = NODES.arrayNode();
            array.forEach(item -> kept.add(pruned(item, paths)));
            return kept;
        }
        if (!(node instanceof ObjectNode object)) {
            return node;
        }
        ObjectNode kept = NODES.objectNode();
        object.properties()
                .forEach(field -> {
                    List<String> inner = new ArrayList<>();
                    boolean whole = false;
                    for (String path : paths) {
                        whole |= path.equals(field.getKey());
                        if (path.startsWith(field.getKey() + "/")) {
                            inner.add(path.substring(field.getKey().length() + 1));
                        }
                    }
                    if (whole) {
                        kept.set(field.getKey(), field.getValue());
                    } else if (!inner.isEmpty()) {
                        kept.set(field.getKey(), pruned(field.getValue(), inner));
                    }
                });
        return kept;
    }

    private static List<String> paths(Random random, String[] names) {
        List<String> paths = new ArrayList<>();
        int count = 1 + random.nextInt(4);
        while (paths.size() < count) {
            List<String> path = new ArrayList<>();
            for (int depth = random.nextInt(3); depth >= 0; depth--) {
                path.add(names[random.nextInt(names.length)]);
            }
            if (!path.contains("")) {
                paths.add(String.join("/", path));
            }
        }
        return paths;
    }

    private static ObjectNode object(Random random, String[] names, int depth) {
        ObjectNode node = NODES.objectNode();
        for (int i = random.nextInt(5); i > 0; i--) {
            node.set(names[random.nextInt(names.length)], value(random, names, depth - 1));
        }
        return node;
    }

    private static JsonNode value(Random random, String[] names, int depth) {
        return switch (random.nextInt(depth > 0 ? 12 : 9)) {
            case 0 -> NODES.numberNode(random.nextInt());
            case 1 -> NODES.numberNode(random.nextInt(10));
            case 2 -> NODES.numberNode(random.nextLong());
            case 3 -> NODES.numberNode(new BigInteger(80, random).subtract(BigInteger.TWO.pow(70)));
            case 4 ->
                    NODES.numberNode(random.nextGaussian() * Math.pow(10, random.nextInt(-9, 30)));
            case 5 -> NODES.numberNode(random.nextInt(-5, 5) / 2.0);
            case 6 -> NODES.textNode(TEXTS[random.nextInt(TEXTS.length)]);
            case 7 -> NODES.booleanNode(random.nextBoolean());
            case 8 -> NODES.nullNode();
            case 9 -> object(random, names, depth);
            default -> {
                ArrayNode array = NODES.arrayNode();
                for (int i = random.nextInt(4); i > 0; i--) {
                    array.add(value(random, names, depth - 1));
                }
                yield array;
            }
        };
    }

    /** Numbers have the types that a parser gives them. */
    private static JsonNode reread(ObjectNode fields) throws IOException {
        return JSON.readTree(JSON.writeValueAsBytes(fields));
    }

    private static JsonNode json(String text) throws IOException {
        return JSON.readTree(text.replace('\'', '"'));
    }
}
