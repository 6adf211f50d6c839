package dev.promptpo.analysis;

import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * A value that holds from the step at which it was reached until the next one.
 *
 * @param points ascending in steps; empty where nothing was reached
 */
public record StepCurve(List<Point> points) {

    /**
     * A value and when it was reached.
     *
     * @param steps environment steps taken until then, all of them, failed candidates' included
     * @param value from then on
     */
    public record Point(long steps, double value) {}

    public StepCurve {
        points = List.copyOf(points);
        for (int i = 1; i < points.size(); i++) {
            if (points.get(i).steps() < points.get(i - 1).steps()) {
                throw new IllegalArgumentException(
                        "a step curve ascends in steps; got "
                                + points.get(i - 1)
                                + " before "
                                + points.get(i));
            }
        }
    }

    /** The value that holds at a number of steps; empty before the first point. */
    public OptionalDouble at(long steps) {
        OptionalDouble value = OptionalDouble.empty();
        for (Point point : points) {
            if (point.steps() > steps) {
                break;
            }
            value = OptionalDouble.of(point.value());
        }
        return value;
    }

    /** Steps at which a value at least as large first holds; empty where it was never reached. */
    public OptionalLong reaches(double target) {
        return points.stream()
                .filter(point -> point.value() >= target)
                .mapToLong(Point::steps)
                .findFirst();
    }
}
