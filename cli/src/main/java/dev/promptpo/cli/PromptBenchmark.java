package dev.promptpo.cli;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import dev.promptpo.ledger.Event;
import dev.promptpo.ledger.LedgerReader;
import dev.promptpo.llm.ModelReply.Answer;
import dev.promptpo.llm.ModelRequest;
import dev.promptpo.llm.Models;
import dev.promptpo.llm.Recording;
import dev.promptpo.optimizer.PromptPO;
import dev.promptpo.optimizer.Run;
import dev.promptpo.prompt.History;
import dev.promptpo.rollout.RolloutEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A run whose replies come from a recording: in round r every candidate is the recording's r-th
 * policy (and so on from the first), so that policies of all its lengths enter the history.
 */
final class PromptBenchmark {
    private final Encoding encoding =
            Encodings.newDefaultEncodingRegistry().getEncoding(EncodingType.O200K_BASE);
    private final Recording recording;
    private final int rounds;
    private final int candidates;
    private final List<String> policies = new ArrayList<>();
    private final Map<String, String> others = new HashMap<>();

    /**
     * What a run took.
     *
     * @param requests to the model
     * @param prompts tokens of all prompts
     * @param cached how many of them lie in a beginning that an earlier prompt had too
     * @param largest tokens of the longest prompt
     * @param replies tokens of all replies
     */
    record Tokens(long requests, long prompts, long cached, long largest, long replies) {}

    PromptBenchmark(Recording recording, int rounds, int candidates) {
        this.recording = recording;
        this.rounds = rounds;
        this.candidates = candidates;
        recording
                .entries()
                .forEach((role, entry) -> {
                    if (entry.reply() instanceof Answer answer) {
                        String kind = role.substring(0, Math.max(0, role.indexOf('/')));
                        if (kind.equals("policy")) {
                            policies.add(answer.text());
                        } else {
                            others.putIfAbsent(kind.isEmpty() ? role : kind, answer.text());
                        }
                    }
                });
        if (policies.isEmpty()) {
            throw new IllegalArgumentException("the recording holds no policies");
        }
    }

    Tokens measure(History form, RolloutEngine engine) throws IOException {
        Path folder = TemporaryFolder.make();
        try (Run run =
                PromptPO.on(recording.run().environment())
                        .preset(recording.run().preset())
                        .model(Models.scripted(this::reply))
                        .candidates(candidates)
                        .rounds(rounds)
                        .episodes(recording.run().episodes())
                        .heldoutEpisodes(0)
                        .history(form)
                        .engine(engine)
                        .directory(folder.resolve("run"))
                        .run()) {
            return count(run.ledger());
        } finally {
            TemporaryFolder.remove(folder);
        }
    }

    private String reply(ModelRequest request) {
        String[] role = request.role().split("/", -1);
        if (role[0].equals("policy")) {
            return policies.get((Integer.parseInt(role[1]) - 1) % policies.size());
        }
        String text = others.get(role[0]);
        if (text == null) {
            throw new IllegalArgumentException("the recording holds no " + role[0]);
        }
        return text;
    }

    private Tokens count(LedgerReader ledger) {
        List<int[]> distinct = new ArrayList<>();
        Map<String, int[]> known = new HashMap<>();
        long requests = 0;
        long prompts = 0;
        long cached = 0;
        long largest = 0;
        long replies = 0;
        for (Event event : ledger.events()) {
            if (event.type().equals("request_started")) {
                String payload = event.fields().path("prompt_payload").asText();
                int[] tokens = known.get(payload);
                if (tokens == null) {
                    tokens = tokens(ledger.payloadText(payload));
                    int[] asked = tokens;
                    cached +=
                            distinct.stream()
                                    .mapToInt(earlier -> common(earlier, asked))
                                    .max()
                                    .orElse(0);
                    known.put(payload, tokens);
                    distinct.add(tokens);
                } else {
                    cached += tokens.length;
                }
                requests++;
                prompts += tokens.length;
                largest = Math.max(largest, tokens.length);
            } else if (event.type().equals("reply_received")) {
                String payload = event.fields().path("text_payload").asText();
                replies += tokens(ledger.payloadText(payload)).length;
            }
        }
        return new Tokens(requests, prompts, cached, largest, replies);
    }

    private int[] tokens(String text) {
        return encoding.encodeOrdinary(text).toArray();
    }

    private static int common(int[] one, int[] other) {
        int mismatch = Arrays.mismatch(one, other);
        return mismatch < 0 ? one.length : mismatch;
    }
}
