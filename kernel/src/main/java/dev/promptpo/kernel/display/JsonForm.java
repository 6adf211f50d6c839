package dev.promptpo.kernel.display;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.lang.reflect.Array;
import java.lang.reflect.RecordComponent;
import java.util.Map;

/** A value as JSON, for pages that unfold it: text is parsed, the rest goes by its parts. */
public final class JsonForm {
    private static final int DEEPEST = 64;

    private JsonForm() {}

    /**
     * The value as JSON.
     *
     * @throws IllegalArgumentException for text that is no JSON, or values in values without end
     */
    public static JsonElement of(Object value) {
        if (value instanceof CharSequence text) {
            try {
                return JsonParser.parseString(text.toString());
            } catch (JsonParseException e) {
                throw new IllegalArgumentException("no JSON: " + e.getMessage(), e);
            }
        }
        return part(value, 0);
    }

    private static JsonElement part(Object value, int depth) {
        if (depth > DEEPEST) {
            throw new IllegalArgumentException(
                    "values lie in each other more than " + DEEPEST + " deep");
        }
        return switch (value) {
            case null -> JsonNull.INSTANCE;
            case JsonElement element -> element;
            case Boolean truth -> new JsonPrimitive(truth);
            // JSON has no word for these.
            case Double number when !Double.isFinite(number) ->
                    new JsonPrimitive(number.toString());
            case Float number when !Float.isFinite(number) -> new JsonPrimitive(number.toString());
            case Number number -> new JsonPrimitive(number);
            case Map<?, ?> map -> {
                JsonObject object = new JsonObject();
                map.forEach((key, held) -> object.add(String.valueOf(key), part(held, depth + 1)));
                yield object;
            }
            case Record record -> {
                JsonObject object = new JsonObject();
                for (RecordComponent component : record.getClass().getRecordComponents()) {
                    object.add(
                            component.getName(),
                            part(Components.value(component, record), depth + 1));
                }
                yield object;
            }
            case Iterable<?> values when !(value instanceof java.nio.file.Path) -> {
                JsonArray array = new JsonArray();
                values.forEach(held -> array.add(part(held, depth + 1)));
                yield array;
            }
            case Object array when array.getClass().isArray() -> {
                JsonArray elements = new JsonArray();
                for (int i = 0; i < Array.getLength(array); i++) {
                    elements.add(part(Array.get(array, i), depth + 1));
                }
                yield elements;
            }
            default -> new JsonPrimitive(String.valueOf(value));
        };
    }
}
