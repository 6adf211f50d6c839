package dev.promptpo.llm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What models cost, as data: the table that comes with the project ({@code prices.json} beside this
 * class), and before it the user's own: the file that {@code PROMPTPO_PRICES} names, else {@code
 * promptpo-prices.json} in the working folder. A model that no entry matches has no known price.
 *
 * <p>An entry's {@code model} is a name as {@link Models#parse} reads it, in which {@code *} stands
 * for any text without an at sign; of several the first that matches counts.
 */
public final class PriceTable {
    /** Where users write theirs. */
    public static final String FILE = "promptpo-prices.json";

    /** What to do about an unknown price. */
    public static final String HOW_TO_ADD =
            "write it into "
                    + FILE
                    + " in the working folder, or a file that PROMPTPO_PRICES names"
                    + " (docs/models.md shows the form)";

    private static final int SCHEMA = 1;
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private final List<Entry> entries;

    private PriceTable(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    /**
     * The user's table before the project's.
     *
     * @throws IllegalArgumentException when the user's is not of the form; says where
     */
    public static PriceTable load() {
        return load(System.getenv(), Path.of(""));
    }

    static PriceTable load(Map<String, String> environment, Path workingFolder) {
        List<Entry> entries = new ArrayList<>();
        String named = environment.getOrDefault("PROMPTPO_PRICES", "");
        Path file = named.isBlank() ? workingFolder.resolve(FILE) : Path.of(named);
        if (!named.isBlank() || Files.exists(file)) {
            entries.addAll(read(file));
        }
        entries.addAll(shipped());
        return new PriceTable(entries);
    }

    /**
     * What a model costs; empty: unknown.
     *
     * @param model as {@link ModelSource#label} says it
     */
    public Optional<Price> of(String model) {
        return entries.stream()
                .filter(entry -> entry.pattern().matcher(model).matches())
                .findFirst()
                .map(Entry::price);
    }

    private static List<Entry> shipped() {
        try (InputStream in = PriceTable.class.getResourceAsStream("prices.json")) {
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8), "prices.json");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Entry> read(Path file) {
        try {
            return parse(Files.readString(file), file.toString());
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read the prices in " + file + ": " + e, e);
        }
    }

    private static List<Entry> parse(String text, String where) {
        JsonNode json;
        try {
            json = MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    where + " is not JSON: " + e.getOriginalMessage(), e);
        }
        if (json.path("schema").asInt() != SCHEMA || !json.path("prices").isArray()) {
            throw new IllegalArgumentException(
                    where + ": expected \"schema\": " + SCHEMA + " and a list of \"prices\"");
        }
        String currency = json.path("currency").asText();
        List<Entry> entries = new ArrayList<>();
        for (JsonNode entry : json.path("prices")) {
            entries.add(entry(entry, currency, where));
        }
        return entries;
    }

    private static Entry entry(JsonNode json, String currency, String where) {
        for (String text : List.of("model", "date", "source")) {
            if (json.path(text).asText().isBlank()) {
                throw bad(where, json, "expected a \"" + text + "\"");
            }
        }
        for (String number : List.of("input", "output")) {
            if (!json.path(number).isNumber()) {
                throw bad(where, json, "expected a number for \"" + number + "\"");
            }
        }
        for (String number : List.of("cached_input", "cache_write")) {
            if (json.has(number) && !json.path(number).isNumber()) {
                throw bad(where, json, "expected a number for \"" + number + "\"");
            }
        }
        if (currency.isBlank()) {
            throw bad(where, json, "expected a \"currency\" above the prices");
        }
        double input = json.path("input").asDouble();
        try {
            return new Entry(
                    pattern(json.path("model").asText()),
                    new Price(
                            input,
                            json.path("cached_input").asDouble(input),
                            json.path("output").asDouble(),
                            json.path("cache_write").asDouble(input),
                            currency,
                            json.path("source").asText()
                                    + ", "
                                    + json.path("date").asText()
                                    + " ("
                                    + where
                                    + ")"));
        } catch (IllegalArgumentException e) {
            throw bad(where, json, e.getMessage());
        }
    }

    private static IllegalArgumentException bad(String where, JsonNode entry, String why) {
        return new IllegalArgumentException(where + ": " + why + " in " + entry);
    }

    private static Pattern pattern(String model) {
        StringBuilder expression = new StringBuilder();
        for (String part : model.split("\\*", -1)) {
            expression.append(expression.isEmpty() ? "" : "[^@]*").append(Pattern.quote(part));
        }
        return Pattern.compile(expression.toString(), Pattern.DOTALL);
    }

    private record Entry(Pattern pattern, Price price) {}
}
