package dev.promptpo.kernel.magic;

import dev.promptpo.kernel.maven.Library;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a jar's file name tells: {@code commons-csv-1.11.0.jar} is version 1.11.0 of commons-csv.
 *
 * @param artifact the name without version and ending; a group may stand before it
 */
record JarName(String artifact) {
    private static final Pattern NAME = Pattern.compile("(.+?)-\\d[^/]*\\.jar");

    static JarName of(Path file) {
        String name = String.valueOf(file.getFileName());
        Matcher matcher = NAME.matcher(name);
        return new JarName(matcher.matches() ? matcher.group(1) : name);
    }

    /** Whether this is the library's jar, in whatever version; with or without its group. */
    boolean is(Library library) {
        return artifact.equals(library.artifact())
                || artifact.equals(library.group() + "." + library.artifact());
    }
}
