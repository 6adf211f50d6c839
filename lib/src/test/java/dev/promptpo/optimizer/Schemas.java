package dev.promptpo.optimizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The documents of {@code docs/schema}, as readers use them and as writers are held to them. */
public final class Schemas {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path FOLDER =
            Path.of(System.getProperty("promptpo.home")).resolve("docs/schema");

    private final Schema schema;

    private Schemas(JsonNode document) {
        schema =
                SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(document);
    }

    /** As it is written: fields that it does not name are let through. */
    public static Schemas lenient(String name) throws IOException {
        return new Schemas(document(name));
    }

    /** The same, but a field that it does not name is an error: what we write is described. */
    public static Schemas strict(String name) throws IOException {
        ObjectNode document = document(name);
        Set<String> events = eventTypes(document);
        document.path("$defs")
                .properties()
                .forEach(each -> close(each.getValue(), !events.contains(each.getKey())));
        document.path("properties").forEach(each -> close(each, true));
        document.put("unevaluatedProperties", false);
        return new Schemas(document);
    }

    /** Types that have their own fields in the schema of events. */
    static Set<String> eventTypes(ObjectNode schema) {
        Set<String> types = new TreeSet<>();
        schema.path("allOf")
                .forEach(each ->
                        types.add(
                                each.path("if")
                                        .path("properties")
                                        .path("type")
                                        .path("const")
                                        .asText()));
        return types;
    }

    static ObjectNode document(String name) throws IOException {
        return (ObjectNode) JSON.readTree(FOLDER.resolve(name + ".json").toFile());
    }

    /** An event's own fields stand beside those of every event, so only the whole is closed. */
    private static void close(JsonNode schema, boolean itself) {
        if (itself && schema.has("properties")) {
            ((ObjectNode) schema).put("unevaluatedProperties", false);
        }
        schema.path("properties").forEach(each -> close(each, true));
        schema.path("anyOf").forEach(each -> close(each, true));
        if (schema.has("items")) {
            close(schema.path("items"), true);
        }
    }

    /** What is wrong with a document; empty when nothing is. */
    public List<String> problems(JsonNode document) {
        return schema.validate(document).stream().map(Error::toString).toList();
    }

    /** What is wrong with each line of a file of JSON lines, with the line's number. */
    public List<String> problemsOfLines(Path file) throws IOException {
        List<String> problems = new ArrayList<>();
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            int number = i + 1;
            JsonNode line = JSON.readTree(lines.get(i));
            problems(line)
                    .forEach(problem ->
                            problems.add(
                                    "line "
                                            + number
                                            + " ("
                                            + line.path("type").asText()
                                            + "): "
                                            + problem));
        }
        return problems;
    }
}
