package dev.promptpo.analysis;

import dev.promptpo.environment.EnvironmentSpec.Reference;
import dev.promptpo.environment.EnvironmentSpec.References;
import dev.promptpo.environment.ReferenceKind;
import dev.promptpo.optimizer.Steering;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a run's policy is worth: its mean on episodes that chose nothing, beside what to compare it
 * with.
 *
 * @param environment id of the environment
 * @param measure what was measured, {@code return} or {@code success}
 * @param estimate on held-out episodes
 * @param search the score by which the policy was chosen; flattering, for it is the best of many
 * @param references the random policy and the best known one; they are returns
 * @param steering what in the run a person decided
 */
public record HeldoutEstimate(
        String environment,
        String measure,
        Interval estimate,
        OptionalDouble search,
        References references,
        Steering steering) {

    /** The estimate of a run that nobody steered. */
    public HeldoutEstimate(
            String environment,
            String measure,
            Interval estimate,
            OptionalDouble search,
            References references) {
        this(environment, measure, estimate, search, references, Steering.NONE);
    }

    /**
     * The estimate where the random policy is 0 and the best known one 1; empty where they are not
     * known, or where success was measured and not return.
     */
    public OptionalDouble normalised() {
        return normalised(estimate.estimate());
    }

    private OptionalDouble normalised(double value) {
        return references.random().isPresent()
                        && references.best().isPresent()
                        && measure.equals("return")
                ? OptionalDouble.of(
                        Statistics.normalised(
                                value,
                                references.random().get().value(),
                                references.best().get().value()))
                : OptionalDouble.empty();
    }

    /** What the best reference is called: {@code optimum} where it is exact. */
    public static String nameOf(Reference best) {
        return best.kind() == ReferenceKind.EXACT ? "optimum" : "best known";
    }

    /** A few lines for a person, the estimate first. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append(environment)
                .append(": mean ")
                .append(measure)
                .append(" on held-out episodes ")
                .append(estimate);
        if (measure.equals("return")) {
            references
                    .best()
                    .ifPresent(
                            best -> line(text, nameOf(best), best.value(), best.kind().toString()));
            references
                    .random()
                    .ifPresent(random ->
                            line(text, "random policy", random.value(), random.kind().toString()));
        }
        search.ifPresent(value -> line(text, "search score", value, "chosen by it: flattering"));
        normalised()
                .ifPresent(value ->
                        text.append(
                                String.format(
                                        Locale.ROOT,
                                        "%n  %-14s %9.3f  (0 is the random policy, 1 the"
                                                + " %s; interval %.3f to %.3f)",
                                        "normalised",
                                        value,
                                        nameOf(references.best().orElseThrow()),
                                        normalised(estimate.low()).orElseThrow(),
                                        normalised(estimate.high()).orElseThrow())));
        if (steering.any()) {
            text.append(String.format(Locale.ROOT, "%n  %s", steering.stamp()));
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String name, double value, String kind) {
        text.append(String.format(Locale.ROOT, "%n  %-14s %9.1f  (%s)", name, value, kind));
    }

    static Optional<HeldoutEstimate> of(LearningCurve curve) {
        return curve.finalHeldout()
                .map(interval ->
                        new HeldoutEstimate(
                                curve.environment(),
                                curve.measure(),
                                interval,
                                curve.selected().points().isEmpty()
                                        ? OptionalDouble.empty()
                                        : OptionalDouble.of(
                                                curve.selected().points().getLast().value()),
                                curve.references(),
                                curve.steering()));
    }
}
