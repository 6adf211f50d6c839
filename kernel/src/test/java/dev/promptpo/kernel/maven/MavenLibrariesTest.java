package dev.promptpo.kernel.maven;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.apache.maven.settings.Mirror;
import org.apache.maven.settings.Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against a repository on this machine that stands in for all others. */
@Timeout(60)
class MavenLibrariesTest {
    @TempDir Path folder;

    private final List<String> progress = new ArrayList<>();
    private final CountDownLatch asked = new CountDownLatch(1);
    private HttpServer server;
    private Settings settings;
    private volatile boolean mute;

    @BeforeEach
    void serve() throws IOException {
        write(
                "one",
                "1.0",
                "<dependency><groupId>sample</groupId><artifactId>two</artifactId>"
                        + "<version>2.1</version></dependency>"
                        + "<dependency><groupId>sample</groupId><artifactId>unused</artifactId>"
                        + "<version>1</version><scope>test</scope></dependency>");
        write("two", "2.1", "");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    asked.countDown();
                    if (mute) {
                        // The client is kept waiting until it goes.
                        return;
                    }
                    Path file = folder.resolve("remote" + exchange.getRequestURI().getPath());
                    byte[] bytes =
                            Files.isRegularFile(file) ? Files.readAllBytes(file) : new byte[0];
                    exchange.sendResponseHeaders(
                            bytes.length == 0 ? 404 : 200, bytes.length == 0 ? -1 : bytes.length);
                    try (OutputStream body = exchange.getResponseBody()) {
                        body.write(bytes);
                    }
                });
        server.start();
        settings = new Settings();
        Mirror everything = new Mirror();
        everything.setId("here");
        everything.setMirrorOf("*");
        everything.setUrl("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        settings.addMirror(everything);
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void write(String artifact, String version, String dependencies) throws IOException {
        Path target =
                Files.createDirectories(
                        folder.resolve("remote/sample").resolve(artifact).resolve(version));
        String name = artifact + "-" + version;
        Files.writeString(
                target.resolve(name + ".pom"),
                "<project><modelVersion>4.0.0</modelVersion><groupId>sample</groupId><artifactId>"
                        + artifact
                        + "</artifactId><version>"
                        + version
                        + "</version><dependencies>"
                        + dependencies
                        + "</dependencies></project>");
        try (JarOutputStream jar =
                new JarOutputStream(Files.newOutputStream(target.resolve(name + ".jar")))) {
            jar.putNextEntry(new ZipEntry(artifact + ".txt"));
            jar.write(artifact.getBytes(StandardCharsets.UTF_8));
        }
    }

    private MavenLibraries libraries() {
        return new MavenLibraries(
                new UserSettings(settings, folder.resolve("local")), progress::add);
    }

    @Test
    void bringsALibraryWithWhatItNeedsAtRunTimeAndSaysWhatItFetches() throws Exception {
        List<Library> found = libraries().resolve(List.of("sample:one:1.0"), List.of());
        assertThat(found)
                .extracting(Library::toString)
                .containsExactly("sample:one:1.0", "sample:two:2.1");
        assertThat(found).allSatisfy(library -> assertThat(library.file()).exists());
        assertThat(progress)
                .hasSize(2)
                .anySatisfy(line -> assertThat(line).contains("one-1.0.jar"));
    }

    @Test
    void whatWasFetchedIsThereWithoutANetwork() throws Exception {
        libraries().resolve(List.of("sample:one:1.0"), List.of());
        progress.clear();
        server.stop(0);
        assertThat(libraries().resolve(List.of("sample:one:1.0"), List.of())).hasSize(2);
        assertThat(progress).isEmpty();
    }

    @Test
    void withoutANetworkItSaysWhichRepositoryIsOutOfReach() {
        server.stop(0);
        assertThatThrownBy(() -> libraries().resolve(List.of("sample:one:1.0"), List.of()))
                .isInstanceOf(MavenException.class)
                .hasMessageStartingWith("cannot reach http://127.0.0.1:")
                .hasMessageContaining(folder.resolve("local").toString());
    }

    @Test
    void offlineInTheSettingsIsSaidToBeTheReason() {
        settings.setOffline(true);
        assertThatThrownBy(() -> libraries().resolve(List.of("sample:one:1.0"), List.of()))
                .hasMessageContaining("settings say offline")
                .hasMessageContaining("sample:one:1.0");
    }

    @Test
    void whatNoRepositoryHasIsNamed() {
        assertThatThrownBy(() -> libraries().resolve(List.of("sample:one:7"), List.of()))
                .hasMessageStartingWith("there is no sample:one:7")
                .hasMessageContaining("--repository");
    }

    @Test
    void sourcesLieBesideTheJarWhereThereAreAny() throws Exception {
        Path jar = libraries().resolve(List.of("sample:two:2.1"), List.of()).getFirst().file();
        Path remote = folder.resolve("remote/sample/two/2.1");
        Files.copy(remote.resolve("two-2.1.jar"), remote.resolve("two-2.1-sources.jar"));
        assertThat(libraries().fetchSources(List.of("sample:one:1.0", "sample:two:2.1"), List.of()))
                .isOne();
        assertThat(jar.resolveSibling("two-2.1-sources.jar")).exists();
        assertThat(progress).contains("  no sources of one");
    }

    @Test
    void badCoordinatesAreRefusedWithoutAskingAnyone() {
        assertThatThrownBy(() -> libraries().resolve(List.of("sample-one"), List.of()))
                .hasMessageStartingWith("expected group:artifact:version")
                .hasMessageEndingWith("got sample-one");
        assertThat(asked.getCount()).isOne();
    }

    @Test
    void anInterruptEndsTheWaitForASilentRepository() throws Exception {
        mute = true;
        Thread waiting = Thread.currentThread();
        Thread.ofPlatform()
                .daemon()
                .start(() -> {
                    try {
                        asked.await();
                    } catch (InterruptedException e) {
                        return;
                    }
                    waiting.interrupt();
                });
        assertThatThrownBy(() -> libraries().resolve(List.of("sample:one:1.0"), List.of()))
                .isInstanceOf(InterruptedException.class);
    }
}
