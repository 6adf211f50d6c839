package dev.promptpo.kernel.display;

import java.io.File;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;

/**
 * What a value looks like that no extension and no cell has given a form: collections, maps and
 * records as tables, bytes and files of images as pictures, files of films as films.
 */
public final class DefaultView {
    private DefaultView() {}

    /** The value's forms, text among them where it has a better one than its own; or none. */
    public static Optional<DisplayData> of(Object value) {
        return switch (value) {
            case byte[] bytes -> Optional.of(Media.ofBytes(bytes));
            case File file -> Media.ofFile(file.toPath());
            case Path file -> Media.ofFile(file);
            case Map<?, ?> map -> ValueTable.of(map).map(ValueTable::data);
            case Collection<?> values -> ValueTable.of(values).map(ValueTable::data);
            case Record[] records -> ValueTable.of(List.of(records)).map(ValueTable::data);
            case Record record -> ValueTable.of(record).map(ValueTable::data);
            case null, default -> Optional.empty();
        };
    }

    /** Bytes in words: what they are, how many, the first of them. */
    public static String text(byte[] bytes) {
        return Media.text(bytes);
    }
}
