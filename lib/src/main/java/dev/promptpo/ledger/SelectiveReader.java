package dev.promptpo.ledger;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptpo.ledger.EventSelection.Field;
import dev.promptpo.ledger.EventSelection.Part;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads some fields of a line and steps over the others byte by byte. A parser looks at each name
 * and number of what is not wanted, which was most of the time that the tables of a hundred runs
 * took to open.
 *
 * <p>Only for lines whose checksum has proven that they are what was written: compact JSON. What is
 * written in another way is left to the parser.
 */
final class SelectiveReader {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final byte[] TRUE = "true".getBytes(US_ASCII);
    private static final byte[] FALSE = "false".getBytes(US_ASCII);
    private static final byte[] NULL = "null".getBytes(US_ASCII);

    /** So many digits always fit into a long. */
    private static final int SAFE_DIGITS = 18;

    private final byte[] bytes;
    private final int to;
    private int at;

    private SelectiveReader(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.at = from;
        this.to = to;
    }

    /**
     * The wanted fields of an object; empty where all of it is wanted, or it is not compact JSON.
     * What comes after the last of them is not looked at.
     */
    static Optional<ObjectNode> read(byte[] bytes, int from, int to, Part wanted) {
        if (wanted.isWhole()) {
            return Optional.empty();
        }
        SelectiveReader reader = new SelectiveReader(bytes, from, to);
        ObjectNode found = NODES.objectNode();
        try {
            reader.take('{');
            do {
                reader.field(wanted, found);
            } while (found.size() < wanted.size() && reader.goesOn('}'));
            return Optional.of(found);
        } catch (NotCompact e) {
            return Optional.empty();
        }
    }

    private JsonNode value(Part wanted) throws NotCompact {
        return switch (peek()) {
            case '{' -> object(wanted);
            case '[' -> array(wanted);
            case '"' -> NODES.textNode(text());
            case 't' -> literal(TRUE, NODES.booleanNode(true));
            case 'f' -> literal(FALSE, NODES.booleanNode(false));
            case 'n' -> literal(NULL, NODES.nullNode());
            default -> number();
        };
    }

    private ObjectNode object(Part wanted) throws NotCompact {
        ObjectNode object = NODES.objectNode();
        take('{');
        if (peek() == '}') {
            at++;
            return object;
        }
        do {
            field(wanted, object);
        } while (goesOn('}'));
        return object;
    }

    /** Adds the field that comes to an object, where it is wanted. */
    private void field(Part wanted, ObjectNode object) throws NotCompact {
        int from = at;
        boolean plain = passString();
        int end = at;
        take(':');
        if (wanted.isWhole()) {
            object.set(text(from, end), value(Part.WHOLE));
            return;
        }
        if (!plain) {
            throw new NotCompact(); // another spelling of a name that may be wanted
        }
        Optional<Field> field = wanted.field(bytes, from + 1, end - 1);
        if (field.isPresent()) {
            object.set(field.get().name(), value(field.get().part()));
        } else {
            pass();
        }
    }

    private ArrayNode array(Part wanted) throws NotCompact {
        ArrayNode array = NODES.arrayNode();
        take('[');
        if (peek() == ']') {
            at++;
            return array;
        }
        do {
            array.add(value(wanted));
        } while (goesOn(']'));
        return array;
    }

    private JsonNode literal(byte[] word, JsonNode node) throws NotCompact {
        int end = at + word.length;
        if (end > to || !Arrays.equals(bytes, at, end, word, 0, word.length)) {
            throw new NotCompact();
        }
        at = end;
        return node;
    }

