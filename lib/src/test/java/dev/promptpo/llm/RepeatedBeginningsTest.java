package dev.promptpo.llm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.promptpo.prompt.Prompt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What Anthropic is asked to keep. */
@Timeout(30)
class RepeatedBeginningsTest {
    private static final String TASK = "The task.\n" + "about it\n".repeat(600);
    private static final String FORM = "# Form of the reply\nCode.\n";

    private final FakeWaiting clock = new FakeWaiting();
    private final RepeatedBeginnings beginnings = new RepeatedBeginnings(clock);

    @Test
    void whatHasRepeatedIsCutOffAndCutAgainWhereItWas() {
        assertThat(parts(prompt(0))).containsExactly(prompt(0));
        assertThat(parts(prompt(0))).as("the other candidates").containsExactly(prompt(0));

        String second = prompt(1);
        assertThat(parts(second)).containsExactly(TASK, second.substring(TASK.length()));

        assertThat(parts(prompt(2)))
                .containsExactly(TASK, entry(1), prompt(2).substring((TASK + entry(1)).length()));
        assertThat(parts(prompt(3)))
                .startsWith(TASK, entry(1), entry(2))
                .hasSize(4)
                .satisfies(parts -> assertThat(String.join("", parts)).isEqualTo(prompt(3)));
    }

    @Test
    void aHistoryThatChangesLeavesWhatStaysTheSame() {
        parts(TASK + "best: one\n" + FORM);
        assertThat(parts(TASK + "best: two\n" + FORM)).hasSize(2).startsWith(TASK);
        assertThat(parts(TASK + "best: three\n" + FORM)).hasSize(2).startsWith(TASK);
    }

    @Test
    void whatIsShortOrOfAnotherTemplateOrTooLongAgoIsSentInOne() {
        parts("Short.\nOne.\n");
        assertThat(parts("Short.\nTwo.\n")).hasSize(1);

        parts(prompt(0));
        assertThat(beginnings.parts(Prompt.of("reflection/1", prompt(1), prompt(1)))).hasSize(1);

        clock.sleep(RepeatedBeginnings.KEPT.plus(Duration.ofSeconds(1)));
        assertThat(parts(prompt(1))).hasSize(1);
        assertThat(parts(prompt(2))).as("soon after").hasSize(2);
    }

    @Test
    void noPartIsEmptyWhereAPromptIsTheBeginningOfTheOneBefore() {
        parts(prompt(3));
        parts(TASK + entry(1));
        assertThat(parts(TASK)).containsExactly(TASK);
        assertThat(parts(TASK + "\n")).containsExactly(TASK + "\n");
    }

    @Test
    void anthropicIsAskedToKeepEachPartButTheLastAndAtMostFour() throws Exception {
        Sample sample = Sample.of(ProviderKind.ANTHROPIC);
        try (FaultServer server = new FaultServer(c -> c.json(200, sample.good("text")));
                LanguageModel model =
                        ProviderSource.of(ProviderKind.ANTHROPIC, "m", server.url() + "/v1")
                                .withEnvironment(Asking.keys("a-key-of-this-test"))
                                .open(Asking.run("NoiseWorld1", 1, 9))) {
            for (int round = 0; round <= 6; round++) {
                model.ask(Asking.request("policy/" + (round + 1) + "/1", prompt(round)));
            }
            List<List<String>> texts = new ArrayList<>();
            List<List<Boolean>> marks = new ArrayList<>();
            for (FaultServer.Received received : server.received()) {
                List<String> text = new ArrayList<>();
                List<Boolean> mark = new ArrayList<>();
                for (JsonNode message :
                        new JsonMapper().readTree(received.body()).at("/messages")) {
                    assertThat(message.path("role").asText()).isEqualTo("user");
                    assertThat(message.path("content")).hasSize(1);
                    text.add(message.at("/content/0/text").asText());
                    mark.add(
                            message.at("/content/0/cache_control/type")
                                    .asText()
                                    .equals("ephemeral"));
                }
                texts.add(text);
                marks.add(mark);
            }
            assertThat(marks.get(0)).containsExactly(false);
            assertThat(marks.get(1)).containsExactly(true, false);
            assertThat(marks.get(2)).containsExactly(true, true, false);
            assertThat(marks.get(6)).containsExactly(false, false, true, true, true, true, false);
            for (int round = 0; round <= 6; round++) {
                assertThat(String.join("", texts.get(round))).isEqualTo(prompt(round));
                // What was marked last is there again, as the same messages and marked.
                if (round > 1) {
                    List<String> kept = texts.get(round - 1).subList(0, round - 1);
                    assertThat(texts.get(round)).startsWith(kept.toArray(String[]::new));
                    assertThat(marks.get(round).get(round - 2)).isTrue();
                }
            }
        }
    }

    private List<String> parts(String text) {
        return beginnings.parts(Prompt.of("policy/1", text, text));
    }

    private static String prompt(int rounds) {
        StringBuilder text = new StringBuilder(TASK);
        for (int round = 1; round <= rounds; round++) {
            text.append(entry(round));
        }
        return text + (rounds == 0 ? "" : "The best so far: " + rounds + ".\n") + FORM;
    }

    private static String entry(int round) {
        return "Round " + round + "\n" + "    code\n".repeat(500);
    }
}
