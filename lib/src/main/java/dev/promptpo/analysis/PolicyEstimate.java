package dev.promptpo.analysis;

import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.environment.EnvironmentSpec.References;
import dev.promptpo.environment.Seeds;
import dev.promptpo.optimizer.RunInterruptedException;
import dev.promptpo.rollout.Isolation;
import dev.promptpo.rollout.Purpose;
import dev.promptpo.rollout.RolloutEngine;
import dev.promptpo.rollout.RolloutEngines;
import dev.promptpo.rollout.RolloutRequest;
import dev.promptpo.rollout.RolloutResult;
import dev.promptpo.rollout.RolloutResult.Completed;
import dev.promptpo.rollout.RolloutResult.Failed;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A policy of one's own, rolled out: its mean return with the interval over its episodes. The
 * episodes are those of the stage {@code evaluate}, which no run optimises for.
 *
 * @param spec of the environment, under its preset
 * @param estimate of the mean return
 * @param success share of the episodes that succeeded; empty where the environment does not say
 * @param steps environment steps taken
 * @param isolation that held while the policy ran
 */
public record PolicyEstimate(
        EnvironmentSpec spec,
        Interval estimate,
        OptionalDouble success,
        long steps,
        Isolation isolation) {

    private static final long SEED = 0;

    /**
     * Rolls out a policy in the shared engine.
     *
     * @param source Python source: one class with {@code act(self, obs)}
     * @param episodes at least 2; the same number plays the same episodes
     * @throws IllegalArgumentException for fewer episodes
     * @throws IllegalStateException when the policy fails; the message ends in its traceback
     * @throws RunInterruptedException when this thread is interrupted
     */
    public static PolicyEstimate of(EnvironmentSpec spec, String source, int episodes) {
        try (RolloutEngine engine = RolloutEngines.shared()) {
            return of(
                    spec,
                    source,
                    Seeds.episodes(SEED, Purpose.EVALUATE.id(), 0, Math.max(0, episodes)),
                    engine);
        }
    }

    static PolicyEstimate of(
            EnvironmentSpec spec, String source, List<Long> seeds, RolloutEngine engine) {
        if (seeds.size() < 2) {
            throw new IllegalArgumentException(
                    "an interval needs at least 2 episodes; got " + seeds.size());
        }
        RolloutRequest request =
                new RolloutRequest(
                        spec.reference(),
                        spec.preset(),
                        source,
                        "",
                        seeds,
                        spec.lifetime(),
                        Purpose.EVALUATE,
                        RolloutRequest.LOCKSTEP,
                        false);
        RolloutResult result;
        try {
            result = engine.rollout(request);
        } catch (InterruptedException e) {
            throw new RunInterruptedException("interrupted while a policy was rolled out", e);
        }
        return switch (result) {
            case Completed done -> of(spec, done);
            case Failed failed -> throw new IllegalStateException("the policy failed: " + failed);
        };
    }

    private static PolicyEstimate of(EnvironmentSpec spec, Completed done) {
        double[] returns = done.returns().stream().mapToDouble(Double::doubleValue).toArray();
        return new PolicyEstimate(
                spec,
                Statistics.meanInterval(returns, "episodes", SEED),
                success(done.successes()),
                done.steps(),
                done.isolation());
    }

    /** The share that succeeded; empty unless all episodes say. */
    static OptionalDouble success(List<Optional<Boolean>> episodes) {
        return episodes.stream().allMatch(Optional::isPresent)
                ? episodes.stream().mapToDouble(done -> done.orElseThrow() ? 1 : 0).average()
                : OptionalDouble.empty();
    }

    /** The random policy and the best known one. */
    public References references() {
        return spec.references();
    }

    /**
     * The estimate where the random policy is 0 and the best known one 1; empty where they are not
     * known.
     */
    public OptionalDouble normalised() {
        return references().random().isPresent() && references().best().isPresent()
                ? OptionalDouble.of(
                        Statistics.normalised(
                                estimate.estimate(),
                                references().random().get().value(),
                                references().best().get().value()))
                : OptionalDouble.empty();
    }

    /** A few lines for a person, the estimate first. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append(spec.id()).append(": mean return ").append(estimate);
        success.ifPresent(share -> line(text, "success", 100 * share, "% of the episodes"));
        references()
                .best()
                .ifPresent(best ->
                        line(
                                text,
                                HeldoutEstimate.nameOf(best),
                                best.value(),
                                best.kind().toString()));
        references()
                .random()
                .ifPresent(random ->
                        line(text, "random policy", random.value(), random.kind().toString()));
        normalised()
                .ifPresent(value ->
                        text.append(
                                String.format(
                                        Locale.ROOT, "%n  %-14s %9.3f", "normalised", value)));
        return text.append(
                        String.format(
                                Locale.ROOT,
                                "%n  %,d steps, %s, isolation %s",
                                steps,
                                String.join(", ", spec.terms()),
                                isolation.id()))
                .toString();
    }

    private static void line(StringBuilder text, String name, double value, String note) {
        text.append(String.format(Locale.ROOT, "%n  %-14s %9.2f  (%s)", name, value, note));
    }
}
