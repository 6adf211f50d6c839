package dev.promptpo.llm;

import static dev.promptpo.llm.Asking.request;
import static dev.promptpo.llm.Asking.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.promptpo.llm.ModelReply.Answer;
import dev.promptpo.llm.ModelReply.NoAnswer;
import dev.promptpo.llm.ModelReply.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class RelayModelTest {
    private static final RunContext RUN = run("NoiseWorld2", 10, 2);

    @TempDir Path folder;
    private final ExecutorService askers = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void stop() {
        askers.shutdownNow();
    }

    @Test
    void manyRequestsArePendingAtOnceAndEachTakesItsOwnAnswer() throws Exception {
        LanguageModel relay = relay(Duration.ofSeconds(20));
        List<Future<ModelReply>> replies = new ArrayList<>();
        for (int k = 1; k <= 10; k++) {
            ModelRequest request = request("policy/1/" + k, "Line é\r\nend, no newline " + k);
            replies.add(askers.submit(() -> relay.ask(request)));
        }
        for (int k = 10; k >= 1; k--) {
            Path request = folder.resolve("policy-1-" + k + ".request.md");
            await(request);
            assertThat(Files.readString(folder.resolve("policy-1-" + k + ".prompt.md")))
                    .isEqualTo("Line é\r\nend, no newline " + k);
            assertThat(Files.readString(request))
                    .contains("end, no newline " + k, "policy-1-" + k + ".answer.md");
            answer("policy-1-" + k, "reply " + k);
        }

        for (int k = 1; k <= 10; k++) {
            assertThat(text(replies.get(k - 1).get())).isEqualTo("reply " + k);
        }
        relay.close();
        assertThat(Files.readString(folder.resolve("status.md")))
                .contains("0 pending, 10 answered", "let go", "| policy/1/10 | answered |");
    }

    @Test
    void aResumedRunFindsTheAnswerThatIsThere() throws Exception {
        ModelRequest request = request("reflection/2", "the same prompt");
        try (LanguageModel first = relay(Duration.ofMillis(50))) {
            NoAnswer late = (NoAnswer) first.ask(request);
            assertThat(late.reason()).isEqualTo(Reason.TIMEOUT);
            assertThat(late.message()).contains("reflection-2.answer.md", "resume");
            assertThat(Files.readString(folder.resolve("status.md")))
                    .contains("| reflection/2 | late |", "taken when the run is resumed");
        }
        answer("reflection-2", "better than before");

        try (LanguageModel second = relay(Duration.ofSeconds(20))) {
            assertThat(text(second.ask(request))).isEqualTo("better than before");
        }
    }

    @Test
    void anAnswerToAnotherPromptInTheSameRoleIsPutAside() throws Exception {
        try (LanguageModel first = relay(Duration.ofMillis(50))) {
            first.ask(request("policy/1/1", "an earlier prompt"));
        }
        answer("policy-1-1", "an earlier reply");

        try (LanguageModel second = relay(Duration.ofMillis(50))) {
            assertThat(((NoAnswer) second.ask(request("policy/1/1", "this prompt"))).reason())
                    .isEqualTo(Reason.TIMEOUT);
        }
        try (var kept = Files.walk(folder.resolve("superseded"))) {
            assertThat(kept.filter(Files::isRegularFile).map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "policy-1-1.answer.md",
                            "policy-1-1.prompt.md",
                            "policy-1-1.request.md");
        }
    }

    @Test
    void aRefusedAnswerIsRenamedWithItsReasonAndTheNextOneCounts() throws Exception {
        LanguageModel relay = relay(Duration.ofSeconds(20));
        Future<ModelReply> reply =
                askers.submit(() -> relay.ask(request("policy/1/1", "the prompt")));
        await(folder.resolve("policy-1-1.request.md"));

        answer("policy-1-1", " \n");
        await(folder.resolve("policy-1-1.rejected-1.md"));
        assertThat(Files.readString(folder.resolve("policy-1-1.rejected-1.reason.txt")))
                .isEqualTo("Refused: expected a reply, but it is empty.\n");
        answer("policy-1-1", "the prompt\n");
        await(folder.resolve("policy-1-1.rejected-2.md"));
        Files.write(
                folder.resolve("policy-1-1.answer.md"), new byte[] {'a', (byte) 0xff, (byte) 0xfe});
        await(folder.resolve("policy-1-1.rejected-3.md"));
        assertThat(Files.readString(folder.resolve("policy-1-1.rejected-3.reason.txt")))
                .contains("UTF-8");
        answer("policy-1-1", "<!-- model: some model 2 -->\n```python\nclass P: pass\n```\n");

        Answer answer = (Answer) reply.get();
        assertThat(answer.text()).isEqualTo("```python\nclass P: pass\n```\n");
        assertThat(answer.model()).isEqualTo("some model 2");
    }

    @Test
    void anAnswerFromBeforeItsRequestIsRefused() throws Exception {
        answer("policy-1-1", "out of nowhere");
        try (LanguageModel relay = relay(Duration.ofMillis(50))) {
            assertThat(relay.ask(request("policy/1/1", "p"))).isInstanceOf(NoAnswer.class);
        }
        assertThat(Files.readString(folder.resolve("policy-1-1.rejected-1.reason.txt")))
                .contains("before its prompt was asked");
    }

    @Test
    void aChangeAfterTheAnswerWasTakenIsIgnoredAndNoted() throws Exception {
        LanguageModel relay = relay(Duration.ofSeconds(20));
        Future<ModelReply> reply = askers.submit(() -> relay.ask(request("policy/1/1", "p")));
        await(folder.resolve("policy-1-1.request.md"));
        answer("policy-1-1", "first");
        assertThat(text(reply.get())).isEqualTo("first");

        answer("policy-1-1", "second thoughts");
        relay.close();
        assertThat(Files.readString(folder.resolve("status.md")))
                .contains("changed after it was taken");
    }

    @Test
    void waitingIsInterruptible() throws Exception {
        LanguageModel relay = relay(Duration.ofMinutes(5));
        Future<ModelReply> reply = askers.submit(() -> relay.ask(request("policy/1/1", "p")));
        await(folder.resolve("policy-1-1.request.md"));

        reply.cancel(true);
        askers.shutdown();
        assertThat(askers.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aFolderThatCannotBeWrittenIsSaidWhenItIsOpened() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> Models.relay(file.resolve("inside")).open(RUN))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageContaining("cannot be written");
    }

    @Test
    void aFolderBelongsToOneRun() {
        RunContext otherSeed = new RunContext("NoiseWorld2", "paper", 10, 2, 5, 1, "episode");
        Models.relay(folder).open(RUN).close();
        Models.relay(folder).open(RUN).close();

        assertThatThrownBy(() -> Models.relay(folder).open(otherSeed))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageContaining("belongs to another run (NoiseWorld2")
                .hasMessageContaining("seed 0")
                .hasMessageNotContaining("\n");
    }

    private LanguageModel relay(Duration deadline) {
        return new RelayModel(folder, RUN, deadline, Duration.ofMillis(10));
    }

    /** As a program should: whole at once. */
    private void answer(String name, String text) throws IOException {
        AtomicFiles.write(
                folder.resolve(name + ".answer.md"), text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(ModelReply reply) {
        assertThat(reply).isInstanceOf(Answer.class);
        return ((Answer) reply).text();
    }

    private static void await(Path file) throws InterruptedException {
        while (!Files.exists(file)) {
            Thread.sleep(5);
        }
    }
}
