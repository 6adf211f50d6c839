package dev.promptpo.environment;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.stream.Collectors;

/** What stands behind a return that others are compared with. */
public enum ReferenceKind {
    /** Worked out, as the optimum of a board is: no policy does better. */
    EXACT("exact", true),
    /** A learner trained here for the whole budget of its published protocol. */
    PROTOCOL("protocol", true),
    /** Published for this very version of the environment. */
    PUBLISHED("published", true),
    /** A learner stopped before the budget of its protocol: what it would have come to is open. */
    TRUNCATED("truncated", false),
    /** A policy that nobody trained, rolled out here: the random one, or one written by hand. */
    MEASURED("measured", false);

    private final String id;
    private final boolean counts;

    ReferenceKind(String id, boolean counts) {
        this.id = id;
        this.counts = counts;
    }

    /** Whether reaching such a reference says something about a method. */
    public boolean counts() {
        return counts;
    }

    /** The kind of an id, as specifications have it. */
    @JsonCreator
    public static ReferenceKind of(String id) {
        return Arrays.stream(values())
                .filter(kind -> kind.id.equals(id))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "a reference is one of "
                                        + Arrays.stream(values())
                                                .map(ReferenceKind::toString)
                                                .collect(Collectors.joining(", "))
                                        + "; got "
                                        + id));
    }

    /** As a specification has it, for example {@code exact}. */
    @JsonValue
    @Override
    public String toString() {
        return id;
    }
}
