package dev.promptpo.optimizer;

import dev.promptpo.ledger.RunDocument.Parent;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What in a run a person decided and not the method. A run that was steered is no sample of the
 * method: every table and caption says so, and claims leave it out.
 *
 * @param kinds of all interventions, in order; those that a branch took over too
 * @param parent the run that it is a branch of
 */
public record Steering(List<Intervention.Kind> kinds, Optional<Parent> parent) {
    /** Of a run that nobody touched. */
    public static final Steering NONE = new Steering(List.of(), Optional.empty());

    public Steering {
        kinds = List.copyOf(kinds);
    }

    /** Whether a person decided anything. A branch was chosen to go on from, so it counts. */
    public boolean any() {
        return !kinds.isEmpty() || parent.isPresent();
    }

    /**
     * The stamp, for example {@code steered by hand: 1 hint, 1 inserted policy; a branch of NAME
     * after round 2}. Empty where nothing was steered.
     */
    public String stamp() {
        Map<Intervention.Kind, Long> counts = new EnumMap<>(Intervention.Kind.class);
        kinds.forEach(kind -> counts.merge(kind, 1L, Long::sum));
        List<String> said = new ArrayList<>();
        counts.forEach((kind, count) -> said.add(kind.counted(count)));
        String hands = said.isEmpty() ? "" : "steered by hand: " + String.join(", ", said);
        String branch =
                parent.map(from -> "a branch of " + from.run() + " after round " + from.round())
                        .orElse("");
        return hands + (hands.isEmpty() || branch.isEmpty() ? "" : "; ") + branch;
    }

    /** {@link #stamp}. */
    @Override
    public String toString() {
        return stamp();
    }
}
