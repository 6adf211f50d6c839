package dev.promptpo.kernel.magic;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Files as a cell names them. */
final class Paths {
    private Paths() {}

    /** A path; a leading {@code ~} is the home folder. */
    static Path of(String name) {
        try {
            return name.equals("~") || name.startsWith("~/")
                    ? Path.of(System.getProperty("user.home") + name.substring(1))
                    : Path.of(name);
        } catch (InvalidPathException e) {
            throw new MagicException("not a path: " + name, e);
        }
    }

    /**
     * The jars that a name stands for, in order: a jar itself, those in a folder, or those that fit
     * a pattern in the last part of the name.
     *
     * @throws MagicException where there is none
     */
    static List<Path> jars(String name) {
        if (name.indexOf('*', 0) >= 0 || name.indexOf('?') >= 0) {
            int slash = name.lastIndexOf('/');
            Path folder = of(slash < 0 ? "." : name.substring(0, slash + 1));
            return in(folder, name.substring(slash + 1), name);
        }
        Path path = of(name);
        if (Files.isDirectory(path)) {
            return in(path, "*.jar", name);
        }
        if (!Files.isRegularFile(path)) {
            throw new MagicException("there is no file or folder " + path.toAbsolutePath());
        }
        return List.of(path);
    }

    private static List<Path> in(Path folder, String pattern, String name) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, pattern)) {
            files.forEach(found::add);
        } catch (IOException e) {
            throw new MagicException("cannot read the folder " + folder.toAbsolutePath(), e);
        }
        if (found.isEmpty()) {
            throw new MagicException("no jar fits " + name + " in " + folder.toAbsolutePath());
        }
        found.sort(null);
        return found;
    }
}
