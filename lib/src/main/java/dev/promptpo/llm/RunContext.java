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
 * @param meter keeps the run's budget: what is opened asks through {@link Meter#over}, or the run
 *     puts it over the whole
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
        Meter meter) {

    public RunContext {
        requireNonNull(environment, "environment");
        requireNonNull(preset, "preset");
        requireNonNull(lifetime, "lifetime");
        requireNonNull(attempts, "attempts");
        requireNonNull(meter, "meter");
    }

    /** A run without a budget. */
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
                Meter.unlimited());
    }

    /** A run without a budget, whose failed attempts nobody listens to. */
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
