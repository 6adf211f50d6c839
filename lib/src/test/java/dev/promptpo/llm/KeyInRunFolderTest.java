package dev.promptpo.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.optimizer.PromptPO;
import dev.promptpo.optimizer.RunStoppedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class KeyInRunFolderTest {
    private static final String KEY = "secret-0123456789-abcdef";
    private static final EnvironmentSpec SPEC =
            EnvironmentSpec.fromJson(
                    """
                    {"schema": 1, "id": "Line", "gymnasium_id": "promptpo/Line-v0",
                     "family": "line", "title": "A line", "preset": "paper",
                     "policy_class": "LinePolicy", "horizon": 10, "discount": 1.0,
                     "lifetime": "episode", "score": "return",
                     "observation": [{"name": "x", "start": 0, "stop": 1, "shape": [],
                       "unit": "m", "low": 0.0, "high": null, "meaning": "place",
                       "extra": false}],
                     "observation_size": 1, "vector_size": 1,
                     "action": {"kind": "discrete", "n": 2, "names": ["left", "right"],
                       "units": [], "shape": [], "low": [], "high": []},
                     "reward": {"text": "One a step to the right.", "source": ""},
                     "termination": "After 10 steps.", "limits": {"cpu_seconds": 1.0},
                     "context": {"observation": "A line.", "policy": "", "exploration": ""},
                     "privileged": false,
                     "budget": {"candidates": 3, "rounds": 2, "episodes": 2},
                     "references": {"random": null, "best": null}, "digest": "line"}
                    """);

    @TempDir Path folder;

    @ParameterizedTest
    @EnumSource(ProviderKind.class)
    void rawRepliesAreOnTheDiskAndTheKeyThatAServerSendsBackIsNowhere(ProviderKind kind)
            throws Exception {
        Sample sample = Sample.of(kind);
        // Ollama is asked without a key, so none can come back.
        String key = kind == ProviderKind.OLLAMA ? ApiKey.REMOVED : KEY;
        String echo = sample.error("x", "the key " + key + " is bad");
        Deque<FaultServer.Play> plays =
                new ArrayDeque<>(
                        List.of(
                                c -> c.json(500, echo, "Retry-After: 0"),
                                c -> c.json(200, sample.good("Your key is " + key)),
                                c -> c.json(401, echo)));
        Path run = folder.resolve("run");
        Throwable stopped;
        try (FaultServer server =
                new FaultServer(c -> (plays.size() > 1 ? plays.pop() : plays.peek()).answer(c))) {
            stopped =
                    catchThrowable(() ->
                            PromptPO.on(SPEC)
                                    .model(
                                            ProviderSource.of(
                                                            kind, "m", server.url() + sample.path())
                                                    .withEnvironment(Asking.keys(KEY)))
                                    .candidates(1)
                                    .rounds(1)
                                    .feedback(false)
                                    .directory(run)
                                    .run());
        }

        assertThat(stopped)
                .isInstanceOf(RunStoppedException.class)
                .hasMessageContaining("status 401: the key [key removed] is bad");
        StringWriter trace = new StringWriter();
        stopped.printStackTrace(new PrintWriter(trace));
        assertThat(trace.toString()).doesNotContain(KEY);
        List<String> files = contents(run);
        assertThat(files).noneMatch(text -> text.contains(KEY));
        // The raw bodies are there: an error that was retried, and a reply.
        assertThat(files).anyMatch(text -> text.equals(echo.replace(KEY, ApiKey.REMOVED)));
        assertThat(files).anyMatch(text -> text.contains("Your key is " + ApiKey.REMOVED));
    }

    private static List<String> contents(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).map(KeyInRunFolderTest::text).toList();
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
