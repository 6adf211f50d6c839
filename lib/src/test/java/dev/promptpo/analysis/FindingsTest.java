package dev.promptpo.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptpo.environment.EnvironmentSpec.Reference;
import dev.promptpo.environment.EnvironmentSpec.References;
import dev.promptpo.environment.ReferenceKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class FindingsTest {
    private static final References NONE = new References(Optional.empty(), Optional.empty());

    @Test
    void equalCandidatesMeanThatOneWouldHaveDone() {
        assertThat(
                        Findings.candidates(
                                        round(references(ReferenceKind.EXACT), 975.4, 975.4, 975.4))
                                .text())
                .isEqualTo(
                        "All 3 candidates of the first round scored 975.4: one would have done.");
    }

    @Test
    void theNumberOfCandidatesThatIsEnoughIsNamed() {
        // The best of two out of {0, 0, 100} is 100 in two pairs of three.
        assertThat(Findings.candidates(round(references(ReferenceKind.EXACT), 0, 100, 0)).text())
                .isEqualTo(
                        "One candidate can be expected to score 33.3, the best of 3: 100.0. From n ="
                                + " 3 on the best is within 5 % of the optimum.");
        assertThat(Findings.candidates(round(references(ReferenceKind.EXACT), 96, 99)).text())
                .endsWith("Both are within 5 % of the optimum.");
        assertThat(Findings.candidates(round(references(ReferenceKind.PUBLISHED), 10, 20)).text())
                .endsWith("Even that is further than 5 % from the best known.");
    }

    @Test
    void withoutReferencesNothingIsCalledNear() {
        assertThat(Findings.candidates(round(NONE, 10, 20)).text())
                .isEqualTo("One candidate can be expected to score 15.0, the best of 2: 20.0.");
    }

    @Test
    void aFailedCandidateCountsAsTheRandomPolicy() {
        assertThat(
                        Findings.candidates(round(references(ReferenceKind.EXACT), 80, Double.NaN))
                                .text())
                .startsWith("One candidate can be expected to score 40.0, the best of 2: 80.0.");
    }

    @Test
    void oneCandidateOrNoneSaysNothingOfMore() {
        assertThat(Findings.candidates(round(NONE, 7)).text()).contains("cannot say");
        assertThat(Findings.candidates(round(NONE)).text()).contains("nothing to compare");
    }

    @Test
    void aLaterScoreAboveTheOptimumIsLuckAndAboveTheBestKnownIsNot() {
        assertThat(Findings.rounds(rounds(references(ReferenceKind.EXACT), 99, 103)).text())
                .endsWith(
                        "One round was enough: later rounds, on other episodes, scored up to 103.0,"
                                + " more than any policy can expect: the luck of few episodes.");
        assertThat(Findings.rounds(rounds(references(ReferenceKind.PUBLISHED), 50, 103)).text())
                .endsWith(
                        "Later rounds, on other episodes, scored up to 103.0, more than the best"
                                + " known policy.");
    }

    @Test
    void aResultIsHeldAgainstTheRandomPolicyAndTheBestKnown() {
        assertThat(result(references(ReferenceKind.PUBLISHED), 96, 90, 99, OptionalDouble.of(.75)))
                .isEqualTo(
                        "On 40 held-out episodes the run's best policy has a mean return of 96.0,"
                                + " with a 95 % interval from 90.0 to 99.0. It succeeds in 30 of them."
                                + " That is more than the uniformly random policy's 0.000 (exact)."
                                + " It is 96.0 % of the way from there to the best known, 100.0"
                                + " (published): by the margin of 5 % the same.");
        assertThat(result(references(ReferenceKind.PUBLISHED), 50, 40, 60, OptionalDouble.empty()))
                .doesNotContain("succeeds")
                .endsWith("50.0 % of the way from there to the best known, 100.0 (published).");
        assertThat(
                        result(
                                references(ReferenceKind.PUBLISHED),
                                110,
                                105,
                                115,
                                OptionalDouble.empty()))
                .endsWith("(published): more than that.");
    }

    @Test
    void aResultNoBetterThanRandomIsSaidToBeSo() {
        References random =
                new References(
                        Optional.of(
                                new Reference(
                                        1,
                                        OptionalDouble.of(-2),
                                        OptionalDouble.of(4),
                                        ReferenceKind.MEASURED,
                                        "")),
                        Optional.empty());
        assertThat(result(random, 5, 3, 7, OptionalDouble.empty()))
                .contains("That cannot be told apart from the uniformly random policy's 1.000")
                .endsWith(
                        "No best known return is written down for Task, so how much of what is"
                                + " possible this is, it does not say.");
        assertThat(result(random, 5, 4.5, 7, OptionalDouble.empty())).contains("is more than");
        assertThat(result(random, -5, -7, -3, OptionalDouble.empty())).contains("is less than");
        assertThat(result(NONE, 5, 4, 7, OptionalDouble.empty())).doesNotContain("random");
    }

    private static String result(
            References references, double mean, double low, double high, OptionalDouble success) {
        return Findings.result(
                        new HeldoutEstimate(
                                "Task",
                                "return",
                                new Interval(mean, low, high, .95, 40, "episodes", "given"),
                                OptionalDouble.empty(),
                                references),
                        success)
                .text();
    }

    private static References references(ReferenceKind kind) {
        return new References(
                Optional.of(reference(0, ReferenceKind.EXACT)), Optional.of(reference(100, kind)));
    }

    private static Reference reference(double value, ReferenceKind kind) {
        return Reference.of(value, kind, "");
    }

    private static LearningCurve round(References references, double... scores) {
        List<LearningCurve.Attempt> attempts = new ArrayList<>();
        for (int k = 1; k <= scores.length; k++) {
            attempts.add(attempt(1, k, scores[k - 1]));
        }
        return curve(references, attempts, List.of());
    }

    /** Two rounds of one candidate each. */
    private static LearningCurve rounds(References references, double first, double second) {
        return curve(
                references,
                List.of(attempt(1, 1, first), attempt(2, 1, second)),
                List.of(new StepCurve.Point(10, first), new StepCurve.Point(20, second)));
    }

    private static LearningCurve.Attempt attempt(int round, int candidate, double score) {
        return new LearningCurve.Attempt(
                round,
                candidate,
                10L * (round + candidate - 1),
                Double.isNaN(score) ? OptionalDouble.empty() : OptionalDouble.of(score));
    }

    private static LearningCurve curve(
            References references,
            List<LearningCurve.Attempt> attempts,
            List<StepCurve.Point> selected) {
        return new LearningCurve(
                "Task",
                "return",
                attempts,
                new StepCurve(selected),
                new StepCurve(List.of()),
                Optional.empty(),
                references,
                10L * attempts.size());
    }
}
