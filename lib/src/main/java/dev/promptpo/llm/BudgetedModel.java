package dev.promptpo.llm;

import dev.promptpo.llm.ModelReply.Answer;
import dev.promptpo.llm.ModelReply.NoAnswer;
import dev.promptpo.llm.ModelReply.Reason;
import java.time.Duration;
import java.util.Optional;

/** Asks only what the budget covers even at its dearest, and no longer than its time lasts. */
final class BudgetedModel extends ModelAround {
    private final Meter meter;

    BudgetedModel(LanguageModel model, Meter meter) {
        super(model);
        this.meter = meter;
    }

    @Override
    public ModelReply ask(ModelRequest request) throws InterruptedException {
        TokenUsage worst =
                Meter.worstCase(request.prompt().text(), request.settings().maxOutputTokens());
        Optional<String> exceeded = meter.reserve(worst);
        if (exceeded.isPresent()) {
            return NoAnswer.of(Reason.BUDGET, exceeded.get());
        }
        // What a call that was broken off has cost nobody knows: its worst case.
        TokenUsage used = worst;
        try {
            ModelReply reply = model.ask(inTime(request));
            used = used(reply, worst);
            return reply;
        } finally {
            meter.book(worst, used);
        }
    }

    private ModelRequest inTime(ModelRequest request) {
        ModelSettings settings = request.settings();
        Duration left = meter.timeLeft().orElse(settings.deadline());
        if (left.compareTo(settings.deadline()) >= 0) {
            return request;
        }
        // It was not over a moment ago; no time at all would mean no deadline to some.
        Duration shorter = left.compareTo(Duration.ofMillis(1)) < 0 ? Duration.ofMillis(1) : left;
        return new ModelRequest(
                request.role(),
                request.prompt(),
                new ModelSettings(settings.temperature(), settings.maxOutputTokens(), shorter));
    }

    /** What the reply says, or the worst case where a model wrote and nobody counted. */
    private static TokenUsage used(ModelReply reply, TokenUsage worst) {
        if (!reply.usage().equals(TokenUsage.UNKNOWN)) {
            return reply.usage();
        }
        return switch (reply) {
            case Answer ignored -> worst;
            case NoAnswer none -> Meter.mayHaveWritten(none.reason()) ? worst : TokenUsage.UNKNOWN;
        };
    }
}
