package dev.promptpo.kernel.magic;

import dev.promptpo.kernel.maven.Library;
import dev.promptpo.kernel.maven.MavenException;
import dev.promptpo.kernel.maven.MavenLibraries;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipFile;

/** {@code %maven}, {@code %jars} and {@code %classpath}: what cells can use besides the JDK. */
final class ClassPath {
    private final MagicHost host;

    ClassPath(MagicHost host) {
        this.host = host;
    }

    Object maven(List<String> arguments) throws InterruptedException {
        List<String> coordinates = new ArrayList<>();
        List<String> repositories = new ArrayList<>();
        boolean sources = false;
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (argument.equals("--sources")) {
                sources = true;
            } else if (!argument.equals("--repository")) {
                coordinates.add(argument);
            } else if (++i < arguments.size()) {
                repositories.add(arguments.get(i));
            } else {
                throw new MagicException("--repository needs an address behind it");
            }
        }
        if (coordinates.isEmpty()) {
            throw new MagicException("expected %maven group:artifact:version; got no coordinates");
        }
        try {
            MavenLibraries libraries = MavenLibraries.ofUser(System.out::println);
            add(withoutOthersVersions(libraries.resolve(coordinates, repositories)));
            if (sources) {
                int found = libraries.fetchSources(coordinates, repositories);
                System.out.println("sources of " + found + " for Shift+Tab");
            }
        } catch (MavenException e) {
            // Its message says all that the causes do.
            throw new MagicException(e.getMessage());
        }
        return null;
    }

    Object jars(List<String> arguments) {
        if (arguments.isEmpty()) {
            throw new MagicException("expected %jars FILE-OR-FOLDER ...; got none");
        }
        List<Path> jars = new ArrayList<>();
        for (String argument : arguments) {
            jars.addAll(Paths.jars(argument));
        }
        for (Path jar : jars) {
            check(jar);
        }
        add(jars);
        return null;
    }

    Object entries(List<String> arguments) {
        if (arguments.isEmpty()) {
            host.classPath().forEach(System.out::println);
            return null;
        }
        List<Path> entries = arguments.stream().map(Paths::of).toList();
        for (Path entry : entries) {
            if (!Files.exists(entry)) {
                throw new MagicException("there is no file or folder " + entry.toAbsolutePath());
            }
            if (!Files.isDirectory(entry)) {
                check(entry);
            }
        }
        add(entries);
        return null;
    }

    private static void check(Path jar) {
        // What is no archive would be passed over in silence, and its classes missed later.
        try (ZipFile archive = new ZipFile(jar.toFile())) {
            archive.size();
        } catch (java.io.IOException e) {
            throw new MagicException(jar + " cannot be read as a jar: " + e.getMessage());
        }
    }

    private void add(List<Path> entries) {
        Set<Path> known = new TreeSet<>();
        host.classPath().forEach(entry -> known.add(entry.toAbsolutePath().normalize()));
        List<Path> fresh = new ArrayList<>();
        for (Path entry : entries) {
            Path whole = entry.toAbsolutePath().normalize();
            if (known.add(whole)) {
                fresh.add(whole);
            }
        }
        host.addToClassPath(fresh);
        System.out.println(
                fresh.isEmpty()
                        ? "all of it was on the class path already"
                        : "on the class path now: "
                                + String.join(
                                        ", ",
                                        fresh.stream()
                                                .map(path -> path.getFileName().toString())
                                                .toList()));
    }

    /**
     * Leaves out what is there in another version: the first on a class path wins, so it would be
     * compiled against and never run.
     */
    private List<Path> withoutOthersVersions(List<Library> libraries) {
        List<Path> kept = new ArrayList<>();
        for (Library library : libraries) {
            Optional<Path> other =
                    host.classPath().stream()
                            .filter(entry -> JarName.of(entry).is(library))
                            .filter(entry -> !entry.equals(library.file()))
                            .findFirst();
            other.ifPresentOrElse(
                    there ->
                            System.out.println(
                                    library
                                            + " is left out: the class path has "
                                            + there.getFileName()),
                    () -> kept.add(library.file()));
        }
        return kept;
    }
}
