package dev.promptpo.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.environment.EnvironmentSpec.Lifetime;
import dev.promptpo.environment.Environments;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * The golden files beside this class are whole prompts: a change to one is seen in review.
 *
 * <p>{@code -Dpromptpo.golden=write} writes them anew.
 */
class PromptsTest {
    private static final EnvironmentSpec BOARD = Environments.spec("NoiseWorld0");
    private static final EnvironmentSpec CART = Environments.spec("CartPole-v1");

    private static final HistoryEntry FIRST =
            new HistoryEntry(
                    1,
                    "class NoiseWorld0Policy:\n    def act(self, obs):\n        return 1\n",
                    -25.4,
                    List.of(-25.0, -25.0, -27.0),
                    List.of("stuck at\nrow 4", "stuck", "stuck"),
                    Optional.of("Did poorly, it only walks down."));
    private static final HistoryEntry SECOND =
            new HistoryEntry(
                    2,
                    "class NoiseWorld0Policy:\n    def act(self, obs):\n        return 3\n",
                    987.123456789,
                    List.of(990.0, 985.0, 986.370370367),
                    List.of(),
                    Optional.empty());

    private final Prompts prompts = new Prompts(BOARD, 5, Lifetime.EPISODE);

    @Test
    void asksForTheFeedbackClass() {
        assertGolden("feedback", prompts.feedback());
    }

    @Test
    void asksForAFirstPolicy() {
        assertGolden("policy-first", prompts.policy(List.of()));
    }

    @Test
    void asksForABetterPolicyWithTheWholeHistory() {
        assertGolden("policy-later", prompts.policy(List.of(FIRST, SECOND)));
    }

    @Test
    void asksForAComparisonWithEarlierRounds() {
        assertGolden("reflection", prompts.reflection(List.of(FIRST, SECOND)));
    }

    @Test
    void asksToRepairAPolicy() {
        Failure failure =
                new Failure(
                        FIRST.source(),
                        "",
                        "EXCEPTION in act: ZeroDivisionError: division by zero",
                        "  line 3, in act\n    return 1 / 0");
        assertGolden("repair", prompts.repair(RepairSubject.POLICY, failure));
    }

    @Test
    void namesScalarsUnitsAndBounds() {
        assertGolden("policy-cartpole", new Prompts(CART, 5, Lifetime.CANDIDATE).policy(List.of()));
    }

    @Test
    void showsTheReplyWhereThereIsNoCode() {
        Failure failure = new Failure("", "I would rather not.", "NO_CODE: no code", "");
        assertThat(prompts.repair(RepairSubject.FEEDBACK, failure).text())
                .contains("# The reply\nI would rather not.\n")
                .doesNotContain("# The code");
    }

    @Test
    void keepsTheFixedTextWhenOnlyMeasuredNumbersChange() {
        HistoryEntry drifted =
                new HistoryEntry(
                        1,
                        FIRST.source(),
                        FIRST.score() + 1e-3,
                        List.of(-25.0, -25.0, -26.995),
                        FIRST.summaries(),
                        FIRST.reflection());
        Prompt one = prompts.policy(List.of(FIRST));
        Prompt other = prompts.policy(List.of(drifted));
        assertThat(other.fixedDigest()).isEqualTo(one.fixedDigest());
        assertThat(other.digest()).isNotEqualTo(one.digest());
    }

    @Test
    void beginsEveryPolicyPromptOfARunWithTheSameBytes() {
        String first = prompts.policy(List.of()).text();
        String later = prompts.policy(List.of(FIRST, SECOND)).text();
        String stable = first.substring(0, first.indexOf("# Form of the reply"));
        assertThat(later).startsWith(stable);
    }

    @Test
    void neverShowsTheBoardOrItsProbabilities() {
        String all =
                prompts.feedback().text()
                        + prompts.policy(List.of()).text()
                        + prompts.repair(RepairSubject.POLICY, new Failure("x", "", "y", ""))
                                .text();
        // Row 1 of board 0 and the region probabilities, as the board file writes them.
        assertThat(all).doesNotContain("22522", "0.515", "0.712", "0.395", "0.535", "0.57", "0.93");
    }

    @Test
    void refusesAReflectionWithoutHistory() {
        assertThatIllegalArgumentException().isThrownBy(() -> prompts.reflection(List.of()));
    }

    @Test
    void writesNumbersTheSameWayEverywhere() {
        assertThat(Prompts.number(974.5)).isEqualTo("974.5");
        assertThat(Prompts.number(-1858.305428583)).isEqualTo("-1858.31");
        assertThat(Prompts.number(1.0 / 3.0)).isEqualTo("0.333333");
        assertThat(Prompts.number(12.0)).isEqualTo("12");
        assertThat(Prompts.number(1.25e-7)).isEqualTo("1.25000e-07");
    }

    private static void assertGolden(String name, Prompt prompt) {
        String resource = "golden/" + name + ".md";
        try {
            if (System.getProperty("promptpo.golden", "").equals("write")) {
                Path file = Path.of("src/test/resources/dev/promptpo/prompt").resolve(resource);
                Files.createDirectories(file.getParent());
                Files.writeString(file, prompt.text());
            }
            try (InputStream golden = PromptsTest.class.getResourceAsStream(resource)) {
                assertThat(golden).as("golden file %s", resource).isNotNull();
                String expected = new String(golden.readAllBytes(), StandardCharsets.UTF_8);
                assertThat(prompt.text()).isEqualTo(expected);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
