package dev.promptpo.kernel.assist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourcesTest {
    private static final String SOURCE =
            """
            package sample;
            /** A box. */
            public class Box<T extends Comparable<T>> {
                /** How many. */
                public static int COUNT;
                /** Makes one of a size. */
                public Box(int size) {}
                /** Puts {@code x}. */
                public void put(java.util.List<? super T> values, String... names) {}
                /** Puts one. */
                public void put(T value) {}
                public void silent() {}
                static class Lid { /** Closes. */ void close() {} }
            }
            """;

    @TempDir Path folder;
    private Path jar;
    private TypeIndex types;

    @BeforeEach
    void write() throws IOException {
        jar = jar("box-1.jar", "sample/Box.class", "");
        types = new TypeIndex(getClass().getClassLoader());
        types.update(List.of(jar));
    }

    private Path jar(String name, String entry, String text) throws IOException {
        Path file = folder.resolve(name);
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(file))) {
            out.putNextEntry(new ZipEntry(entry));
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return file;
    }

    private String comment(Sources sources, String signature) {
        return sources.comment(signature, List.of(jar)).map(String::strip).orElse("none");
    }

    @Test
    void findsCommentsInASourcesJarBesideTheJar() throws IOException {
        Sources sources = new Sources(List.of(), types);
        assertThat(comment(sources, "sample.Box<T>")).isEqualTo("none");
        jar("box-1-sources.jar", "sample/Box.java", SOURCE);
        assertThat(comment(sources, "sample.Box<T extends Comparable<T>>")).isEqualTo("A box.");
        assertThat(comment(sources, "void Box<T>.put(List<? super T> values, String... names)"))
                .isEqualTo("Puts {@code x}.");
        assertThat(comment(sources, "void Box<T>.put(T value)")).isEqualTo("Puts one.");
        assertThat(comment(sources, "Box<T>(int size)")).isEqualTo("Makes one of a size.");
        assertThat(comment(sources, "Box.COUNT:int")).isEqualTo("How many.");
        assertThat(comment(sources, "void Box<T>.silent()")).isEqualTo("none");
        assertThat(comment(sources, "void Box<T>.put(int value)")).isEqualTo("none");
        assertThat(comment(sources, "void Other.put(int value)")).isEqualTo("none");
    }

    @Test
    void findsCommentsInFoldersThatAreNamed() throws IOException {
        Path root = Files.createDirectories(folder.resolve("src/sample")).getParent();
        Files.writeString(root.resolve("sample/Box.java"), SOURCE);
        Sources sources = new Sources(List.of(folder.resolve("nowhere"), root), types);
        assertThat(comment(sources, "void Box<T>.put(T value)")).isEqualTo("Puts one.");
    }

    @Test
    void commentsAreReadableAsTextAndAsHtml() {
        String html =
                Javadoc.html(
                        """
                        Gives {@link List#of(Object) a list} of <b>all</b> {@code a < b} {@literal <T>}.
                        <p>
                        See {@link #other}.
                        @param <T> its type
                        @param name what {@code {x}} is
                        @return nothing
                        @throws IOException when it cannot
                        @see Math#abs(int)
                        """);
        assertThat(html)
                .contains("<code>a list</code>", "<b>all</b>", "<code>a &lt; b</code>")
                .contains(
                        "<code>other</code>",
                        "<dt><code>name</code></dt><dd>what <code>{x}</code> is")
                .doesNotContain("{@", "@param");
        assertThat(Javadoc.plain(html))
                .isEqualTo(
                        """
                        Gives a list of all a < b <T>.

                        See other.

                          <T>: its type
                          name: what {x} is
                          returns: nothing
                          throws IOException: when it cannot
                          see: Math.abs(int)\
                        """);
    }
}
