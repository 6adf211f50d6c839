package dev.promptpo.optimizer;

import dev.promptpo.llm.ModelRequest;
import dev.promptpo.llm.Models;
import dev.promptpo.rollout.FeedbackRequest;
import dev.promptpo.rollout.FeedbackResult;
import dev.promptpo.rollout.Isolation;
import dev.promptpo.rollout.RolloutEngine;
import dev.promptpo.rollout.RolloutListener;
import dev.promptpo.rollout.RolloutRequest;
import dev.promptpo.rollout.RolloutResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.LongStream;

/**
 * A run to be killed: repairs, a failed candidate and a mended Feedback class in it, every call a
 * little slow and written to a log, so that a test can count what was paid for.
 */
final class TinyRun {
    private static final Map<String, String> REPLIES =
            Map.of(
                    "feedback", Script.code("Feedback", "# fail EXCEPTION"),
                    "repair/feedback/1", Script.code("Feedback", "# tells mended"),
                    "policy/1/2", Script.policy("# fail EXCEPTION"),
                    "repair/1/2/1", "No code.",
                    "repair/1/2/2", Script.policy("# gain 40"),
                    "policy/2/1", Script.policy("# fail SYNTAX"),
                    "repair/2/1/1", Script.policy("# fail SYNTAX"),
                    "repair/2/1/2", Script.policy("# fail SYNTAX"));

    private TinyRun() {}

    /** Arguments: the run's folder, the log. */
    public static void main(String[] args) {
        plan(Path.of(args[0]), Path.of(args[1])).run();
    }

    static PromptPO plan(Path folder, Path log) {
        return PromptPO.on(LineSpec.spec())
                .model(Models.scripted(request -> reply(request, log)))
                .engine(new LoggedEngine(new LineEngine(), log))
                .seeds((seed, stage, round, episodes) ->
                        LongStream.range(100L * round, 100L * round + episodes).boxed().toList())
                .candidates(4)
                .rounds(3)
                .heldoutEpisodes(60)
                .directory(folder);
    }

    private static String reply(ModelRequest request, Path log) {
        note(log, "request " + request.role());
        pause(request.role());
        String reply = REPLIES.get(request.role());
        return reply == null ? Script.policy("# gain " + request.role().chars().sum() % 30) : reply;
    }

    /** Between 0 and 14 ms, by name, so that calls overlap in many ways. */
    private static void pause(String name) {
        try {
            Thread.sleep(Math.floorMod(name.hashCode(), 15));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void note(Path log, String line) {
        try {
            Files.write(
                    log,
                    (line + "\n").getBytes(StandardCharsets.UTF_8),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record LoggedEngine(LineEngine engine, Path log) implements RolloutEngine {
        @Override
        public CompletableFuture<RolloutResult> submit(
                RolloutRequest request, RolloutListener listener) {
            String name = request.purpose() + " " + request.source() + request.seeds();
            note(log, "rollout " + Integer.toHexString(name.hashCode()));
            return CompletableFuture.supplyAsync(() -> {
                pause(name);
                return joined(engine.submit(request, listener));
            });
        }

        @Override
        public CompletableFuture<FeedbackResult> submit(FeedbackRequest request) {
            return CompletableFuture.supplyAsync(() -> {
                pause(request.source());
                return joined(engine.submit(request));
            });
        }

        private static <T> T joined(CompletableFuture<T> future) throws CompletionException {
            return future.join();
        }

        @Override
        public Isolation isolation() {
            return engine.isolation();
        }

        @Override
        public int workers() {
            return engine.workers();
        }

        @Override
        public void close() {}
    }
}
