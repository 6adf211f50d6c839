package dev.promptpo.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.promptpo.environment.EnvironmentSpec.Reference;
import dev.promptpo.environment.EnvironmentSpec.References;
import dev.promptpo.environment.ReferenceKind;
import dev.promptpo.optimizer.Intervention;
import dev.promptpo.optimizer.Steering;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.Table;

class NormalisedReturnsTest {
    private static final Reference RANDOM = Reference.of(-100, ReferenceKind.MEASURED, "rolled");
    private static final Reference OPTIMUM = Reference.of(100, ReferenceKind.EXACT, "solved");

    @Test
    void everySeedStaysARowOfItsTask() {
        NormalisedReturns returns =
                of(
                        run("Board", 0, OPTIMUM, 100, 80, 100),
                        run("Board", 1, OPTIMUM, 0, 0, 50),
                        run("Maze", 0, null, 20, 20));
        assertThat(returns.tasks())
                .singleElement()
                .satisfies(task -> {
                    assertThat(task.runs()).hasSize(2);
                    assertThat(task.scaled(0)).isEqualTo(.5);
                });
        Table table = returns.table();
        assertThat(table.doubleColumn("normalised").asDoubleArray()).containsExactly(1, .5);
        assertThat(table.stringColumn("reference_kind").asList()).containsOnly("exact");
        assertThat(returns.claim())
                .isEqualTo("1 of 2 runs on 1 task reach the reference, by the margin of 5 %.");
        assertThat(returns.omitted())
                .containsExactly(
                        "Maze-0: no reference is known for Maze; give one:"
                                + " with(\"Maze\", value, kind, source)");
    }

    @Test
    void aReferenceOfOnesOwnTakesThePlaceOfTheSpecifications() {
        NormalisedReturns returns =
                of(run("Board", 0, OPTIMUM, 100, 100), run("Maze", 0, null, 20, 20))
                        .with("Board", Reference.of(300, ReferenceKind.PROTOCOL, "PPO, 3 seeds"))
                        .with("Maze", 20, ReferenceKind.TRUNCATED, "SAC, 1e5 steps");
        assertThat(returns.table().doubleColumn("normalised").asDoubleArray())
                .containsExactly(.5, 1);
        assertThat(returns.table().booleanColumn("counts").asList()).containsExactly(true, false);
        assertThat(returns.claim())
                .isEqualTo(
                        "0 of 1 run on 1 task reaches the reference, by the margin of 5 %."
                                + " Not counted: Maze (truncated).");
        assertThatThrownBy(() -> returns.with("Reacher", OPTIMUM))
                .hasMessage("none of the runs is on Reacher; they are on Board, Maze");
    }

    @Test
    void stepsToTheReferenceAreThoseOfTheFirstIncumbentThatReachesItElseCensored() {
        NormalisedReturns returns =
                of(run("Board", 0, OPTIMUM, 96, 10, 80, 96), run("Board", 1, OPTIMUM, 50, 10, 50));
        Table table = returns.table();
        assertThat(table.longColumn("steps_to_reference").get(0)).isEqualTo(2000);
        assertThat(table.longColumn("steps_to_reference").isMissing(1)).isTrue();
        assertThat(table.longColumn("steps_search").get(1)).isEqualTo(2000);
    }

    @Test
    void noClaimRestsOnASteeredRunOrOnAReferenceThatDoesNotCount() {
        NormalisedReturns steered =
                of(
                        new NormalisedReturns.Member(
                                "by-hand",
                                0,
                                curve(
                                        "Board",
                                        OPTIMUM,
                                        new Steering(
                                                List.of(Intervention.Kind.HINT), Optional.empty()),
                                        100,
                                        100)));
        assertThat(steered.claim()).startsWith("Every run was steered by hand");
        assertThat(steered.table().booleanColumn("steered").get(0)).isTrue();
        Reference byHand = Reference.of(100, ReferenceKind.MEASURED, "a policy written by hand");
        assertThat(of(run("Button", 0, byHand, 100, 100)).claim())
                .isEqualTo(
                        "No reference here is one that a claim can rest on."
                                + " Not counted: Button (measured).");
    }

    @Test
    void aScaleThatCannotBeIsLeftOutWithItsReason() {
        Reference below = Reference.of(-200, ReferenceKind.PUBLISHED, "another version");
        NormalisedReturns returns =
                of(
                        run("Board", 0, below, 100, 100),
                        new NormalisedReturns.Member(
                                "begun", 0, curve("Board", OPTIMUM, Steering.NONE, Double.NaN)));
        assertThat(returns.tasks()).isEmpty();
        assertThat(returns.omitted())
                .containsExactly(
                        "Board-0: the reference of Board, -200.0, is not above its random"
                                + " policy's -100.0",
                        "begun: it was not measured on held-out episodes");
        assertThatThrownBy(() -> NormalisedReturns.of(new Path[0]))
                .hasMessage("normalised returns need at least one run; got none");
    }

    private static NormalisedReturns of(NormalisedReturns.Member... runs) {
        return new NormalisedReturns(List.of(runs), Map.of());
    }

    private static NormalisedReturns.Member run(
            String environment, long seed, Reference best, double result, double... heldout) {
        return new NormalisedReturns.Member(
                environment + "-" + seed,
                seed,
                curve(environment, best, Steering.NONE, result, heldout));
    }

    /** A run whose incumbents were worth {@code heldout} after each thousand steps. */
    private static LearningCurve curve(
            String environment,
            Reference best,
            Steering steering,
            double result,
            double... heldout) {
        StepCurve.Point[] points = new StepCurve.Point[heldout.length];
        Arrays.setAll(points, i -> new StepCurve.Point(1000L * i, heldout[i]));
        return new LearningCurve(
                environment,
                "return",
                List.of(),
                new StepCurve(List.of()),
                new StepCurve(List.of(points)),
                Double.isNaN(result)
                        ? Optional.empty()
                        : Optional.of(
                                new Interval(result, result, result, .95, 9, "episodes", "given")),
                new References(Optional.of(RANDOM), Optional.ofNullable(best)),
                2000,
                steering);
    }
}
