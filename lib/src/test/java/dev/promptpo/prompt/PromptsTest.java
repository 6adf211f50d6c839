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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    private static final HistoryEntry THIRD =
            new HistoryEntry(
                    3,
                    "class NoiseWorld0Policy:\n    def act(self, obs):\n        return 2\n",
                    -27.0,
                    List.of(-27.0, -27.0, -27.0),
                    List.of("left", "left", "left"),
                    Optional.of("Worse, it walks off to the left."));
    private static final HistoryEntry BARE =
            new HistoryEntry(1, "x = 1", 0.0, List.of(0.0), List.of(), Optional.empty());

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
    void showsCodeWithTheBlankLinesItWasWrittenWith() {
        String source = "import math\n\n\nclass NoiseWorld0Policy:\n    x = \"\"\"a\n\n\n\nb\"\"\"";
        HistoryEntry entry =
                new HistoryEntry(1, source, 0.0, List.of(0.0), List.of(), Optional.empty());
        assertThat(prompts.policy(List.of(entry)).text())
                .contains("```python\n" + source + "\n```");
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
    void aCompactHistoryTellsAllReturnsAndTheCodeOfTheBest() {
        Prompts compact = with(PromptSettings.DEFAULT.with(History.compact(2)));
        assertGolden("policy-compact", compact.policy(List.of(FIRST, SECOND, THIRD)));
        assertGolden("reflection-compact", compact.reflection(List.of(FIRST, SECOND, THIRD)));
    }

    @Test
    void aHistoryOfTheBestTellsOfOnePolicy() {
        Prompts best = with(PromptSettings.DEFAULT.with(History.best()));
        assertGolden("policy-best", best.policy(List.of(FIRST, SECOND, THIRD)));
        assertThat(best.reflection(List.of(FIRST, SECOND)).text())
                .contains("this is the best of all, and the last", "## Round 1", "## Round 2");
    }

    @Test
    void withoutAHistoryEveryRoundAsksTheSame() {
        Prompts none = with(PromptSettings.DEFAULT.with(History.none()));
        assertThat(none.policy(List.of(FIRST, SECOND))).isEqualTo(prompts.policy(List.of()));
    }

    @Test
    void tellsOfThePolicyToStartFromAsRoundZero() {
        HistoryEntry given =
                new HistoryEntry(
                        0,
                        FIRST.source(),
                        FIRST.score(),
                        FIRST.returns(),
                        List.of(),
                        Optional.empty());
        assertGolden("policy-start", prompts.policy(List.of(given, SECOND)));
    }

    @Test
    void tellsFeedbackThatItSeesTheFirstSteps() {
        String told = with(PromptSettings.DEFAULT.withFeedbackSteps(12)).feedback().text();
        String usual = prompts.feedback().text();
        assertThat(told).contains("It holds the first 12 steps where there were more.");
        assertThat(told.replace(" It holds the first 12 steps where there were more.", ""))
                .isEqualTo(usual);
    }

    @ParameterizedTest
    @ValueSource(strings = {"NoiseWorld4", "NoiseWorld5", "NoiseWorld6"})
    void explainsKeysOnlyInTheExplorationForm(String board) {
        EnvironmentSpec spec = Environments.spec(board);
        assertThat(all(new Prompts(spec, 5, Lifetime.EPISODE)))
                .doesNotContainIgnoringCase(" key")
                .doesNotContain("## Exploring");
        assertThat(all(with(spec, ContextForm.EXPLORATION)))
                .contains("The board holds two keys", "## Exploring");
    }

    @Test
    void explainsKeysAfterWhatCanBeDone() {
        assertGolden(
                "policy-exploration",
                with(Environments.spec("NoiseWorld4"), ContextForm.EXPLORATION).policy(List.of()));
    }

    @Test
    void refusesAnExplorationContextThatThereIsNot() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> with(CART, ContextForm.EXPLORATION))
                .withMessageContaining("CartPole-v1 has no exploration context");
    }

    @Test
    void hidesNamesUnitsAndMeaningsInTheAnonymousForm() {
        assertGolden("policy-anonymous", with(CART, ContextForm.ANONYMOUS).policy(List.of()));
        assertGolden("feedback-anonymous", with(BOARD, ContextForm.ANONYMOUS).feedback());
    }

    @ParameterizedTest
    @ValueSource(strings = {"NoiseWorld0", "NoiseWorld5", "CartPole-v1"})
    void anonymousPromptsHoldNothingThatNamesTheTask(String id) {
        EnvironmentSpec spec = Environments.spec(id);
        List<String> secrets = new ArrayList<>(spec.action().names());
        secrets.addAll(spec.action().units());
        spec.observation()
                .forEach(field -> {
                    secrets.addAll(List.of(field.name(), field.unit(), field.meaning()));
                });
        secrets.addAll(
                List.of(
                        spec.id(),
                        spec.family(),
                        spec.title(),
                        spec.policyClass(),
                        spec.reward().text().strip(),
                        spec.termination().strip(),
                        spec.context().observation().strip(),
                        spec.context().policy().strip(),
                        spec.context().exploration().strip(),
                        "noise",
                        "world",
                        "board",
                        "agent",
                        "pole",
                        "cart"));
        String text = all(with(spec, ContextForm.ANONYMOUS));
        for (String secret : secrets) {
            if (!secret.isBlank()) {
                String word = "(?is).*(?<![a-z])" + Pattern.quote(secret) + "(?![a-z]).*";
                assertThat(text).doesNotMatch(word);
            }
        }
        int last = spec.observation().size() - 1;
        assertThat(text)
                .contains("| o0 | 0 | - | any | not described", "| o" + last + " |")
                .contains("One class `Policy`");
    }

    @ParameterizedTest
    @MethodSource("forms")
    void everyFormBeginsItsPolicyPromptsWithTheSameBytes(PromptSettings form) {
        Prompts formed = new Prompts(Environments.spec("NoiseWorld4"), 5, Lifetime.EPISODE, form);
        String first = formed.policy(List.of()).text();
        String stable = first.substring(0, first.indexOf("# Form of the reply"));
        assertThat(formed.policy(List.of(FIRST)).text()).startsWith(stable);
        assertThat(formed.policy(List.of(FIRST, SECOND, THIRD)).text()).startsWith(stable);
    }

    @ParameterizedTest
    @MethodSource("forms")
    void noFormHasMeasuredNumbersInItsFixedText(PromptSettings form) {
        Prompts formed = new Prompts(Environments.spec("NoiseWorld4"), 5, Lifetime.EPISODE, form);
        HistoryEntry other =
                new HistoryEntry(3, "other", 5000, List.of(5000.0), List.of(), Optional.empty());
        assertThat(formed.policy(List.of(FIRST, SECOND, other)).fixedText())
                .isEqualTo(formed.policy(List.of(FIRST, SECOND, THIRD)).fixedText());
    }

    static List<PromptSettings> forms() {
        List<PromptSettings> forms = new ArrayList<>();
        for (ContextForm context : ContextForm.values()) {
            for (String history : List.of("full", "compact", "compact:1", "best", "none")) {
                forms.add(PromptSettings.DEFAULT.with(context).with(History.parse(history)));
            }
        }
        return forms;
    }

    private static Prompts with(PromptSettings settings) {
        return new Prompts(BOARD, 5, Lifetime.EPISODE, settings);
    }

    private static Prompts with(EnvironmentSpec spec, ContextForm form) {
        return new Prompts(spec, 5, Lifetime.EPISODE, PromptSettings.DEFAULT.with(form));
    }

    private static String all(Prompts prompts) {
        return prompts.feedback().text()
                + prompts.policy(List.of()).text()
                + prompts.policy(List.of(BARE)).text()
                + prompts.reflection(List.of(BARE)).text()
                + prompts.repair(RepairSubject.POLICY, new Failure("x", "", "y", "")).text()
                + prompts.repair(RepairSubject.FEEDBACK, new Failure("x", "", "y", "")).text();
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

    @ParameterizedTest
    @ValueSource(strings = {"paper", "release"})
    void neverShowsARowOfThePointMaze(String preset) {
        EnvironmentSpec maze = Environments.spec("PointMaze", preset);
        assertThat(maze.preset()).isEqualTo(preset);
        List<String> rows =
                List.of(
                        "1000100001",
                        "1010101101",
                        "1000000101",
                        "1011110101",
                        "1000000001",
                        "1010111101");
        for (ContextForm form : List.of(ContextForm.FULL, ContextForm.ANONYMOUS)) {
            // Whatever stands between the cells: nothing, a space, commas.
            String cells = all(with(maze, form)).replaceAll("[\\s,\\[\\]]", "");
            for (String row : rows) {
                assertThat(cells).doesNotContain(row).doesNotContain(row.substring(1, 9));
            }
        }
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
