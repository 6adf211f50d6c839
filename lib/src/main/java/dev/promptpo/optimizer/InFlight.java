package dev.promptpo.optimizer;

/**
 * Something that had been started when a run was cut off, whose outcome is not known: it is done
 * again, and may have been paid for.
 *
 * @param kind {@code request} or {@code rollout}
 * @param name the request's role, for example {@code policy/2/3}, or the rollout's name, for
 *     example {@code search/policy/2/3}
 */
public record InFlight(String kind, String name) {
    @Override
    public String toString() {
        return kind + " " + name;
    }
}
