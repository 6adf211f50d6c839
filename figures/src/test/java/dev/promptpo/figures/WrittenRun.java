package dev.promptpo.figures;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.ledger.Ledger;
import dev.promptpo.ledger.RunDocument;
import dev.promptpo.optimizer.Run;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/** Writes ledgers by hand, so that what shows a run is tested without a model and Python. */
final class WrittenRun implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    static final String SOURCE =
            "class NoiseWorld2Policy:\n    def act(self, obs):\n        return 3\n";

    private final Ledger ledger;
    private String source = SOURCE;

    WrittenRun(Path folder, int candidates, int rounds) {
        this(folder, candidates, rounds, "replay");
    }

    WrittenRun(Path folder, int candidates, int rounds, String model) {
        EnvironmentSpec spec = Specs.read("noise-world-2.json");
        try {
            ledger =
                    Ledger.openOrBegin(
                            folder,
                            RunDocument.of(
                                    "promptpo",
                                    json(
                                            """
                                            {'environment': 'NoiseWorld2', 'preset': 'paper',
                                             'specification': '%s', 'model': '%s',
                                             'temperature': null, 'max_output_tokens': 100,
                                             'prompts': 1, 'candidates': %d, 'rounds': %d,
                                             'episodes': 2, 'seed': 0, 'repairs': 2,
                                             'feedback': true, 'reflection': true,
                                             'heldout_episodes': 4, 'lifetime': 'episode'}
                                            """
                                                    .formatted(
                                                            spec.digest(),
                                                            model,
                                                            candidates,
                                                            rounds)),
                                    Optional.empty(),
                                    (ObjectNode) JSON.readTree(spec.toJson())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the candidates that follow hold. */
    WrittenRun writing(String policy) {
        source = policy;
        return this;
    }

    /** One request and its reply, with its tokens. */
    WrittenRun asked(String role, long input, long output) {
        write("request_started", "{'role': '%s', 'prompt_payload': ''}".formatted(role));
        return write(
                "reply_received",
                """
                {'role': '%s', 'outcome': 'answer', 'text_payload': '%s',
                 'usage': {'input': %d, 'cached_input': 0, 'output': %d}}
                """
                        .formatted(role, ledger.store("a reply"), input, output));
    }

    WrittenRun completed(int round, int candidate, double... returns) {
        String role = "policy/" + round + "/" + candidate;
        rollout("search/" + role, role, "search", 20 * returns.length);
        String lengths = Arrays.toString(IntStream.range(0, returns.length).map(i -> 20).toArray());
        String successes =
                Arrays.toString(IntStream.range(0, returns.length).mapToObj(i -> "null").toArray());
        String result =
                """
                'outcome': 'completed', 'score': %s, 'returns': %s, 'lengths': %s,
                'successes': %s, 'steps': %d, 'actions_digest': 'd', 'isolation': 'sandbox'
                """
                        .formatted(
                                Arrays.stream(returns).average().orElseThrow(),
                                Arrays.toString(returns),
                                lengths,
                                successes,
                                20 * returns.length);
        return finish(round, candidate, role, result);
    }

    WrittenRun failed(int round, int candidate, String kind) {
        String role = "policy/" + round + "/" + candidate;
        rollout("search/" + role, role, "search", 7);
        return finish(
                round,
                candidate,
                role,
                """
                'outcome': 'failed', 'kind': '%s', 'phase': 'act', 'message': 'boom <b>',
                'traceback': '', 'episode': 0, 'step': 3, 'steps': 7, 'isolation': 'sandbox'
                """
                        .formatted(kind));
    }

    private WrittenRun finish(int round, int candidate, String role, String result) {
        return write(
                "candidate_finished",
                """
                {'round': %d, 'candidate': %d, %s, 'attempts': [
                  {'role': '%s', 'source_payload': '%s', 'result': {%s}}]}
                """
                        .formatted(round, candidate, result, role, ledger.store(source), result));
    }

    WrittenRun closed(int round, int winner, double score) {
        return write(
                "round_closed",
                """
                {'round': %d, 'winner': %d, 'score': %s, 'audit': 'deterministic',
                 'feedback': {'repairs': 0, 'given_up': false, 'note': '', 'summaries': []}}
                """
                        .formatted(round, winner, score));
    }

    WrittenRun measured(int round, int candidate, double... returns) {
        String nulls =
                Arrays.toString(IntStream.range(0, returns.length).mapToObj(i -> "null").toArray());
        return write(
                        "evaluation",
                        """
                        {'purpose': 'heldout', 'round': %d, 'candidate': %d, 'seeds': %s,
                         'returns': %s, 'lengths': %s, 'successes': %s, 'score': %s, 'steps': 80}
                        """
                                .formatted(
                                        round,
                                        candidate,
                                        Arrays.toString(
                                                IntStream.range(0, returns.length).toArray()),
                                        Arrays.toString(returns),
                                        Arrays.toString(
                                                IntStream.range(0, returns.length)
                                                        .map(i -> 20)
                                                        .toArray()),
                                        nulls,
                                        Arrays.stream(returns).average().orElseThrow()))
                .write("run_closed", "{}");
    }

    WrittenRun steered(String fields) {
        return write("intervention", fields);
    }

    private void rollout(String name, String role, String purpose, int steps) {
        write(
                "rollout_finished",
                """
                {'rollout': '%s', 'role': '%s', 'purpose': '%s', 'outcome': 'completed',
                 'score': 0, 'returns': [], 'lengths': [], 'successes': [], 'steps': %d,
                 'isolation': 'sandbox'}
                """
                        .formatted(name, role, purpose, steps));
    }

    private WrittenRun write(String type, String fields) {
        ledger.append(type, json(fields));
        return this;
    }

    /** The run as it is by now. */
    Run look() {
        return Run.look(ledger.directory());
    }

    @Override
    public void close() {
        ledger.close();
    }

    private static ObjectNode json(String text) {
        try {
            return (ObjectNode) JSON.readTree(text.replace('\'', '"'));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Two rounds of ten, three of them failed, finished and measured. */
    static Run full(Path folder) {
        try (WrittenRun run = new WrittenRun(folder, 10, 2)) {
            double[] first = {943, -310, 961, 955, 120, 948, 940, 935};
            for (int k = 1; k <= 8; k++) {
                run.completed(1, k, first[k - 1] - 4, first[k - 1] + 4);
            }
            run.failed(1, 9, "TIMEOUT").failed(1, 10, "EXCEPTION").closed(1, 3, 961);
            for (int k = 1; k <= 9; k++) {
                run.completed(2, k, 950 + 2 * k, 952 + 2 * k);
            }
            run.failed(2, 10, "SYNTAX").closed(2, 9, 969).measured(2, 9, 970, 966, 958, 974);
            return run.look();
        }
    }
}
