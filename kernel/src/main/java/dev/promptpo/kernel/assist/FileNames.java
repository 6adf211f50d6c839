package dev.promptpo.kernel.assist;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Files whose names begin as what has been typed. */
public final class FileNames {
    private static final int MOST = 200;

    private FileNames() {}

    /**
     * Completions of the last part of a path; folders end in a slash.
     *
     * @param typed from its first character; relative ones start in the working folder
     * @param cursor where it ends in the cell
     */
    public static Completions of(String typed, int cursor) {
        int slash = typed.lastIndexOf('/');
        String begin = typed.substring(slash + 1);
        List<Completions.Option> options = new ArrayList<>();
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(
                        folder(typed.substring(0, slash + 1)),
                        file -> fits(file.getFileName().toString(), begin))) {
            for (Path file : files) {
                String end = Files.isDirectory(file) ? "/" : "";
                options.add(new Completions.Option(file.getFileName() + end, "path"));
                if (options.size() == MOST) {
                    break;
                }
            }
        } catch (IOException | InvalidPathException | SecurityException e) {
            return Completions.none(cursor);
        }
        options.sort(Comparator.comparing(Completions.Option::text));
        return new Completions(options, cursor - begin.length(), cursor);
    }

    // Hidden files are for those who ask for them.
    private static boolean fits(String name, String begin) {
        return name.startsWith(begin) && (!begin.isEmpty() || !name.startsWith("."));
    }

    private static Path folder(String typed) {
        return typed.startsWith("~/")
                ? Path.of(System.getProperty("user.home"), typed.substring(2))
                : Path.of(typed.isEmpty() ? "." : typed);
    }
}
