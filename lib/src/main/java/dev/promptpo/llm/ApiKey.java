package dev.promptpo.llm;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/**
 * A provider's key. It goes into one request header and nowhere else: the library under the
 * providers never holds it, no text form shows it, and where a server sends it back it is taken
 * out.
 */
final class ApiKey {
    /** Where no key is needed. */
    static final ApiKey NONE = new ApiKey("");

    static final String REMOVED = "[key removed]";

    /** Shorter ones are placeholders such as {@code EMPTY}, and words of ordinary text. */
    private static final int SHORTEST_SECRET = 8;

    private final String value;

    private ApiKey(String value) {
        this.value = value;
    }

    /**
     * The key of a provider, from the first of its variables that is set; {@link #NONE} where none
     * is.
     *
     * @throws ModelUnavailableException when what is set cannot be a key
     */
    static ApiKey find(ProviderKind kind, UnaryOperator<String> environment) {
        for (String variable : kind.keyVariables()) {
            String set = environment.apply(variable);
            if (set == null || set.isBlank()) {
                continue;
            }
            String value = set.strip();
            // Checked here, since the JDK quotes a header's value when it refuses it.
            if (!value.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
                throw new ModelUnavailableException(
                        variable
                                + " holds blanks or characters that no key has: set it to the key"
                                + " alone");
            }
            return new ApiKey(value);
        }
        return NONE;
    }

    boolean present() {
        return !value.isEmpty();
    }

    /** The value of the header that carries it. */
    String header(String prefix) {
        return prefix + value;
    }

    String removedFrom(String text) {
        return value.length() < SHORTEST_SECRET ? text : text.replace(value, REMOVED);
    }

    byte[] removedFrom(byte[] bytes) {
        if (value.length() < SHORTEST_SECRET) {
            return bytes;
        }
        // One character a byte, whatever the bytes are, so that all others stay as they came.
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        return text.contains(value)
                ? text.replace(value, REMOVED).getBytes(StandardCharsets.ISO_8859_1)
                : Arrays.copyOf(bytes, bytes.length);
    }

    @Override
    public String toString() {
        return present() ? "a key" : "no key";
    }
}
