package dev.promptpo.kernel.display;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;

/** Bytes and files that a page can show: pictures and films. */
final class Media {
    /** A notebook holds what it shows; larger files would make it too large to open. */
    static final long LARGEST_BYTES = 32L << 20;

    private static final int SHOWN_BYTES = 32;

    private static final Map<String, String> TYPES =
            Map.of(
                    "png", "image/png",
                    "jpg", "image/jpeg",
                    "jpeg", "image/jpeg",
                    "gif", "image/gif",
                    "webp", "image/webp",
                    "svg", "image/svg+xml",
                    "mp4", "video/mp4",
                    "webm", "video/webm",
                    "ogv", "video/ogg");

    private Media() {}

    /** The MIME type of these bytes, from the marks that they begin with. */
    static Optional<String> type(byte[] bytes) {
        if (begins(bytes, 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n')) {
            return Optional.of("image/png");
        }
        if (begins(bytes, 0xFF, 0xD8, 0xFF)) {
            return Optional.of("image/jpeg");
        }
        if (begins(bytes, 'G', 'I', 'F', '8')) {
            return Optional.of("image/gif");
        }
        return Optional.empty();
    }

    private static boolean begins(byte[] bytes, int... marks) {
        for (int i = 0; i < marks.length; i++) {
            if (i >= bytes.length || bytes[i] != (byte) marks[i]) {
                return false;
            }
        }
        return true;
    }

    /** A picture where the bytes are one; else their number and the first of them. */
    static DisplayData ofBytes(byte[] bytes) {
        DisplayData data = new DisplayData(text(bytes));
        type(bytes).ifPresent(name -> data.putData(name, base64(bytes)));
        return data;
    }

    /** Their type where it is known, their number, and else the first of them. */
    static String text(byte[] bytes) {
        Optional<String> type = type(bytes);
        return type.map(name -> name + ", ").orElse("")
                + count(bytes.length)
                + (type.isPresent() || bytes.length == 0 ? "" : ": " + hex(bytes));
    }

    /** A picture or a film where the file is one; else nothing. */
    static Optional<DisplayData> ofFile(Path file) {
        String name = String.valueOf(file.getFileName());
        String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
        if (type == null || !Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            long size = Files.size(file);
            String text = file + ", " + type + ", " + count(size);
            if (size > LARGEST_BYTES) {
                return Optional.of(new DisplayData(text + "; too large to be put into a notebook"));
            }
            DisplayData data = new DisplayData(text);
            put(data, type, Files.readAllBytes(file));
            return Optional.of(data);
        } catch (IOException e) {
            return Optional.of(new DisplayData(file + ": cannot be read: " + e));
        }
    }

    private static void put(DisplayData data, String type, byte[] bytes) {
        switch (type) {
            case "image/svg+xml" -> data.putSVG(new String(bytes, StandardCharsets.UTF_8));
            case "image/png", "image/jpeg", "image/gif" -> data.putData(type, base64(bytes));
            case "image/webp" ->
                    // No MIME type that pages of notebooks know by itself.
                    data.putHTML("<img style=\"max-width:100%\" src=\"" + uri(type, bytes) + "\">");
            default ->
                    data.putHTML(
                            "<video controls style=\"max-width:100%\" src=\""
                                    + uri(type, bytes)
                                    + "\"></video>");
        }
    }

    private static String uri(String type, byte[] bytes) {
        return "data:" + type + ";base64," + base64(bytes);
    }

    static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static String count(long bytes) {
        return String.format(Locale.ROOT, "%,d bytes", bytes);
    }

    private static String hex(byte[] bytes) {
        byte[] first = Arrays.copyOf(bytes, Math.min(bytes.length, SHOWN_BYTES));
        return HexFormat.ofDelimiter(" ").formatHex(first)
                + (bytes.length > SHOWN_BYTES ? " ..." : "");
    }
}
