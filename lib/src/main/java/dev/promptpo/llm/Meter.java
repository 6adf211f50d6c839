package dev.promptpo.llm;

import static java.util.Objects.requireNonNull;

import dev.promptpo.llm.ModelReply.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keeps a run within its budget: the worst case of a call is reserved before it and what it did not
 * use is given back after it, so that many at once do not overspend. Used by many threads at once.
 */
public final class Meter {
    /** Shares of a limit at which a warning is given, in percent, the highest first. */
    private static final List<Integer> THRESHOLDS = List.of(80, 50);

    private final Budget budget;
    private final Spending before;
    private final Listener listener;
    private final Waiting clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition givenBack = lock.newCondition();
    private final Map<String, Integer> warned = new HashMap<>();
    private Spending spent;
    private Spending reserved = Spending.NONE;
    private Optional<Long> workingSince = Optional.empty();
    private boolean attached;

    Meter(Budget budget, Spending before, Listener listener, Waiting clock) {
        if (budget.money().isPresent() && budget.price().isEmpty()) {
            throw new IllegalArgumentException("expected a price beside a limit of money");
        }
        this.budget = requireNonNull(budget, "budget");
        this.before = requireNonNull(before, "before");
        this.spent = before;
        this.listener = requireNonNull(listener, "listener");
        this.clock = clock;
        // What an earlier session warned of is not told again.
        uses().forEach(use -> warned.put(use.limit(), use.threshold()));
    }

    /**
     * A meter whose clock stands still.
     *
     * @param budget with a price where it limits money
     * @param before what the run has spent so far: it counts
     */
    public static Meter of(Budget budget, Spending before, Listener listener) {
        return new Meter(budget, before, listener, Waiting.REAL);
    }

    /** A meter without limits. */
    public static Meter unlimited() {
        return of(Budget.UNLIMITED, Spending.NONE, (percent, message) -> {});
    }

    /**
     * A model that asks only what the budget covers even at its dearest, and is answered {@link
     * Reason#BUDGET} else. The innermost one: each attempt of a retry is a call.
     */
    public LanguageModel over(LanguageModel model) {
        attached = true;
        return new BudgetedModel(model, this);
    }

    /** Whether {@link #over} was called: else whoever opened the model has to. */
    public boolean attached() {
        return attached;
    }

