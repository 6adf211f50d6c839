package dev.promptpo.optimizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.ledger.Event;
import dev.promptpo.rollout.Purpose;
import dev.promptpo.rollout.RolloutEngine;
import dev.promptpo.rollout.RolloutEngines;
import dev.promptpo.rollout.RolloutRequest;
import dev.promptpo.rollout.RolloutResult;
import dev.promptpo.rollout.RolloutResult.Completed;
import dev.promptpo.rollout.RolloutResult.Failed;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A run's candidate rolled out again, here and now, on the episodes by which it was chosen. A
 * simulator's numbers hold for one type of processor and one set of packages; this says whether
 * they hold here. It stands beside the run, whose folder is not written: no step is counted.
 *
 * @param spec of the environment, as the run knew it
 * @param candidate that was rolled out
 * @param seeds of its episodes
 * @param result what came of them here
 * @param differences in what returns depend on besides the policy, each as {@code numpy 2.3.1 in
 *     the run, 2.4.6 here}; empty where processor and packages are the same as far as is known
 */
public record Reroll(
        EnvironmentSpec spec,
        Candidate candidate,
        List<Long> seeds,
        RolloutResult result,
        List<String> differences) {

    public Reroll {
        seeds = List.copyOf(seeds);
        differences = List.copyOf(differences);
    }

    /** Rolls out the run's best policy again, in the shared engine. */
    public static Reroll of(Run run) {
        return of(run, run.best());
    }

    /**
     * Rolls out a candidate again, in the shared engine.
     *
     * @throws IllegalArgumentException for a candidate that failed in the run
     * @throws RunInterruptedException when this thread is interrupted
     */
    public static Reroll of(Run run, Candidate candidate) {
        try (RolloutEngine engine = RolloutEngines.shared()) {
            return of(run, candidate, engine);
        }
    }

    /** As {@link #of(Run, Candidate)}, in an engine of one's own. */
    public static Reroll of(Run run, Candidate candidate, RolloutEngine engine) {
        if (!candidate.completed()) {
            throw new IllegalArgumentException(
                    "only a candidate that completed can be compared; this is " + candidate);
        }
        RunSettings settings = run.settings();
        EnvironmentSpec told = settings.promptSettings().context().tell(run.spec());
        ObjectNode session = Fields.object();
        for (Event event : run.ledger().events()) {
            if (event.type().equals(EventTypes.SESSION_STARTED)) {
                session = event.fields();
            }
            if (event.type().equals(EventTypes.ROLLOUT_STARTED) && isSearchOf(candidate, event)) {
                List<Long> seeds = Fields.longs(event.fields().path("seeds"));
                RolloutRequest request =
                        new RolloutRequest(
                                told.reference(),
                                settings.preset(),
                                candidate.source(),
                                told.policyClass(),
                                seeds,
                                settings.lifetime(),
                                Purpose.EVALUATE,
                                RolloutRequest.LOCKSTEP,
                                false,
                                settings.promptSettings().context().anonymous());
                return new Reroll(
                        run.spec(),
                        candidate,
                        seeds,
                        rolledOut(engine, request),
                        differences(session, engine));
            }
        }
        throw new IllegalArgumentException(
                "the run in " + run.directory() + " has no rollout of " + candidate);
    }

    /** Whether every return and every length is the run's, bit for bit. */
    public boolean equal() {
        return result instanceof Completed completed
                && completed.returns().equals(candidate.returns())
                && completed.lengths().equals(candidate.lengths());
    }

    /** The returns here, in the order of the seeds; empty where the policy failed. */
    public List<Double> returns() {
        return result instanceof Completed completed ? completed.returns() : List.of();
    }

    /** Whose episodes they are, with the stamp of a steered run. */
    public String title() {
        String stamp = candidate.stamp();
        return spec.id()
                + ": round "
                + candidate.round()
                + ", candidate "
                + candidate.index()
                + ", rolled out again on this machine"
                + (stamp.isEmpty() ? "" : " (" + stamp + ")");
    }

    /** Equal or drifted, and by how much, in a sentence or two. */
    public String verdict() {
        return switch (result) {
            case Failed failed ->
                    "drifted: here the policy failed ("
                            + failed.kind()
                            + ": "
                            + failed.message()
                            + ")"
                            + why();
            case Completed completed when equal() ->
                    "equal: all "
                            + seeds.size()
                            + " returns are those of the run, bit for bit"
                            + (differences.isEmpty()
                                    ? "."
                                    : ", although not all is the same ("
                                            + String.join("; ", differences)
                                            + ").");
            case Completed completed -> {
                long differing = 0;
                for (int i = 0; i < seeds.size(); i++) {
                    differing +=
                            Double.compare(completed.returns().get(i), candidate.returns().get(i))
                                            == 0
                                    ? 0
                                    : 1;
                }
                yield differing == 0
                        ? "drifted: the returns are those of the run, the lengths are not" + why()
                        : String.format(
                                Locale.ROOT,
                                "drifted: %d of %d returns are not those of the run; their mean is"
                                        + " %.4f here and %.4f in the run%s",
                                differing,
                                seeds.size(),
                                mean(completed.returns()),
                                mean(candidate.returns()),
                                why());
            }
        };
    }

    /** Title, verdict, and the returns by episode. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(title()).append('\n').append(verdict());
        for (int i = 0; i < returns().size(); i++) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "%n  seed %-10d  run %12.4f  here %12.4f",
                            seeds.get(i),
                            candidate.returns().get(i),
                            returns().get(i)));
        }
        return text.toString();
    }

    private String why() {
        return differences.isEmpty()
                ? ". Processor and packages are those of the run, as far as is known: the policy"
                        + " may depend on more than its seed."
                : ". What differs: " + String.join("; ", differences) + ".";
    }

    private static boolean isSearchOf(Candidate candidate, Event event) {
        return event.fields().path("purpose").asText().equals(Purpose.SEARCH.id())
                && event.fields().path("role").asText().equals(candidate.role());
    }

    private static RolloutResult rolledOut(RolloutEngine engine, RolloutRequest request) {
        try {
            return engine.rollout(request);
        } catch (InterruptedException e) {
            throw new RunInterruptedException("interrupted while a policy was rolled out", e);
        }
    }

    private static List<String> differences(ObjectNode session, RolloutEngine engine) {
        List<String> found = new ArrayList<>();
        ObjectNode machine = Machine.describe();
        for (String name : List.of("processor", "arch", "os")) {
            compare(found, name, session.path("machine").path(name), machine.path(name).asText());
        }
        for (Map.Entry<String, String> here : engine.versions().entrySet()) {
            compare(
                    found,
                    here.getKey(),
                    session.path("versions").path(here.getKey()),
                    here.getValue());
        }
        return found;
    }

    private static void compare(List<String> found, String name, JsonNode there, String here) {
        if (!there.asText("").isEmpty() && !there.asText().equals(here)) {
            found.add(name + " " + there.asText() + " in the run, " + here + " here");
        }
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }
}
