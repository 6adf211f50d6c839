package dev.promptpo.optimizer;

import static java.util.Objects.requireNonNull;

import java.util.Locale;

/**
 * Something that a person did to a run by hand. It is an event of the run's ledger.
 *
 * @param round of a hint the first that it enters, else the round that it belongs to; from 1 (a
 *     policy may also be chosen of round 0)
 * @param kind what was done
 * @param candidate number of the policy that was inserted or chosen, from 1; 0 where there is none
 * @param text the hint, the whole prompt, or the policy's source; empty where a policy was chosen
 */
public record Intervention(int round, Kind kind, int candidate, String text) {

    public Intervention {
        requireNonNull(kind, "kind");
        requireNonNull(text, "text");
    }

    /** What can be done to a run. */
    public enum Kind {
        /** A text of the person's own in the policy prompts of this round and all later ones. */
        HINT("hint", "hints"),
        /** The whole policy prompt of one round, as the person wrote it. */
        PROMPT("edited prompt", "edited prompts"),
        /** A policy of the person's own, one more candidate of a round. */
        INSERT("inserted policy", "inserted policies"),
        /** Another candidate in place of a round's winner. */
        CHOOSE("chosen policy", "chosen policies");

        private final String one;
        private final String many;

        Kind(String one, String many) {
            this.one = one;
            this.many = many;
        }

        /** The name used in files. */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** For example {@code 2 hints}. */
        String counted(long count) {
            return count + " " + (count == 1 ? one : many);
        }

        /**
         * Reads what {@link #id} gives.
         *
         * @throws IllegalArgumentException when it is no kind
         */
        public static Kind parse(String text) {
            for (Kind kind : values()) {
                if (kind.id().equals(text)) {
                    return kind;
                }
            }
            throw new IllegalArgumentException(
                    "expected an intervention's kind, hint, prompt, insert or choose; got " + text);
        }
    }

    /** One line for a person. */
    @Override
    public String toString() {
        String first = text.strip().lines().findFirst().orElse("");
        return "round "
                + round
                + ": "
                + kind.one
                + (candidate > 0 ? ", candidate " + candidate : "")
                + (first.isEmpty() ? "" : ": " + first);
    }
}
