package dev.promptpo.optimizer;

import dev.promptpo.rollout.Purpose;
import java.util.EnumMap;
import java.util.Map;

/**
 * Environment steps taken, over all sessions of a run and by whoever took them: losing, failed and
 * repaired candidates too.
 *
 * @param byPurpose purposes without steps are left out
 * @param lowerBound whether a rollout was cut off, of which only the last reported steps are known
 */
public record Steps(Map<Purpose, Long> byPurpose, boolean lowerBound) {
    static final Steps NONE = new Steps(Map.of(), false);

    public Steps {
        byPurpose = Map.copyOf(byPurpose);
    }

    public long of(Purpose purpose) {
        return byPurpose.getOrDefault(purpose, 0L);
    }

    /** What the method used to choose: search and validation. Sample efficiency counts these. */
    public long search() {
        return of(Purpose.SEARCH) + of(Purpose.VALIDATION);
    }

    /** All of them. */
    public long total() {
        return byPurpose.values().stream().mapToLong(Long::longValue).sum();
    }

    Steps plus(Purpose purpose, long steps) {
        Map<Purpose, Long> sum = new EnumMap<>(Purpose.class);
        sum.putAll(byPurpose);
        if (steps > 0) {
            sum.merge(purpose, steps, Long::sum);
        }
        return new Steps(sum, lowerBound);
    }

    Steps atLeast() {
        return new Steps(byPurpose, true);
    }
}
