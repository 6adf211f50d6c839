package dev.promptpo.llm;

import static java.util.Objects.requireNonNull;

/**
 * The run that a model is opened for.
 *
 * @param environment its id, for example {@code NoiseWorld1}
 * @param preset for example {@code paper}
 * @param candidates N, asked for in each round
 * @param rounds R
 * @param episodes E, per candidate
 * @param seed of the run
 * @param lifetime of a policy object: {@code episode} or {@code candidate}
 * @param attempts hears of each attempt that failed and is made again
 * @param spent on models by this run so far, where it is resumed: it counts against a budget
 */
public record RunContext(
        String environment,
        String preset,
        int candidates,
        int rounds,
        int episodes,
        long seed,
        String lifetime,
        AttemptListener attempts,
        Spending spent) {

    public RunContext {
        requireNonNull(environment, "environment");
        requireNonNull(preset, "preset");
        requireNonNull(lifetime, "lifetime");
        requireNonNull(attempts, "attempts");
        requireNonNull(spent, "spent");
    }

    /** A run that has spent nothing yet. */
    public RunContext(
            String environment,
            String preset,
            int candidates,
            int rounds,
            int episodes,
            long seed,
            String lifetime,
            AttemptListener attempts) {
        this(
                environment,
                preset,
                candidates,
                rounds,
                episodes,
                seed,
                lifetime,
                attempts,
                Spending.NONE);
    }

    /** A run that has spent nothing yet, whose failed attempts nobody listens to. */
    public RunContext(
            String environment,
            String preset,
            int candidates,
            int rounds,
            int episodes,
            long seed,
            String lifetime) {
        this(
                environment,
                preset,
                candidates,
                rounds,
                episodes,
                seed,
                lifetime,
                AttemptListener.NONE);
    }
}
