package dev.promptpo.kernel.assist;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.tools.JavaCompiler;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Documentation comments of libraries, from their sources: folders that {@value #VARIABLE} names,
 * and {@code x-sources.jar} beside an {@code x.jar} of the class path.
 */
public final class Sources {
    /** Names folders and archives of sources, apart as on a class path. */
    public static final String VARIABLE = "PROMPTPO_KERNEL_SOURCES";

    private final List<Path> given;
    private final TypeIndex types;

    public Sources(List<Path> given, TypeIndex types) {
        this.given = List.copyOf(given);
        this.types = types;
    }

    /** Those that the environment names. */
    public static List<Path> fromEnvironment() {
        List<Path> roots = new ArrayList<>();
        String value = Objects.requireNonNullElse(System.getenv(VARIABLE), "");
        for (String entry : value.split(File.pathSeparator, -1)) {
            if (!entry.isBlank()) {
                roots.add(Path.of(entry));
            }
        }
        return roots;
    }

    /**
     * The comment on what a line of JShell's is about, as it stands in the source without its
     * asterisks.
     *
     * @param line for example {@code Table Table.create(String name)}
     */
    public Optional<String> comment(String line, List<Path> classPath) {
        Signature signature = Signature.parse(line);
        boolean qualified = signature.kind() == Signature.Kind.TYPE;
        List<String> owners =
                qualified ? List.of(signature.owner()) : types.named(signature.owner());
        for (String owner : owners) {
            Optional<String> found =
                    source(owner, classPath).flatMap(text -> find(text, signature));
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private Optional<String> source(String type, List<Path> classPath) {
        String file = type.replace('.', '/') + ".java";
        List<Path> roots = new ArrayList<>(given);
        for (Path entry : classPath) {
            String name = String.valueOf(entry.getFileName());
            if (name.endsWith(".jar")) {
                roots.add(entry.resolveSibling(name.replaceFirst("\\.jar$", "-sources.jar")));
            }
        }
        for (Path root : roots) {
            try {
                if (Files.isDirectory(root) && Files.isRegularFile(root.resolve(file))) {
                    return Optional.of(Files.readString(root.resolve(file)));
                }
                if (Files.isRegularFile(root)) {
                    Optional<String> text = inArchive(root, file);
                    if (text.isPresent()) {
                        return text;
                    }
                }
            } catch (IOException e) {
                // The tooltip shows the signature without it.
                continue;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> inArchive(Path root, String file) throws IOException {
        try (ZipFile archive = new ZipFile(root.toFile())) {
            ZipEntry entry = archive.getEntry(file);
            return entry == null
                    ? Optional.empty()
                    : Optional.of(
                            new String(
                                    archive.getInputStream(entry).readAllBytes(),
                                    StandardCharsets.UTF_8));
        }
    }

    private static Optional<String> find(String source, Signature signature) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        JavacTask task =
                (JavacTask)
                        compiler.getTask(
                                null,
                                null,
                                problem -> {},
                                List.of(),
                                null,
                                List.of(new Text(source)));
        DocTrees documents = DocTrees.instance(task);
        try {
            for (CompilationUnitTree unit : task.parse()) {
                Finder finder = new Finder(signature, documents);
                finder.scan(unit, null);
                if (finder.found != null) {
                    return Optional.of(finder.found);
                }
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    private static final class Text extends SimpleJavaFileObject {
        private final String source;

        Text(String source) {
            super(URI.create("string:///Source.java"), Kind.SOURCE);
            this.source = source;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
        }
    }

    private static final class Finder extends TreePathScanner<Void, Void> {
        private final Signature wanted;
        private final DocTrees documents;
        private String found;

        Finder(Signature wanted, DocTrees documents) {
            this.wanted = wanted;
            this.documents = documents;
        }

        @Override
        public Void visitClass(ClassTree type, Void unused) {
            if (wanted.kind() == Signature.Kind.TYPE
                    && type.getSimpleName().contentEquals(Signature.simple(wanted.owner()))) {
                take();
            }
            return super.visitClass(type, unused);
        }

        @Override
        public Void visitMethod(MethodTree method, Void unused) {
            boolean constructor = wanted.kind() == Signature.Kind.CONSTRUCTOR;
            if ((constructor || wanted.kind() == Signature.Kind.METHOD)
                    && ownerFits()
                    && method.getName().contentEquals(constructor ? "<init>" : wanted.name())
                    && method.getParameters().stream()
                            .map(parameter -> Signature.simple(parameter.getType().toString()))
                            .toList()
                            .equals(wanted.parameters())) {
                take();
            }
            return null;
        }

        @Override
        public Void visitVariable(VariableTree field, Void unused) {
            if (wanted.kind() == Signature.Kind.FIELD
                    && ownerFits()
                    && field.getName().contentEquals(wanted.name())) {
                take();
            }
            return null;
        }

        private boolean ownerFits() {
            TreePath parent = getCurrentPath().getParentPath();
            Tree leaf = parent.getLeaf();
            return leaf instanceof ClassTree type
                    && type.getSimpleName().contentEquals(wanted.owner());
        }

        private void take() {
            String comment = documents.getDocComment(getCurrentPath());
            if (found == null && comment != null) {
                found = comment;
            }
        }
    }
}
