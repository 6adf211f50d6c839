package dev.promptpo.figures;

import dev.promptpo.analysis.Interval;
import dev.promptpo.analysis.LearningCurve;
import dev.promptpo.analysis.NormalisedReturns;
import dev.promptpo.analysis.StepCurve;
import dev.promptpo.environment.EnvironmentSpec.Reference;
import dev.promptpo.environment.EnvironmentSpec.References;
import dev.promptpo.environment.ReferenceKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;

/** Made-up runs and episodes for drawing. */
final class Examples {
    private Examples() {}

    static References references() {
        return new References(Optional.of(exact(-186.35)), Optional.of(exact(976.768)));
    }

    private static Reference exact(double value) {
        return Reference.of(value, ReferenceKind.EXACT, "dynamic programming");
    }

    /** Two rounds of ten, some candidates failed, some far from the best. */
    static LearningCurve curve() {
        Random random = new Random(3);
        List<LearningCurve.Attempt> attempts = new ArrayList<>();
        List<StepCurve.Point> points = new ArrayList<>();
        long steps = 0;
        double best = Double.NEGATIVE_INFINITY;
        for (int round = 1; round <= 2; round++) {
            for (int k = 1; k <= 10; k++) {
                boolean failed = random.nextInt(8) == 0;
                steps += failed ? 30 : 80 + random.nextInt(200);
                double score =
                        random.nextInt(3) == 0
                                ? -200 + random.nextInt(900)
                                : 940 + random.nextInt(36);
                attempts.add(
                        new LearningCurve.Attempt(
                                round,
                                k,
                                steps,
                                failed ? OptionalDouble.empty() : OptionalDouble.of(score)));
                best = failed ? best : Math.max(best, score);
            }
            points.add(new StepCurve.Point(steps, best));
        }
        return new LearningCurve(
                "NoiseWorld2",
                "return",
                attempts,
                new StepCurve(points),
                new StepCurve(List.of()),
                Optional.of(
                        new Interval(958.2, 921.4, 966.5, .95, 100, "episodes", "BCa bootstrap")),
                references(),
                steps);
    }

    /** A run whose candidates nearly all reach the optimum. */
    static LearningCurve crowded() {
        double[] scores = {975.4, 975.2, 971, 975.4, 974, -100, 979.4, 978, 976, 979.4, -285, 970};
        List<LearningCurve.Attempt> attempts = new ArrayList<>();
        for (int i = 0; i < scores.length; i++) {
            attempts.add(
                    new LearningCurve.Attempt(
                            1 + i / 6, 1 + i % 6, 220L * (i + 1), OptionalDouble.of(scores[i])));
        }
        return new LearningCurve(
                "NoiseWorld2",
                "return",
                attempts,
                new StepCurve(
                        List.of(
                                new StepCurve.Point(1320, 975.4),
                                new StepCurve.Point(2640, 979.4))),
                new StepCurve(List.of()),
                Optional.of(
                        new Interval(975.9, 974.9, 976.7, .95, 100, "episodes", "BCa bootstrap")),
                references(),
                2640);
    }

    /** Three tasks: one reference is exact, one published, one was stopped early. */
    static NormalisedReturns normalised() {
        return new NormalisedReturns(
                List.of(
                        measured("NoiseWorld2", 0, 958, 921, 966),
                        measured("NoiseWorld2", 1, 975.9, 974.9, 976.7),
                        measured("NoiseWorld2", 2, 610, 540, 690),
                        measured("button-press-v3", 0, 1201, 1180, 1210),
                        measured("Hopper-v5", 0, 420, 300, 530),
                        measured("Hopper-v5", 1, 810, 700, 920)),
                Map.of(
                        "button-press-v3",
                        Reference.of(1100, ReferenceKind.PUBLISHED, "a table"),
                        "Hopper-v5",
                        Reference.of(900, ReferenceKind.TRUNCATED, "SAC, 100,000 steps")));
    }

    private static NormalisedReturns.Member measured(
            String environment, long seed, double mean, double low, double high) {
        return new NormalisedReturns.Member(
                environment + "-" + seed,
                seed,
                new LearningCurve(
                        environment,
                        "return",
                        List.of(),
                        new StepCurve(List.of()),
                        new StepCurve(List.of()),
                        Optional.of(
                                new Interval(
                                        mean, low, high, .95, 100, "episodes", "BCa bootstrap")),
                        references(),
                        2640));
    }

    /** A run of which no candidate has finished. */
    static LearningCurve begun() {
        return new LearningCurve(
                "NoiseWorld2",
                "return",
                List.of(),
                new StepCurve(List.of()),
                new StepCurve(List.of()),
                Optional.empty(),
                references(),
                0);
    }

    /** One round with these scores. */
    static LearningCurve round(double... scores) {
        List<LearningCurve.Attempt> attempts = new ArrayList<>();
        for (int k = 1; k <= scores.length; k++) {
            attempts.add(
                    new LearningCurve.Attempt(1, k, 120L * k, OptionalDouble.of(scores[k - 1])));
        }
        return new LearningCurve(
                "NoiseWorld2",
                "return",
                attempts,
                new StepCurve(List.of()),
                new StepCurve(List.of()),
                Optional.empty(),
                references(),
                120L * scores.length);
    }

    /** A run in which every candidate failed, on a task without references. */
    static LearningCurve hopeless() {
        return new LearningCurve(
                "MyTask",
                "return",
                List.of(
                        new LearningCurve.Attempt(1, 1, 0, OptionalDouble.empty()),
                        new LearningCurve.Attempt(1, 2, 40, OptionalDouble.empty())),
                new StepCurve(List.of()),
                new StepCurve(List.of()),
                Optional.empty(),
                new References(Optional.empty(), Optional.empty()),
                40);
    }

    /** A walk on a 10 by 10 board with moves that fail and returns to the start. */
    static List<BoardPicture.Cell> walk(boolean returns) {
        Random random = new Random(2);
        int row = 0;
        int column = 0;
        List<BoardPicture.Cell> cells = new ArrayList<>();
        cells.add(new BoardPicture.Cell(0, 0));
        while (row < 9 || column < 9) {
            int draw = random.nextInt(10);
            if (returns && draw == 9 && row + column > 3) {
                row = 0;
                column = 0;
            } else if (draw <= 6) {
                if (column == 9 || (draw % 2 == 0 && row < 9)) {
                    row++;
                } else {
                    column++;
                }
            }
            cells.add(new BoardPicture.Cell(row, column));
        }
        return cells;
    }
}