    /** Starts the clock of the wall time. */
    public void start() {
        lock.lock();
        try {
            if (workingSince.isEmpty()) {
                workingSince = Optional.of(clock.nanoTime());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Stops it. */
    public void stop() {
        lock.lock();
        try {
            spent = spent();
            workingSince = Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** What the run had spent when this meter began. */
    public Spending before() {
        return before;
    }

    /** What the run has spent, in this session and before. */
    public Spending spent() {
        lock.lock();
        try {
            Duration now =
                    workingSince
                            .map(since -> Duration.ofNanos(clock.nanoTime() - since))
                            .orElse(Duration.ZERO);
            return new Spending(spent.calls(), spent.tokens(), spent.time().plus(now));
        } finally {
            lock.unlock();
        }
    }

    /** How much of the wall time is left, 0 when it is over; empty where it has no limit. */
    public Optional<Duration> timeLeft() {
        return budget.wallTime()
                .map(limit -> {
                    Duration left = limit.minus(spent().time());
                    return left.isNegative() ? Duration.ZERO : left;
                });
    }

    /** Why the wall time lets nothing more be asked; empty where it does. */
    public Optional<String> timeOver() {
        return timeLeft()
                .filter(Duration::isZero)
                .map(left ->
                        "the budget of "
                                + words(budget.wallTime().orElseThrow())
                                + " is spent; raise it and run again");
    }

    /**
     * A token for each character, more than any text takes but the strangest, and all of them
     * written to a cache.
     */
    public static TokenUsage worstCase(String prompt, int maxOutputTokens) {
        return new TokenUsage(prompt.length(), 0, maxOutputTokens, prompt.length());
    }

    /** Whether a model may have written, and is paid for it, where there is no answer. */
    public static boolean mayHaveWritten(Reason reason) {
        return switch (reason) {
            case TRUNCATED, FILTERED, EMPTY, TIMEOUT -> true;
            case MALFORMED,
                    RATE_LIMITED,
                    OVERLOADED,
                    UNREACHABLE,
                    UNAUTHORIZED,
                    BAD_REQUEST,
                    UNPAID,
                    BUDGET,
                    NOT_RECORDED,
                    OTHER_PROMPT ->
                    false;
        };
    }

    /** Which limit a call could break, in one line; empty where none, and then it is reserved. */
    Optional<String> reserve(TokenUsage worst) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                Optional<String> over = timeOver();
                if (over.isPresent()) {
                    return over;
                }
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

    /** Ends a call that was reserved. */
    void book(TokenUsage worst, TokenUsage used) {
        List<Use> news = new ArrayList<>();
        lock.lock();
        try {
            reserved = reserved.minus(worst);
            spent = spent.plus(used);
            for (Use use : uses()) {
                int threshold = use.threshold();
                if (threshold > warned.getOrDefault(use.limit(), 0)) {
                    warned.put(use.limit(), threshold);
                    news.add(use);
                }
            }
            givenBack.signalAll();
        } finally {
            lock.unlock();
        }
        news.forEach(use -> listener.warned(use.threshold(), use.message()));
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
            Price price = budget.price().orElseThrow();
            double limit = budget.money().getAsDouble();
            if (price.of(booked) + price.of(worst) > limit) {
                return Optional.of(
                        "the budget of "
                                + amount(limit, price)
                                + " does not cover the next call: "
                                + amount(price.of(booked), price)
                                + " is spent, and it may cost "
                                + amount(price.of(worst), price)
                                + "; raise it and run again");
            }
        }
        return Optional.empty();
    }

    private List<Use> uses() {
        Spending now = spent();
        List<Use> uses = new ArrayList<>();
        budget.calls()
                .ifPresent(limit ->
                        uses.add(new Use(limit + " calls", now.calls(), limit, "" + now.calls())));
        budget.tokens()
                .ifPresent(limit -> {
                    long tokens = total(now.tokens());
                    uses.add(new Use(limit + " tokens", tokens, limit, "" + tokens));
                });
        budget.money()
                .ifPresent(limit -> {
                    Price price = budget.price().orElseThrow();
                    double money = price.of(now.tokens());
                    uses.add(new Use(amount(limit, price), money, limit, amount(money, price)));
                });
        budget.wallTime()
                .ifPresent(limit ->
                        uses.add(
                                new Use(
                                        words(limit),
                                        now.time().toNanos(),
                                        limit.toNanos(),
                                        words(now.time()))));
        return uses;
    }

    private static String amount(double money, Price price) {
        return String.format(Locale.ROOT, "%.2f %s", money, price.currency());
    }

    private static String words(Duration time) {
        long seconds = Math.round(time.toMillis() / 1000.0);
        if (seconds < 120) {
            return seconds + " s";
        }
        long minutes = Math.round(seconds / 60.0);
        return minutes < 120
                ? minutes + " min"
                : String.format(Locale.ROOT, "%.1f h", seconds / 3600.0);
    }

    private static long total(TokenUsage usage) {
        return usage.input() + usage.output();
    }

    /** Hears that a share of a limit is spent. */
    @FunctionalInterface
    public interface Listener {
        /**
         * Called once for each limit and threshold, on the thread whose call passed it.
         *
         * @param percent 50 or 80
         * @param message one line
         */
        void warned(int percent, String message);
    }

    private record Use(String limit, double spent, double of, String amount) {
        /** The highest threshold that is reached, 0 where none is. */
        int threshold() {
            return THRESHOLDS.stream()
                    .filter(percent -> of > 0 && spent / of >= percent / 100.0)
                    .findFirst()
                    .orElse(0);
        }

        String message() {
            return "%d %% of the budget of %s is spent (%s)".formatted(threshold(), limit, amount);
        }
    }
}
