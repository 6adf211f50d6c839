package dev.promptpo.llm;

import dev.promptpo.llm.ModelReply.Answer;
import dev.promptpo.llm.ModelReply.Effect;
import dev.promptpo.llm.ModelReply.NoAnswer;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Asks again where that can help: after the wait that the server asks for, else after one that
 * doubles. Failed attempts go to the run's listener; tokens that they cost are in their replies.
 */
final class RetryingModel extends ModelAround {
    private final RetryPolicy policy;
    private final AttemptListener attempts;
    private final RandomGenerator random;
    private final Waiting waiting;

    RetryingModel(
            LanguageModel model,
            RetryPolicy policy,
            AttemptListener attempts,
            RandomGenerator random,
            Waiting waiting) {
        super(model);
        this.policy = policy;
        this.attempts = attempts;
        this.random = random;
        this.waiting = waiting;
    }

    @Override
    public ModelReply ask(ModelRequest request) throws InterruptedException {
        long start = waiting.nanoTime();
        for (int attempt = 1; ; attempt++) {
            ModelReply reply = model.ask(request);
            switch (reply) {
                case Answer answer -> {
                    return answer;
                }
                case NoAnswer none -> {
                    if (none.reason().effect() != Effect.RETRY) {
                        return none;
                    }
                    if (attempt == policy.attempts()) {
                        return policy.attempts() == 1
                                ? none
                                : explained(none, "gave up after " + attempt + " attempts");
                    }
                    Duration wait = none.retryAfter().orElse(policy.wait(attempt, random));
                    Duration then = Duration.ofNanos(waiting.nanoTime() - start).plus(wait);
                    if (then.compareTo(policy.overall()) > 0) {
                        return explained(
                                none,
                                "gave up after "
                                        + attempt
                                        + (attempt == 1 ? " attempt" : " attempts")
                                        + ", since the next one would come "
                                        + then.toSeconds()
                                        + " s after the first");
                    }
                    attempts.failed(request, attempt, none, wait);
                    waiting.sleep(wait);
                }
            }
        }
    }

    private static NoAnswer explained(NoAnswer none, String why) {
        return new NoAnswer(
                none.reason(),
                none.message() + "; " + why,
                none.partialText(),
                none.usage(),
                none.latency(),
                none.raw(),
                none.retryAfter());
    }
}
