package dev.promptpo.llm;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an answer file holds. */
sealed interface RelayAnswer {
    /** Larger files are refused. */
    int MAX_BYTES = 4 << 20;

    /** A reply, and who says to have written it. */
    record Accepted(String text, String model) implements RelayAnswer {}

    /** Not a reply. */
    record Refused(String reason) implements RelayAnswer {}

    /** Reads an answer to a prompt. */
    static RelayAnswer read(byte[] bytes, String prompt) {
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return new Refused("expected UTF-8 text, but the bytes are not: save it as UTF-8");
        }
        if (text.indexOf('\0') >= 0) {
            return new Refused("expected text, but it holds a NUL character");
        }
        String model = "unknown";
        Matcher header = Header.FORM.matcher(text);
        if (header.lookingAt()) {
            model = header.group("model");
            text = text.substring(header.end());
        }
        if (text.isBlank()) {
            return new Refused("expected a reply, but it is empty");
        }
        if (text.strip().equals(prompt.strip())) {
            return new Refused("expected a reply, but it is a copy of the prompt");
        }
        return new Accepted(text, model);
    }

    /** The line that names who answered, after a byte order mark if there is one. */
    final class Header {
        private static final Pattern FORM =
                Pattern.compile(
                        "\\uFEFF?(?:<!--\\s*model:\\s*(?<model>[^\\r\\n]*?\\S)\\s*-->[ \\t]*(?:\\r?\\n|\\z))");

        private Header() {}
    }
}
