package dev.promptpo.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * One JSON object on one line that proves its own bytes.
 *
 * <p>Its last field is {@code "crc"}: the CRC-32C (Castagnoli) of all bytes of the line before
 * {@code ,"crc":"}, as eight lower-case hexadecimal digits. A line therefore always ends in the 18
 * bytes {@code ,"crc":"xxxxxxxx"}} and a newline that the checksum does not cover.
 */
final class SealedLine {
    private static final byte[] MARK = ",\"crc\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\"}".getBytes(StandardCharsets.US_ASCII);
    private static final int DIGITS = 8;
    private static final int SEAL = MARK.length + DIGITS + END.length;

    private SealedLine() {}

    /** The line, its newline included. The object must have a field and none called crc. */
    static byte[] seal(ObjectNode object) {
        if (object.isEmpty() || object.has("crc")) {
            throw new IllegalArgumentException(
                    "a sealed line needs at least one field and sets crc itself");
        }
        byte[] whole = Json.bytes(object);
        int body = whole.length - 1; // without the closing brace
        byte[] line = Arrays.copyOf(whole, body + SEAL + 1);
        System.arraycopy(MARK, 0, line, body, MARK.length);
        byte[] digits = digits(whole, body);
        System.arraycopy(digits, 0, line, body + MARK.length, DIGITS);
        System.arraycopy(END, 0, line, body + MARK.length + DIGITS, END.length);
        line[line.length - 1] = '\n';
        return line;
    }

    /**
     * Checks a line (without its newline) and reads it; the crc is left out of the object.
     *
     * @throws Broken when the line is not what was written
     */
    static ObjectNode open(byte[] line) throws Broken {
        int body = line.length - SEAL;
        if (body < 1
                || !matches(line, body, MARK)
                || !matches(line, body + MARK.length + DIGITS, END)) {
            throw new Broken("it does not end in a \"crc\" field");
        }
        byte[] expected = digits(line, body);
        if (!matches(line, body + MARK.length, expected)) {
            String found =
                    new String(line, body + MARK.length, DIGITS, StandardCharsets.ISO_8859_1);
            throw new Broken(
                    "its checksum is "
                            + new String(expected, StandardCharsets.US_ASCII)
                            + ", the line says "
                            + found);
        }
        try {
            JsonNode node = Json.PROVEN.readTree(line);
            if (node instanceof ObjectNode object) {
                object.remove("crc");
                return object;
            }
            throw new Broken("it is not a JSON object");
        } catch (IOException e) {
            throw new Broken("it is not JSON (" + firstLine(e) + ")");
        }
    }

    private static byte[] digits(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return HexFormat.of()
                .toHexDigits(crc.getValue(), DIGITS)
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static boolean matches(byte[] line, int from, byte[] expected) {
        return Arrays.equals(line, from, from + expected.length, expected, 0, expected.length);
    }

    private static String firstLine(IOException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    /** Why a line is not what was written. */
    static final class Broken extends Exception {
        private static final long serialVersionUID = 1L;

        Broken(String message) {
            super(message);
        }
    }
}
