package dev.promptpo.llm;

import static dev.promptpo.llm.Asking.request;
import static dev.promptpo.llm.Asking.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.promptpo.llm.ModelReply.Answer;
import dev.promptpo.llm.ModelReply.Drift;
import dev.promptpo.llm.ModelReply.NoAnswer;
import dev.promptpo.llm.ModelReply.Reason;
import dev.promptpo.llm.Recording.Header;
import dev.promptpo.llm.Recording.Provenance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingTest {
    private static final Provenance PROVENANCE =
            new Provenance(
                    "language model",
                    "relay",
                    "unknown",
                    "2026-01-02",
                    Map.of("temperature", "unknown"),
                    "for a test");
    private static final RunContext RUN = run("NoiseWorld2", 10, 2);

    @TempDir Path folder;

    @Test
    void whatIsRecordedIsReplayedByRole() throws Exception {
        Path file = folder.resolve("noise-world-2.json");
        record(file, request -> "reply to " + request.role(), "policy/1/1", "policy/1/2");

        try (LanguageModel replay = Models.replay(file).open(RUN)) {
            assertThat(answer(replay.ask(request("policy/1/2", "prompt of policy/1/2"))).text())
                    .isEqualTo("reply to policy/1/2");
            assertThat(answer(replay.ask(request("policy/1/1", "prompt of policy/1/1"))).drift())
                    .isEmpty();
            assertThat(replay.identity().note())
                    .contains("noise-world-2.json", "2026-01-02", "language model", "relay");
        }
    }

    @Test
    void aReadRecordingEqualsTheWrittenOne() {
        Path file = folder.resolve("r.json");
        Recording recording =
                new Recording(Header.of(RUN), PROVENANCE, new TreeMap<>())
                        .with(
                                "repair/2/10/1",
                                new Recording.Entry(
                                        request("repair/2/10/1", "text\r\n\u2028é", "fixed")
                                                .prompt(),
                                        new NoAnswer(
                                                Reason.TRUNCATED,
                                                "cut off",
                                                "class A",
                                                new TokenUsage(3, 1, 2),
                                                Duration.ofMillis(1250),
                                                new byte[0],
                                                Optional.empty())));
        recording.write(file);

        Recording read = Recording.read(file);

        assertThat(read).usingRecursiveComparison().ignoringCollectionOrder().isEqualTo(recording);
        assertThat(read.verify()).isEmpty();
    }

    @Test
    void entriesStandInTheOrderInWhichARunAsks() {
        Recording recording = new Recording(Header.of(RUN), PROVENANCE, new TreeMap<>());
        List<String> order =
                List.of(
                        "feedback",
                        "repair/feedback/1",
                        "policy/1/1",
                        "policy/1/2",
                        "repair/1/2/1",
                        "repair/1/2/2",
                        "policy/1/10",
                        "reflection/2",
                        "policy/2/1");
        for (String role : order.reversed()) {
            recording =
                    recording.with(
                            role,
                            new Recording.Entry(
                                    request(role, "p").prompt(), Answer.of("text of " + role)));
        }
        assertThat(recording.entries().keySet()).containsExactlyElementsOf(order);
    }

    @Test
    void otherNumbersAreDriftAndOtherWordsAreASecondKindOfDrift() throws Exception {
        Recording recording =
                recording(
                        "policy/2/1",
                        "Returns: [-12.50, 3e-05]\nclass P: pass\n",
                        "Returns:\nclass");

        Drift numbers =
                answer(
                                recording.reply(
                                        request(
                                                "policy/2/1",
                                                "Returns: [-12.49, 2.9e-05]\nclass P: pass\n",
                                                "Returns:\nclass")))
                        .drift()
                        .orElseThrow();
        Drift words =
                answer(
                                recording.reply(
                                        request(
                                                "policy/2/1",
                                                "Returns: [-12.50, 3e-05]\nclass Q: pass\n",
                                                "Returns:\nclass")))
                        .drift()
                        .orElseThrow();

        assertThat(numbers.extent()).isEqualTo(Drift.Extent.NUMBERS);
        assertThat(numbers.difference())
                .isEqualTo(
                        "line 1: recorded `Returns: [-12.50, 3e-05]`,"
                                + " now `Returns: [-12.49, 2.9e-05]`");
        assertThat(words.extent()).isEqualTo(Drift.Extent.TEXT);
        assertThat(words.difference())
                .isEqualTo("line 2: recorded `class P: pass`, now `class Q: pass`");
    }

    @Test
    void anotherFixedTextIsNoAnswerAndShowsTheDifference() {
        Recording recording = recording("policy/1/1", "t", "Write a class.\nUse NumPy.");

        NoAnswer none =
                noAnswer(recording.reply(request("policy/1/1", "t", "Write a class.\nUse SciPy.")));

        assertThat(none.reason()).isEqualTo(Reason.OTHER_PROMPT);
        assertThat(none.message())
                .contains("line 2: recorded `Use NumPy.`, now `Use SciPy.`", "N = 10, R = 2")
                .doesNotContain("\n");
    }

    @Test
    void aRoleThatIsNotThereSaysWhatIs() {
        NoAnswer none =
                noAnswer(recording("policy/1/1", "t", "f").reply(request("policy/2/1", "t", "f")));

        assertThat(none.reason()).isEqualTo(Reason.NOT_RECORDED);
        assertThat(none.message())
                .contains("policy/2/1", "1 replies of NoiseWorld2, preset paper, N = 10, R = 2")
                .doesNotContain("\n");
    }

    @Test
    void onlyRepliesThatWouldComeAgainAreKept() throws Exception {
        Path file = folder.resolve("r.json");
        ModelSource faulty =
                Models.scriptedReplies(request ->
                        NoAnswer.of(
                                request.role().endsWith("1") ? Reason.TRUNCATED : Reason.OVERLOADED,
                                "no"));
        try (LanguageModel model = Models.recorded(faulty, file, PROVENANCE).open(RUN)) {
            model.ask(request("policy/1/2", "p"));
            model.ask(request("policy/1/1", "p"));
        }

        assertThat(Recording.read(file).entries()).containsOnlyKeys("policy/1/1");
    }

    @Test
    void aRecordingIsContinuedByTheSameRunOnly() throws Exception {
        Path file = folder.resolve("r.json");
        record(file, request -> "one", "policy/1/1");
        record(file, request -> "two", "policy/1/2");
        assertThat(Recording.read(file).entries()).containsOnlyKeys("policy/1/1", "policy/1/2");

        ModelSource more = Models.recorded(Models.scripted(r -> ""), file, PROVENANCE);
        assertThatThrownBy(() -> more.open(run("NoiseWorld3", 10, 2)))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageContaining("recording of another run")
                .hasMessageNotContaining("\n");
    }

    @Test
    void theRecordingThatFitsIsFoundWhenTheRunOpensIt() throws Exception {
        record(
                folder.resolve("a.json"),
                run("NoiseWorld2", 20, 5),
                request -> "wide",
                "policy/1/1");
        record(folder.resolve("b.json"), run("NoiseWorld2", 10, 2), request -> "own", "policy/1/1");
        record(folder.resolve("c.json"), run("NoiseWorld3", 10, 2), request -> "3", "policy/1/1");
        ModelSource replay = new RecordingFolder(() -> folder);
        ModelRequest request = request("policy/1/1", "prompt of policy/1/1");

        assertThat(answer(replay.open(run("noise-world-2", 10, 2)).ask(request)).text())
                .isEqualTo("own");
        assertThat(answer(replay.open(run("NoiseWorld2", 11, 2)).ask(request)).text())
                .isEqualTo("wide");
        assertThatThrownBy(() -> replay.open(run("NoiseWorld2", 21, 2)))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageContaining("NoiseWorld2, preset paper, N = 20, R = 5")
                .hasMessageNotContaining("\n");
        assertThatThrownBy(() -> replay.open(run("CartPole", 10, 2)))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageContaining("it has recordings of NoiseWorld2, NoiseWorld3")
                .hasMessageNotContaining("\n");
    }

    @Test
    void aRecordingForAnotherEnvironmentIsRefusedInOneLine() throws Exception {
        Path file = folder.resolve("r.json");
        record(file, request -> "x", "policy/1/1");

        assertThatThrownBy(() -> Models.replay(file).open(run("NoiseWorld1", 10, 2)))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageContaining("NoiseWorld2")
                .hasMessageContaining("another environment than NoiseWorld1")
                .hasMessageNotContaining("\n");
        assertThatThrownBy(() -> Models.replay(folder.resolve("none.json")).open(RUN))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageContaining("no such file");
    }

    @Test
    void whatWasChangedByHandIsFound() throws Exception {
        Path file = folder.resolve("r.json");
        record(file, request -> "the reply", "policy/1/1");
        String written = Files.readString(file);

        Files.writeString(file, written.replace("the reply", "a reply"));
        assertThatThrownBy(() -> Recording.read(file))
                .isInstanceOf(RecordingException.class)
                .hasMessageContaining("the reply to policy/1/1 was changed");

        Files.writeString(file, written.replace("prompt of policy", "prompts of policy"));
        assertThatThrownBy(() -> Recording.read(file))
                .isInstanceOf(RecordingException.class)
                .hasMessageContaining("the prompt of policy/1/1 was changed");

        Files.writeString(file, written.replace("\"schema\" : 1", "\"schema\" : 2"));
        assertThatThrownBy(() -> Recording.read(file))
                .isInstanceOf(RecordingException.class)
                .hasMessageContaining("use a newer version");

        Files.writeString(file, written.substring(0, written.length() / 2));
        assertThatThrownBy(() -> Recording.read(file))
                .isInstanceOf(RecordingException.class)
                .hasMessageContaining("r.json is no recording");
    }

    @Test
    void verifyNamesMissingProvenanceStrayRolesAndKeysWithoutQuotingThem() throws IOException {
        String key = "sk-" + "abcdefghijklmnopqrstuvwx";
        Recording recording =
                new Recording(
                                Header.of(RUN),
                                new Provenance("", "relay", "unknown", "2026-01-02", Map.of(), ""),
                                new TreeMap<>())
                        .with(
                                "policy/3/1",
                                new Recording.Entry(
                                        request("policy/3/1", "p").prompt(),
                                        Answer.of("print('" + key + "')")));

        assertThat(recording.verify())
                .containsExactlyInAnyOrder(
                        "the provenance does not say answered_by (\"unknown\" where unknown)",
                        "policy/3/1 lies outside of the run (N = 10, R = 2)",
                        "policy/3/1: the reply holds what looks like an OpenAI key");
        assertThat(CredentialScan.find("x plain-key-1 y", Map.of("GEMINI_API_KEY", "plain-key-1")))
                .contains("the value of GEMINI_API_KEY");
    }

    private void record(Path file, Function<ModelRequest, String> replies, String... roles)
            throws InterruptedException {
        record(file, RUN, replies, roles);
    }

    private static void record(
            Path file, RunContext run, Function<ModelRequest, String> replies, String... roles)
            throws InterruptedException {
        ModelSource source = Models.recorded(Models.scripted(replies), file, PROVENANCE);
        try (LanguageModel model = source.open(run)) {
            for (String role : roles) {
                model.ask(request(role, "prompt of " + role));
            }
        }
    }

    private static Recording recording(String role, String text, String fixedText) {
        return new Recording(Header.of(RUN), PROVENANCE, new TreeMap<>())
                .with(
                        role,
                        new Recording.Entry(
                                request(role, text, fixedText).prompt(), Answer.of("reply")));
    }

    private static Answer answer(ModelReply reply) {
        assertThat(reply).isInstanceOf(Answer.class);
        return (Answer) reply;
    }

    private static NoAnswer noAnswer(ModelReply reply) {
        assertThat(reply).isInstanceOf(NoAnswer.class);
        return (NoAnswer) reply;
    }
}
