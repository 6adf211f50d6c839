package dev.promptpo.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;

/** JSON as a ledger writes and reads it. */
final class Json {
    /** Strict: a key that comes twice or text after the document is an error. */
    static final ObjectMapper MAPPER =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    /** For bytes that a checksum has proven already: looking for a key that comes twice is dear. */
    static final ObjectReader PROVEN =
            JsonMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build()
                    .readerFor(JsonNode.class);

    private static final ObjectMapper CANONICAL =
            JsonMapper.builder().enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED).build();

    private Json() {}

    /** Compact, UTF-8, keys in the order of the node. */
    static byte[] bytes(JsonNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a JSON tree can always be written", e);
        }
    }

    /** Compact, keys sorted: equal trees give equal text. */
    static String canonical(JsonNode node) {
        try {
            return CANONICAL.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a JSON tree can always be written", e);
        }
    }

    static byte[] canonicalBytes(JsonNode node) {
        return canonical(node).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * A copy in which every unpaired surrogate is U+FFFD: Python's text may hold some, UTF-8
     * cannot.
     */
    static ObjectNode wellFormed(ObjectNode node) {
        ObjectNode copy = object();
        node.properties().forEach(f -> copy.set(wellFormed(f.getKey()), wellFormed(f.getValue())));
        return copy;
    }

    private static JsonNode wellFormed(JsonNode node) {
        if (node instanceof ObjectNode object) {
            return wellFormed(object);
        }
        if (node instanceof ArrayNode array) {
            ArrayNode copy = MAPPER.createArrayNode();
            array.forEach(item -> copy.add(wellFormed(item)));
            return copy;
        }
        return node.isTextual() ? TextNode.valueOf(wellFormed(node.textValue())) : node;
    }

    static String wellFormed(String text) {
        if (text.codePoints().noneMatch(Json::surrogate)) {
            return text;
        }
        StringBuilder mended = new StringBuilder(text.length());
        text.codePoints().forEach(c -> mended.appendCodePoint(surrogate(c) ? 0xFFFD : c));
        return mended.toString();
    }

    private static boolean surrogate(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }
}
