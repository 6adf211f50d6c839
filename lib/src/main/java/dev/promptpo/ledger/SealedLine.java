package dev.promptpo.ledger;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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
        CRC32C crc = new CRC32C();
        crc.update(whole, 0, body);
        byte[] digits = digits(crc.getValue());
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
        check(line, 0, line.length);
        return read(line, 0, line.length);
    }

    /**
     * Checks that a line is what was written, without reading it.
     *
     * @param bytes that hold it
     * @param from where it begins
     * @param to where its newline is
     * @throws Broken when it is not what was written
     */
    static void check(byte[] bytes, int from, int to) throws Broken {
        int body = to - SEAL;
        if (body <= from
                || !matches(bytes, body, MARK)
                || !matches(bytes, body + MARK.length + DIGITS, END)) {
            throw new Broken("it does not end in a \"crc\" field");
        }
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, body - from);
        byte[] expected = digits(crc.getValue());
        if (!matches(bytes, body + MARK.length, expected)) {
            String found =
                    new String(bytes, body + MARK.length, DIGITS, StandardCharsets.ISO_8859_1);
            throw new Broken(
                    "its checksum is "
                            + new String(expected, StandardCharsets.US_ASCII)
                            + ", the line says "
                            + found);
        }
    }

    /**
     * Reads a line that was checked; the crc is left out of the object.
     *
     * @throws Broken when it is no JSON object
     */
    static ObjectNode read(byte[] bytes, int from, int to) throws Broken {
        try {
            if (Json.PROVEN.readTree(bytes, from, to - from) instanceof ObjectNode object) {
                object.remove("crc");
                return object;
            }
            throw new Broken("it is not a JSON object");
        } catch (IOException e) {
            throw new Broken("it is not JSON (" + firstLine(e) + ")");
        }
    }

    private static byte[] digits(long crc) {
        byte[] digits = new byte[DIGITS];
        for (int i = 0; i < DIGITS; i++) {
            digits[i] = (byte) Character.forDigit((int) (crc >>> 4 * (DIGITS - 1 - i)) & 15, 16);
        }
        return digits;
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