    private JsonNode number() throws NotCompact {
        int from = at;
        boolean whole = true;
        long value = 0;
        for (; at < to; at++) {
            byte b = bytes[at];
            if (b >= '0' && b <= '9') {
                value = 10 * value + b - '0';
            } else if (b == '.' || b == 'e' || b == 'E' || b == '+') {
                whole = false;
            } else if (b != '-') {
                break;
            }
        }
        boolean negative = bytes[from] == '-';
        int digits = at - from - (negative ? 1 : 0);
        if (whole && digits >= 1 && digits <= SAFE_DIGITS) {
            return node(negative ? -value : value);
        }
        String text = new String(bytes, from, at - from, US_ASCII);
        try {
            return whole ? node(new BigInteger(text)) : NODES.numberNode(Double.parseDouble(text));
        } catch (NumberFormatException e) {
            throw new NotCompact();
        }
    }

    private static JsonNode node(long value) {
        return value == (int) value ? NODES.numberNode((int) value) : NODES.numberNode(value);
    }

    private static JsonNode node(BigInteger value) {
        return value.bitLength() < Long.SIZE
                ? node(value.longValueExact())
                : NODES.numberNode(value);
    }

    private String text() throws NotCompact {
        int from = at;
        passString();
        return text(from, at);
    }

    /** A string without its quotes. */
    private String text(int from, int end) throws NotCompact {
        for (int i = from + 1; i < end - 1; i++) {
            if (bytes[i] == '\\') {
                return unescaped(from + 1, end - 1);
            }
        }
        return new String(bytes, from + 1, end - from - 2, UTF_8);
    }

    private String unescaped(int from, int end) throws NotCompact {
        StringBuilder text = new StringBuilder();
        int plain = from;
        for (int i = from; i < end; i++) {
            if (bytes[i] != '\\') {
                continue;
            }
            text.append(new String(bytes, plain, i - plain, UTF_8));
            i++;
            if (bytes[i] == 'u') {
                text.append(codeUnit(i + 1));
                i += 4;
            } else {
                text.append(escaped(bytes[i]));
            }
            plain = i + 1;
        }
        return text.append(new String(bytes, plain, end - plain, UTF_8)).toString();
    }

    private char codeUnit(int from) throws NotCompact {
        int unit = 0;
        for (int i = from; i < from + 4; i++) {
            int digit = i < to ? Character.digit(bytes[i], 16) : -1;
            if (digit < 0) {
                throw new NotCompact();
            }
            unit = 16 * unit + digit;
        }
        return (char) unit;
    }

    private static char escaped(byte b) throws NotCompact {
        return switch (b) {
            case '"', '\\', '/' -> (char) b;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> throw new NotCompact();
        };
    }

    /** Steps over a value. */
    private void pass() throws NotCompact {
        int depth = 0;
        do {
            switch (peek()) {
                case '"' -> {
                    passString();
                    continue;
                }
                case '{', '[' -> depth++;
                case '}', ']' -> depth--;
                default -> {}
            }
            at++;
        } while (depth > 0 || !endsValue());
    }

    private boolean endsValue() throws NotCompact {
        byte b = peek();
        return b == ',' || b == '}' || b == ']';
    }

    /** Steps over a string; whether nothing in it was escaped. */
    private boolean passString() throws NotCompact {
        boolean plain = true;
        take('"');
        while (at < to) {
            byte b = bytes[at++];
            if (b == '"') {
                return plain;
            }
            if (b == '\\') {
                plain = false;
                at++;
            }
        }
        throw new NotCompact();
    }

    /** Whether a comma comes, and not the end of the object or array. */
    private boolean goesOn(char close) throws NotCompact {
        byte b = peek();
        at++;
        if (b != ',' && b != close) {
            throw new NotCompact();
        }
        return b == ',';
    }

    private void take(char expected) throws NotCompact {
        if (peek() != expected) {
            throw new NotCompact();
        }
        at++;
    }

    private byte peek() throws NotCompact {
        if (at >= to) {
            throw new NotCompact();
        }
        return bytes[at];
    }

    /** This is not written as we write. */
    private static final class NotCompact extends Exception {
        private static final long serialVersionUID = 1L;
    }
}
