package dev.promptpo.kernel.assist;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

/**
 * The types that could be imported, by simple name: those of the JDK's {@code java} and {@code
 * javax} packages, and those of the class path. Used by one thread at a time.
 */
public final class TypeIndex {
    private static final String CLASS = ".class";

    private final ClassLoader loader;
    private final NavigableMap<String, List<String>> names = new TreeMap<>();
    private final NavigableSet<String> packages = new TreeSet<>();
    private final Set<Path> read = new HashSet<>();
    private boolean readPlatform;

    /**
     * @param loader what is asked whether a type is public
     */
    public TypeIndex(ClassLoader loader) {
        this.loader = loader;
    }

    /** Reads what is new on the class path; the first time, the JDK too (about half a second). */
    public void update(List<Path> classPath) {
        if (!readPlatform) {
            readPlatform = true;
            ModuleFinder.ofSystem().findAll().forEach(this::readModule);
        }
        for (Path entry : classPath) {
            if (read.add(entry)) {
                readEntry(entry);
            }
        }
    }

    private void readModule(ModuleReference module) {
        String name = module.descriptor().name();
        if (!name.startsWith("java.")) {
            return;
        }
        Set<String> exported = new HashSet<>();
        module.descriptor().exports().stream()
                .filter(export -> !export.isQualified())
                .forEach(export -> exported.add(export.source()));
        try (var reader = module.open();
                Stream<String> files = reader.list()) {
            files.forEach(file -> {
                int slash = file.lastIndexOf('/');
                if (slash > 0 && exported.contains(file.substring(0, slash).replace('/', '.'))) {
                    add(file);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list the JDK's module " + name, e);
        }
    }

    private void readEntry(Path entry) {
        // What cannot be read cannot be imported either.
        try {
            if (Files.isDirectory(entry)) {
                try (Stream<Path> files = Files.walk(entry)) {
                    files.forEach(
                            file -> add(entry.relativize(file).toString().replace('\\', '/')));
                }
            } else if (Files.isRegularFile(entry)) {
                try (ZipFile jar = new ZipFile(entry.toFile())) {
                    jar.stream().forEach(file -> add(file.getName()));
                }
            }
        } catch (IOException | UncheckedIOException e) {
            return;
        }
    }

    private void add(String file) {
        if (!file.endsWith(CLASS)
                || file.startsWith("META-INF/")
                || file.indexOf('$') >= 0
                || file.indexOf('-') >= 0
                || file.indexOf('/') < 0) {
            return;
        }
        String name = file.substring(0, file.length() - CLASS.length()).replace('/', '.');
        String simple = name.substring(name.lastIndexOf('.') + 1);
        packages.add(name.substring(0, name.length() - simple.length() - 1));
        names.computeIfAbsent(simple, key -> new ArrayList<>(1)).add(name);
    }

    /** The qualified names of all types of this simple name, public or not. */
    public List<String> named(String simpleName) {
        return List.copyOf(names.getOrDefault(simpleName, List.of()));
    }

    /**
     * The qualified names of public types whose simple names begin so: exact ones first, then the
     * JDK's.
     */
    public List<String> beginningWith(String start, int most) {
        return names.subMap(start, start + Character.MAX_VALUE).entrySet().stream()
                .flatMap(entry -> entry.getValue().stream())
                .sorted(
                        Comparator.comparing((String name) -> !name.endsWith("." + start))
                                .thenComparing(name -> rank(name))
                                .thenComparing(String::length)
                                .thenComparing(Comparator.naturalOrder()))
                .filter(this::isPublic)
                .distinct()
                .limit(most)
                .toList();
    }

    /**
     * The next parts of packages whose names begin so: {@code util} for {@code java.ut}, {@code
     * util} and others for {@code java.}
     */
    public List<String> packagesBeginningWith(String start) {
        int part = start.lastIndexOf('.') + 1;
        return packages.subSet(start, start + Character.MAX_VALUE).stream()
                .map(name -> {
                    int end = name.indexOf('.', start.length());
                    return name.substring(part, end < 0 ? name.length() : end);
                })
                .filter(name -> !name.isEmpty())
                .distinct()
                .toList();
    }

    private static int rank(String name) {
        return name.startsWith("java.util.") ? 0 : name.startsWith("java.") ? 1 : 2;
    }

    private boolean isPublic(String name) {
        try {
            return Modifier.isPublic(Class.forName(name, false, loader).getModifiers());
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }
}
