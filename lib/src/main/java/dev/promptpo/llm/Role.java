package dev.promptpo.llm;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A request's place in its run, in parts.
 *
 * @param kind {@code feedback}, {@code policy}, {@code repair} or {@code reflection}
 * @param round from 1; 0 where the request belongs to the whole run
 * @param candidate from 1; 0 where it belongs to no candidate
 * @param attempt of a repair, from 1; 0 otherwise
 */
record Role(String kind, int round, int candidate, int attempt) {
    private static final Pattern FORM =
            Pattern.compile(
                    "(?<feedback>feedback)"
                            + "|repair/feedback/(?<f>[1-9]\\d{0,5})"
                            + "|reflection/(?<r>[1-9]\\d{0,5})"
                            + "|policy/(?<pr>[1-9]\\d{0,5})/(?<pc>[1-9]\\d{0,5})"
                            + "|repair/(?<rr>[1-9]\\d{0,5})/(?<rc>[1-9]\\d{0,5})"
                            + "/(?<ra>[1-9]\\d{0,5})");

    /** Roles as text, in the order in which a run asks; texts that are no role come last. */
    static final Comparator<String> ORDER =
            Comparator.<String, Role>comparing(
                            text -> parse(text).orElse(new Role("", Integer.MAX_VALUE, 0, 0)),
                            Comparator.comparingInt(Role::round)
                                    .thenComparingInt(Role::stage)
                                    .thenComparingInt(Role::candidate)
                                    .thenComparingInt(Role::attempt))
                    .thenComparing(Comparator.naturalOrder());

    /** The parts of a role, empty where the text is none. */
    static Optional<Role> parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        if (form.group("feedback") != null) {
            return Optional.of(new Role("feedback", 0, 0, 0));
        }
        if (form.group("f") != null) {
            return Optional.of(new Role("repair", 0, 0, Integer.parseInt(form.group("f"))));
        }
        if (form.group("r") != null) {
            return Optional.of(new Role("reflection", Integer.parseInt(form.group("r")), 0, 0));
        }
        if (form.group("pr") != null) {
            return Optional.of(
                    new Role(
                            "policy",
                            Integer.parseInt(form.group("pr")),
                            Integer.parseInt(form.group("pc")),
                            0));
        }
        return Optional.of(
                new Role(
                        "repair",
                        Integer.parseInt(form.group("rr")),
                        Integer.parseInt(form.group("rc")),
                        Integer.parseInt(form.group("ra"))));
    }

    /** A reflection opens its round; a repair follows the policy that it repairs. */
    private int stage() {
        return candidate == 0 && attempt == 0 ? 0 : 1;
    }
}
