package dev.promptpo.prompt;

import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.environment.EnvironmentSpec.ActionSpace;
import dev.promptpo.environment.EnvironmentSpec.Context;
import dev.promptpo.environment.EnvironmentSpec.ObservationField;
import dev.promptpo.environment.EnvironmentSpec.Reward;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** How much a prompt tells of the task. */
public enum ContextForm {
    /** All but the exploration context: the default. */
    FULL,
    /** With the exploration context, for example what the keys of a NoiseWorld do. */
    EXPLORATION,
    /**
     * Without names, units, ranges and meanings: the policy sees {@code obs.o0}, {@code obs.o1}, …
     * and what remains is sizes, the bounds of actions and the horizon. What does prior knowledge
     * buy?
     */
    ANONYMOUS;

    private static final String UNTOLD = "not described";

    /** Class that a policy without a name of its own is asked for. */
    private static final String ANONYMOUS_CLASS = "Policy";

    /**
     * The specification as a prompt, and a policy, may know it. Telling it again changes nothing.
     *
     * <p>Id, preset, sizes and limits stay what they are, since rollouts need them; prompts show no
     * ids.
     *
     * @throws IllegalArgumentException where an exploration context is asked for and there is none
     */
    public EnvironmentSpec tell(EnvironmentSpec spec) {
        return switch (this) {
            case FULL ->
                    with(
                            spec,
                            spec.title(),
                            spec.policyClass(),
                            spec.observation(),
                            spec.action(),
                            spec.reward(),
                            spec.termination(),
                            new Context(spec.context().observation(), spec.context().policy(), ""));
            case EXPLORATION -> {
                if (spec.context().exploration().isBlank()) {
                    throw new IllegalArgumentException(
                            spec.id()
                                    + " has no exploration context: use the context form full or"
                                    + " anonymous");
                }
                yield spec;
            }
            case ANONYMOUS ->
                    with(
                            spec,
                            "an unnamed one",
                            ANONYMOUS_CLASS,
                            anonymous(spec.observation()),
                            anonymous(spec.action()),
                            new Reward(
                                    "Each step gives a reward, one number. What it depends on is"
                                            + " not told.",
                                    ""),
                            "It may end earlier; when it does is not told.",
                            new Context(
                                    "What the task is, and what its observations and actions mean,"
                                            + " is not told. It can only be found out from what the"
                                            + " episodes show.",
                                    "",
                                    ""));
        };
    }

    /** Whether policies see an observation's attributes under the names o0, o1, … */
    public boolean anonymous() {
        return this == ANONYMOUS;
    }

    /** The name used in files and on the command line. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads what {@link #id} gives.
     *
     * @throws IllegalArgumentException when it is no form
     */
    public static ContextForm parse(String text) {
        for (ContextForm form : values()) {
            if (form.id().equals(text)) {
                return form;
            }
        }
        throw new IllegalArgumentException(
                "context must be full, exploration or anonymous; got " + text);
    }

    /** The names are those that {@code promptpo_rollout.rollout.seen_by_policy} gives in Python. */
    private static List<ObservationField> anonymous(List<ObservationField> fields) {
        List<ObservationField> unnamed = new ArrayList<>();
        for (ObservationField field : fields) {
            unnamed.add(
                    new ObservationField(
                            "o" + unnamed.size(),
                            field.start(),
                            field.stop(),
                            field.shape(),
                            "",
                            OptionalDouble.empty(),
                            OptionalDouble.empty(),
                            UNTOLD,
                            field.extra()));
        }
        return unnamed;
    }

    private static ActionSpace anonymous(ActionSpace action) {
        List<String> names =
                IntStream.range(0, action.names().size()).mapToObj(i -> "a" + i).toList();
        return new ActionSpace(
                action.kind(),
                action.n(),
                names,
                Collections.nCopies(action.units().size(), ""),
                action.shape(),
                action.low(),
                action.high());
    }

    private static EnvironmentSpec with(
            EnvironmentSpec spec,
            String title,
            String policyClass,
            List<ObservationField> observation,
            ActionSpace action,
            Reward reward,
            String termination,
            Context context) {
        return new EnvironmentSpec(
                spec.schema(),
                spec.id(),
                spec.gymnasiumId(),
                spec.family(),
                title,
                spec.preset(),
                policyClass,
                spec.horizon(),
                spec.discount(),
                spec.lifetime(),
                spec.score(),
                observation,
                spec.observationSize(),
                spec.vectorSize(),
                action,
                reward,
                termination,
                context,
                spec.privileged(),
                spec.budget(),
                spec.limits(),
                spec.references(),
                spec.board(),
                spec.code(),
                spec.digest());
    }
}
