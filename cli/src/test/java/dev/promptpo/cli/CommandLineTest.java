package dev.promptpo.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.promptpo.llm.ModelRequest;
import dev.promptpo.llm.Models;
import dev.promptpo.llm.Recording.Provenance;
import dev.promptpo.optimizer.PromptPO;
import dev.promptpo.optimizer.Run;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandLineTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DOWN_THEN_RIGHT =
            """
            class Policy:
                def act(self, obs):
                    return 1 if obs.agent_row < obs.goal_row else 3
            """;

    @TempDir private Path folder;
    private String policy;
    private String out;
    private String err;

    @BeforeEach
    void writePolicy() throws IOException {
        policy = folder.resolve("policy.py").toString();
        write(DOWN_THEN_RIGHT);
    }

    @Test
    void countsTheTokensOfEachHistory() throws IOException {
        Path recording =
                Path.of(
                        System.getProperty("promptpo.home"),
                        "notebooks/recordings/noiseworld2-n10-r3.json");
        String[] command = {
            "benchmark", "prompts", recording.toString(), "--rounds", "3", "--candidates", "2"
        };
        assertThat(run(command)).as(err).isEqualTo(0);
        List<String[]> rows =
                out.lines().skip(2).limit(4).map(line -> line.split("  +", -1)).toList();
        assertThat(rows)
                .extracting(row -> row[0])
                .containsExactly("full", "compact:3", "best", "none");
        // Feedback, 3 rounds of 2 policies, 2 reflections; without a history policies alone.
        assertThat(rows.get(0)[1]).isEqualTo("9");
        assertThat(rows.get(3)[1]).isEqualTo("6");
        long full = Long.parseLong(rows.get(0)[2].replace(",", ""));
        long none = Long.parseLong(rows.get(3)[2].replace(",", ""));
        long oneFirstPrompt = Long.parseLong(rows.get(3)[5].replace(",", ""));
        assertThat(none).isEqualTo(6 * oneFirstPrompt).isLessThan(full);
        assertThat(Long.parseLong(rows.get(3)[3].replace(",", ""))).isEqualTo(5 * oneFirstPrompt);
    }

    @Test
    void aLimitOfMoneyNeedsTheModelsPrice() {
        Path relay = folder.resolve("answers");
        String[] command = {
            "optimize", "NoiseWorld2", "--model", "relay:" + relay, "--max-cost", "5"
        };
        assertThat(run(command)).isEqualTo(2);
        assertThat(err)
                .contains("the price of relay:answers, which is not known", "promptpo-prices.json")
                .hasLineCount(1);
        assertThat(relay).doesNotExist();
    }

    @Test
    void refusesPromptSettingsThatThereAreNot() {
        assertBad("history must be full, compact", "optimize", "NoiseWorld2", "--history", "some");
        assertBad(
                "expected full or exploration or anonymous",
                "optimize",
                "NoiseWorld2",
                "--context",
                "clear");
        assertBad(
                "--start-from must be a readable file",
                "optimize",
                "NoiseWorld2",
                "--start-from",
                folder.toString());
        assertThat(run("optimize", "CartPole-v1", "--context", "exploration")).isEqualTo(2);
        assertThat(err).contains("CartPole-v1 has no exploration context");
    }

    @Test
    void evaluatesAPolicyAsOneJsonDocument() throws IOException {
        assertThat(run("evaluate", "noise-world-2", "--policy", policy, "--json")).isEqualTo(0);
        JsonNode document = JSON.readTree(out);
        assertThat(document.fieldNames())
                .toIterable()
                .containsExactly(
                        "environment",
                        "outcome",
                        "kind",
                        "message",
                        "traceback",
                        "returns",
                        "lengths",
                        "successes",
                        "score",
                        "steps",
                        "seconds",
                        "isolation",
                        "seed");
        assertThat(document.get("environment").asText()).isEqualTo("NoiseWorld2");
        assertThat(document.get("outcome").asText()).isEqualTo("completed");
        assertThat(document.get("kind").isNull()).isTrue();
        assertThat(document.get("returns")).hasSize(5);
        assertThat(document.get("successes")).hasSize(5);
        assertThat(document.get("isolation").asText()).isEqualTo("sandbox");
        long steps = 0;
        double sum = 0;
        for (int i = 0; i < 5; i++) {
            steps += document.get("lengths").get(i).asLong();
            sum += document.get("returns").get(i).asDouble();
        }
        assertThat(document.get("steps").asLong()).isEqualTo(steps);
        assertThat(document.get("score").asDouble()).isCloseTo(sum / 5, within(1e-9));
        assertThat(out.strip().lines()).hasSize(1);
    }

    @Test
    void evaluatesToTheSameReturnsWithTheSameSeedAndToOthersWithAnother() throws IOException {
        JsonNode first = returns("7");
        assertThat(returns("7")).isEqualTo(first);
        assertThat(returns("8")).isNotEqualTo(first);
    }

    @Test
    void endsWithThreeWhenThePolicyFails() throws IOException {
        write("class Policy:\n    def act(self, obs):\n        return 1 / 0\n");
        assertThat(run("evaluate", "NoiseWorld1", "--policy", policy, "--json")).isEqualTo(3);
        JsonNode document = JSON.readTree(out);
        assertThat(document.get("outcome").asText()).isEqualTo("failed");
        assertThat(document.get("kind").asText()).isEqualTo("EXCEPTION");
        assertThat(document.get("message").asText()).contains("division by zero");
        assertThat(document.get("traceback").asText()).contains("return 1 / 0");
        assertThat(document.get("returns")).isEmpty();
        assertThat(document.get("score").isNull()).isTrue();
    }

    @Test
    void showsAFailureAsText() throws IOException {
        write("class Policy:\n    def act(self, obs)\n        return 1\n");
        assertThat(run("evaluate", "NoiseWorld1", "--policy", policy)).isEqualTo(3);
        assertThat(out).contains("The policy failed: SYNTAX in load").contains("line 2");
    }

    @Test
    void showsReturnsBesideTheReferences() {
        assertThat(run("evaluate", "NoiseWorld1", "--policy", policy)).isEqualTo(0);
        assertThat(out).contains("mean return ", "random policy -120.71", "optimum 978.69");
    }

    @Test
    void refusesBadArgumentsWithOneLineThatSaysWhatToDo() throws IOException {
        assertBad("Nearest: NoiseWorld", "evaluate", "NoiseWrld1", "--policy", policy);
        assertBad("--episodes must be at least 1", evaluateWith("--episodes", "0"));
        assertBad("--seed must be 0 or larger", evaluateWith("--seed", "-1"));
        assertBad("preset", evaluateWith("--preset", "papers"));
        assertBad("--isolation", evaluateWith("--isolation", "none"));
        assertBad("cannot read", "evaluate", "NoiseWorld1", "--policy", policy + ".missing");
        assertBad("cannot read", "evaluate", "NoiseWorld1", "--policy", folder.toString());
        assertBad("--policy", "evaluate", "NoiseWorld1");
        assertBad("got 0", "optimize", "NoiseWorld1", "--candidates", "0");
        assertBad("got 0", "optimize", "NoiseWorld1", "--max-calls", "0");
        assertBad("such as 90s, 30m or 1h30m", "optimize", "NoiseWorld1", "--max-time", "5");
        assertBad("expected a model such as", "optimize", "NoiseWorld1", "--model", "parrot");
        assertBad("RUN must be a run's folder", "runs", "show", folder + "/none");
        assertBad("expected sandbox or process; got 'none'", evaluateWith("--isolation", "none"));
        assertBad("expected a whole number", evaluateWith("--episodes", "many"));
        assertBad("expected a whole number", evaluateWith("--seed", "9".repeat(30)));
        assertBad("nothing more was expected", evaluateWith("more", "words"));
        assertBad(
                "unknown option '--polcy'; did you mean --policy", "evaluate", "A", "--polcy", "f");
        assertBad("unknown command 'nonsense'; expected environments", "nonsense");
        assertBad("unknown command 'nonsense'; expected list", "runs", "nonsense");
        assertBad("expected a folder of runs", "runs", "list", "--folder", policy);
        assertBad("expected a folder of runs", "runs", "list", "--folder", folder + "/none");
        assertBad("cannot be drafted", "environments", "Blackjack-v1");
        Files.write(Path.of(policy), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertBad("must be UTF-8", "evaluate", "NoiseWorld1", "--policy", policy);
    }

    @Test
    void listsEnvironmentsAndShowsOne() throws IOException {
        assertThat(run("environments")).isEqualTo(0);
        assertThat(out).contains("NoiseWorld0", "CartPole-v1");
        assertThat(run("environments", "cartpole-v1")).isEqualTo(0);
        assertThat(out).contains("pole_angular_velocity", "rad/s", "push_left");
        assertThat(run("environments", "NoiseWorld1", "--json")).isEqualTo(0);
        assertThat(JSON.readTree(out).get("horizon").asInt()).isEqualTo(100);
        assertThat(run("environments", "--json")).isEqualTo(0);
        assertThat(JSON.readTree(out).size()).isGreaterThanOrEqualTo(8);
    }

    @Test
    void estimatesARunAndDoesNothingElse() {
        String directory = folder.resolve("runs/planned").toString();
        assertThat(
                        run(
                                "optimize",
                                "NoiseWorld2",
                                "--estimate",
                                "--candidates",
                                "10",
                                "--rounds",
                                "3",
                                "--max-calls",
                                "10",
                                "--directory",
                                directory))
                .isEqualTo(0);
        assertThat(out)
                .contains("PromptPO on NoiseWorld2 (paper), N = 10, R = 3, E = 5, asking replay")
                .containsPattern("(?m)^calls +33 +33 +95$")
                .contains("Warning: the budget of 10 calls will end the run before all rounds");
        assertThat(Files.exists(Path.of(directory))).isFalse();
    }

    @Test
    void endsWithFiveWhenTheBudgetIsSpentAndGoesOnWithALargerOne() {
        Path recording = folder.resolve("recording.json");
        record(recording);
        String[] command =
                optimize("NoiseWorld0", recording, folder.resolve("runs/cut").toString());
        String[] cut = java.util.Arrays.copyOf(command, command.length + 2);
        cut[command.length] = "--max-calls";
        cut[command.length + 1] = "2";
        assertThat(run(cut)).isEqualTo(5);
        assertThat(out).contains("ended by its budget: the budget of 2 calls is spent");
        assertThat(err).contains("budget: 50 % of the budget of 2 calls is spent (1)");
        assertThat(run(command)).isEqualTo(0);
        assertThat(out).doesNotContain("ended by its budget");
    }

    @Test
    void replaysARecordedRunAndShowsListsAndVerifiesIt() {
        Path recording = folder.resolve("recording.json");
        record(recording);
        assertThat(run("recordings", "verify", recording.toString())).isEqualTo(0);
        assertThat(out).contains("answered by a script");

        String replayed = folder.resolve("runs/replayed").toString();
        String[] command = optimize("NoiseWorld0", recording, replayed);
        assertThat(run(command)).as(err).isEqualTo(0);
        assertThat(out).contains("Held-out return of the best policy");
        assertThat(err).contains("round 1 closed");
        assertThat(run(command)).as("a finished run is only shown").isEqualTo(0);
        assertThat(err).doesNotContain("round 1 closed");

        assertThat(run("runs", "verify", replayed)).isEqualTo(0);
        assertThat(run("runs", "show", replayed, "--source")).isEqualTo(0);
        assertThat(out).contains("class NoiseWorld0Policy");
        assertThat(run("runs", "list", "--folder", folder.resolve("runs").toString())).isEqualTo(0);
        assertThat(out).contains("replayed", "NoiseWorld0", "replay: ");
        assertThat(out.lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(120));
        String runs = folder.resolve("runs").toString();
        assertThat(run("runs", "list", "--folder", runs, "--format", "csv")).isEqualTo(0);
        assertThat(out).startsWith("run,method,environment,preset,model,candidates,rounds");
        assertThat(out.lines()).hasSize(3).anyMatch(line -> line.startsWith("replayed,promptpo,"));
    }

    @Test
    void saysWhichFileOfARunIsNotWhatWasWritten() throws IOException {
        record(folder.resolve("recording.json"));
        Path runs = folder.resolve("runs/recorded");
        List<Path> files = new ArrayList<>(List.of(runs.resolve("run.json")));
        files.add(runs.resolve("events.jsonl"));
        try (Stream<Path> payloads = Files.list(runs.resolve("payloads"))) {
            payloads.forEach(files::add);
        }
        assertThat(files).hasSizeGreaterThan(6);
        for (Path file : files) {
            byte[] whole = Files.readAllBytes(file);
            byte[] changed = whole.clone();
            changed[whole.length / 2] ^= 1;
            Files.write(file, changed);
            assertThat(run("runs", "verify", runs.toString())).as("%s", file).isEqualTo(1);
            assertThat(err.strip().lines()).hasSize(1);
            assertThat(err).contains(file.toString(), "from a copy");
            Files.write(file, whole);
        }
        assertThat(run("runs", "verify", runs.toString())).isEqualTo(0);
        assertThat(out).containsPattern("\\d+ events and " + (files.size() - 2) + " payloads");
    }

    @Test
    void exportsARunAsAPageAndAsTables() throws IOException {
        record(folder.resolve("recording.json"));
        String recorded = folder.resolve("runs/recorded").toString();
        Path page = folder.resolve("out/page.html");
        assertThat(run("runs", "export", recorded, "--output", page.toString())).as(err).isZero();
        assertThat(out.strip()).isEqualTo(page.toString());
        assertThat(page).content().contains("PromptPO on NoiseWorld0", "isolation sandbox");
        assertThat(page).content().contains("<img ", "src=\"data:image/svg+xml;base64,");
        assertThat(page).content().doesNotContainPattern("src=\"(?!data:)|<script|<link");

        Path tables = folder.resolve("out/tables");
        String[] csv = {"runs", "export", recorded, "--format", "csv", "--output", "" + tables};
        assertThat(run(csv)).as(err).isZero();
        assertThat(tables.resolve("candidates.csv"))
                .content()
                .startsWith("round,candidate,outcome");
        assertThat(Files.readAllLines(tables.resolve("candidates.csv"))).hasSize(3);
        assertThat(Files.readAllLines(tables.resolve("episodes.csv"))).hasSize(1 + 4 + 4);
        for (String name : new String[] {"rounds", "requests", "evaluations"}) {
            assertThat(tables.resolve(name + ".csv")).isNotEmptyFile();
        }
        assertBad("--format", "runs", "export", recorded, "--format", "pdf");
    }

    @Test
    void refusesARecordingOfAnotherEnvironment() {
        Path recording = folder.resolve("recording.json");
        record(recording);
        String other = folder.resolve("runs/other").toString();
        assertThat(run(optimize("NoiseWorld1", recording, other))).isNotEqualTo(0);
        assertThat(err.strip().lines()).hasSize(1);
        assertThat(err).contains("NoiseWorld0", "NoiseWorld1");
        assertThat(Path.of(other)).doesNotExist();
    }

    @Test
    void listsTheRunsThatCanBeReadBesideBrokenAndNewerOnes() throws IOException {
        record(folder.resolve("recording.json"));
        Path runs = folder.resolve("runs");
        String document = Files.readString(runs.resolve("recorded/run.json"));
        Path newer = Files.createDirectories(runs.resolve("newer"));
        Files.writeString(
                newer.resolve("run.json"), document.replaceFirst("\"schema\":1", "\"schema\":99"));
        Path broken = Files.createDirectories(runs.resolve("broken"));
        Files.writeString(broken.resolve("run.json"), "{");

        assertThat(run("runs", "list", "--folder", runs.toString())).isEqualTo(1);
        assertThat(out).contains("recorded");
        assertThat(err.strip().lines())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).startsWith("promptpo: "));
        assertThat(err).contains("format 99", "broken/run.json is not what was written");

        assertThat(run("runs", "show", newer.toString())).isEqualTo(1);
        assertThat(err.strip().lines()).hasSize(1);
        assertThat(err).contains("use a newer version of promptpo");
    }

    @Test
    void saysThatAFileIsWhereARunsFolderShouldBe() {
        Path recording = folder.resolve("recording.json");
        record(recording);
        assertThat(run(optimize("NoiseWorld0", recording, policy))).isEqualTo(1);
        assertThat(err.strip().lines()).hasSize(1);
        assertThat(err).contains("policy.py is a file, and a folder is needed there");
        assertThat(run(optimize("NoiseWorld0", recording, policy + "/below"))).isEqualTo(1);
        assertThat(err).contains("policy.py is a file, and a folder is needed there");
    }

    @Test
    void refusesALiveModelWithoutAKeyBeforeAnythingIsWritten() {
        assumeThat(System.getenv()).doesNotContainKey("ANTHROPIC_API_KEY");
        Path directory = folder.resolve("runs/live");
        assertThat(
                        run(
                                "optimize",
                                "NoiseWorld0",
                                "--model",
                                "anthropic:any",
                                "--directory",
                                directory.toString()))
                .isEqualTo(1);
        assertThat(err.strip().lines()).hasSize(1);
        assertThat(err).contains("no key", "ANTHROPIC_API_KEY");
        assertThat(directory).doesNotExist();
    }

    private void record(Path recording) {
        Provenance provenance =
                new Provenance("a script", "scripted", "none", "", Map.of(), "for a test");
        try (Run run =
                PromptPO.on("NoiseWorld0")
                        .model(
                                Models.recorded(
                                        Models.scripted(CommandLineTest::reply),
                                        recording,
                                        provenance))
                        .candidates(2)
                        .rounds(1)
                        .episodes(2)
                        .heldoutEpisodes(4)
                        .directory(folder.resolve("runs/recorded"))
                        .run()) {
            assertThat(run.best().score()).isPresent();
        }
    }

    private static String[] optimize(String environment, Path recording, String directory) {
        return new String[] {
            "optimize",
            environment,
            "--model",
            "replay:" + recording,
            "--candidates",
            "2",
            "--rounds",
            "1",
            "--episodes",
            "2",
            "--heldout",
            "4",
            "--directory",
            directory
        };
    }

    private static String reply(ModelRequest request) {
        if (request.role().equals("feedback")) {
            return """
            ```python
            class Feedback:
                def summarize_trajectory(self, traj):
                    return f"{len(traj)} steps"
            ```
            """;
        }
        return "```python\n" + DOWN_THEN_RIGHT.replace("Policy", "NoiseWorld0Policy") + "```\n";
    }

    private String[] evaluateWith(String option, String value) {
        return new String[] {"evaluate", "NoiseWorld1", "--policy", policy, option, value};
    }

    private JsonNode returns(String seed) throws IOException {
        int code =
                run(
                        "evaluate",
                        "NoiseWorld1",
                        "--policy",
                        policy,
                        "--seed",
                        seed,
                        "--episodes",
                        "8",
                        "--json");
        assertThat(code).isEqualTo(0);
        return JSON.readTree(out).get("returns");
    }

    private void write(String source) throws IOException {
        Files.writeString(Path.of(policy), source);
    }

    private void assertBad(String expected, String... command) {
        assertThat(run(command)).as(String.join(" ", command)).isEqualTo(2);
        assertThat(err.lines().findFirst().orElse("")).startsWith("promptpo: ").contains(expected);
        assertThat(err.lines().count()).isLessThanOrEqualTo(2);
        assertThat(out).isEmpty();
    }

    private int run(String... command) {
        StringWriter outText = new StringWriter();
        StringWriter errText = new StringWriter();
        int code =
                Main.run(command, new PrintWriter(outText, true), new PrintWriter(errText, true));
        out = outText.toString();
        err = errText.toString();
        return code;
    }
}
