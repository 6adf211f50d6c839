package dev.promptpo.kernel.magic;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code %load}: what stands in a file, run as a part of the cell. */
final class SourceFile {
    private final MagicHost host;

    SourceFile(MagicHost host) {
        this.host = host;
    }

    Object load(List<String> arguments) {
        if (arguments.size() != 1) {
            throw new MagicException(
                    "expected %load FILE (a name with spaces in double quotes); got "
                            + arguments.size()
                            + " words");
        }
        Path file = Paths.of(arguments.getFirst());
        Object last = null;
        List<String> cells = cells(file);
        for (int i = 0; i < cells.size(); i++) {
            try {
                last = host.evalRaw(cells.get(i));
            } catch (IllegalArgumentException | IllegalStateException e) {
                String part = cells.size() > 1 ? ", cell " + (i + 1) : "";
                throw new MagicException(file + part + ":\n" + e.getMessage());
            }
        }
        if (last != null) {
            host.show(last);
        }
        return null;
    }

    private static List<String> cells(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new MagicException("there is no file " + file.toAbsolutePath());
        } catch (CharacterCodingException e) {
            throw new MagicException(file + " is no text in UTF-8", e);
        } catch (IOException e) {
            throw new MagicException("cannot read " + file + ": " + e.getMessage(), e);
        }
        return file.toString().endsWith(".ipynb") ? notebook(file, text) : List.of(text);
    }

    private static List<String> notebook(Path file, String text) {
        try {
            JsonArray cells =
                    JsonParser.parseString(text).getAsJsonObject().getAsJsonArray("cells");
            List<String> sources = new ArrayList<>();
            for (JsonElement element : cells) {
                JsonObject cell = element.getAsJsonObject();
                if (cell.get("cell_type").getAsString().equals("code")) {
                    sources.add(source(cell.get("source")));
                }
            }
            return sources;
        } catch (JsonParseException
                | IllegalStateException
                | ClassCastException
                | NullPointerException e) {
            throw new MagicException(file + " is no notebook of format 4", e);
        }
    }

    // One string, or a list of lines.
    private static String source(JsonElement source) {
        if (source.isJsonPrimitive()) {
            return source.getAsString();
        }
        StringBuilder text = new StringBuilder();
        source.getAsJsonArray().forEach(line -> text.append(line.getAsString()));
        return text.toString();
    }
}
