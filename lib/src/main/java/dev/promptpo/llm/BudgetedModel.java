package dev.promptpo.llm;

import dev.promptpo.llm.ModelReply.Answer;
import dev.promptpo.llm.ModelReply.NoAnswer;
import dev.promptpo.llm.ModelReply.Reason;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Asks only what the budget covers even at its dearest: the worst case of a call is reserved before
 * it and what it did not use is given back after it, so that many at once do not overspend.
 */
final class BudgetedModel implements LanguageModel {
    private final LanguageModel model;
    private final Budget budget;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition givenBack = lock.newCondition();
    private Spending spent;
    private Spending reserved = Spending.NONE;

    BudgetedModel(LanguageModel model, Budget budget, Spending before) {
        this.model = model;
        this.budget = budget;
        this.spent = before;
    }

    @Override
    public ModelReply ask(ModelRequest request) throws InterruptedException {
        TokenUsage worst = worstCase(request);
        Optional<String> exceeded = reserve(worst);
        if (exceeded.isPresent()) {
            return NoAnswer.of(Reason.BUDGET, exceeded.get());
        }
        // What a call that was broken off has cost nobody knows: its worst case.
        TokenUsage used = worst;
        try {
            ModelReply reply = model.ask(request);
            used = used(reply, worst);
            return reply;
        } finally {
            book(worst, used);
        }
    }

    @Override
    public ModelIdentity identity() {
        return model.identity();
    }

    @Override
    public void close() {
        model.close();
    }

    /** A token for each character: more than any text takes but the strangest. */
    static TokenUsage worstCase(ModelRequest request) {
        return new TokenUsage(
                request.prompt().text().length(), 0, request.settings().maxOutputTokens());
    }

    /** What the reply says, or the worst case where a model wrote and nobody counted. */
    private static TokenUsage used(ModelReply reply, TokenUsage worst) {
        if (!reply.usage().equals(TokenUsage.UNKNOWN)) {
            return reply.usage();
        }
        return switch (reply) {
            case Answer ignored -> worst;
            case NoAnswer none ->
                    switch (none.reason()) {
                        case TRUNCATED, FILTERED, EMPTY, TIMEOUT -> worst;
                        case MALFORMED,
                                RATE_LIMITED,
                                OVERLOADED,
                                UNREACHABLE,
                                UNAUTHORIZED,
                                BAD_REQUEST,
                                BUDGET,
                                NOT_RECORDED,
                                OTHER_PROMPT ->
                                TokenUsage.UNKNOWN;
                    };
        };
    }

    /** Which limit the call could break, in one line; empty where none, and then it is reserved. */
    private Optional<String> reserve(TokenUsage worst) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                Optional<String> exceeded = exceeded(worst);
                if (exceeded.isEmpty()) {
                    reserved = reserved.plus(worst);
                    return exceeded;
                }
                if (reserved.calls() == 0) {
                    return exceeded;
                }
                // Those under way will give most of theirs back.
                givenBack.await();
            }
        } finally {
            lock.unlock();
        }
    }

    private void book(TokenUsage worst, TokenUsage used) {
        lock.lock();
        try {
            reserved = minus(reserved, worst);
            spent = spent.plus(used);
            givenBack.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private Optional<String> exceeded(TokenUsage worst) {
        long calls = spent.calls() + reserved.calls();
        TokenUsage booked = spent.tokens().plus(reserved.tokens());
        if (budget.calls().isPresent() && calls + 1 > budget.calls().getAsLong()) {
            return Optional.of(
                    "the budget of "
                            + budget.calls().getAsLong()
                            + " calls is spent; raise it and run again");
        }
        if (budget.tokens().isPresent()
                && total(booked) + total(worst) > budget.tokens().getAsLong()) {
            return Optional.of(
                    "the budget of "
                            + budget.tokens().getAsLong()
                            + " tokens does not cover the next call: "
                            + total(booked)
                            + " are spent, and it may take "
                            + total(worst)
                            + "; raise it and run again");
        }
        if (budget.money().isPresent()) {
            Budget.Price price = budget.price().orElseThrow();
            double limit = budget.money().getAsDouble();
            if (price.of(booked) + price.of(worst) > limit) {
                return Optional.of(
                        "the budget of "
                                + amount(limit)
                                + " does not cover the next call: "
                                + amount(price.of(booked))
                                + " is spent, and it may cost "
                                + amount(price.of(worst))
                                + "; raise it and run again");
            }
        }
        return Optional.empty();
    }

    private static String amount(double money) {
        return String.format(Locale.ROOT, "%.2f", money);
    }

    private static long total(TokenUsage usage) {
        return usage.input() + usage.output();
    }

    private static Spending minus(Spending from, TokenUsage usage) {
        return new Spending(
                from.calls() - 1,
                new TokenUsage(
                        from.tokens().input() - usage.input(),
                        from.tokens().cachedInput() - usage.cachedInput(),
                        from.tokens().output() - usage.output()));
    }
}
