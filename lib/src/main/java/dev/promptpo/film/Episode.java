package dev.promptpo.film;

import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.environment.RenderException;
import dev.promptpo.rollout.Trace;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import tech.tablesaw.api.Table;

/**
 * One episode of a policy, rolled out to be looked at.
 *
 * @param spec of the environment, under its preset
 * @param policy whose episode it is, for a person: {@code round 2, candidate 3}
 * @param seed of the episode
 * @param trace what happened, of this episode alone
 * @param episodeReturn undiscounted sum of its rewards
 * @param success whether it succeeded; empty where the environment does not say
 * @param logged what the run had measured of the same policy on the same seed; empty where it had
 *     not
 * @param steps that were taken to roll it out; more than its own where one policy object lives
 *     through several episodes, all of which it then lived through again
 * @param counted whether the run's ledger counts these steps, under the purpose {@code render}; not
 *     where the run was only opened to be looked at
 * @param stamp what in the run a person decided; empty where nobody did
 */
public record Episode(
        EnvironmentSpec spec,
        String policy,
        long seed,
        Trace trace,
        double episodeReturn,
        Optional<Boolean> success,
        OptionalDouble logged,
        long steps,
        boolean counted,
        String stamp) {

    /** An episode of a run that nobody steered, or of none. */
    public Episode(
            EnvironmentSpec spec,
            String policy,
            long seed,
            Trace trace,
            double episodeReturn,
            Optional<Boolean> success,
            OptionalDouble logged,
            long steps,
            boolean counted) {
        this(spec, policy, seed, trace, episodeReturn, success, logged, steps, counted, "");
    }

    public Episode {
        if (trace.rows().size() != 1) {
            throw new IllegalArgumentException(
                    "an episode has a trace of its own; got one of " + trace.rows().size());
        }
    }

    /** How many steps it has. */
    public int length() {
        return trace.rows().getFirst();
    }

    /**
     * Whether it came to another return than the run had measured: the policy is not deterministic,
     * or the processor or the packages are not those of the run.
     */
    public boolean differs() {
        return logged.isPresent() && Double.compare(logged.getAsDouble(), episodeReturn) != 0;
    }

    /**
     * A film of it, as {@link FilmSettings#DEFAULT} says.
     *
     * @throws RenderException where nothing can be drawn
     */
    public Film film() {
        return film(FilmSettings.DEFAULT);
    }

    /**
     * A film of it.
     *
     * @throws RenderException where nothing can be drawn
     */
    public Film film(FilmSettings settings) {
        try (Studio studio = Studio.open(spec)) {
            return studio.film(this, settings);
        }
    }

    /**
     * The moving pictures of {@link #film()}. Each call draws anew: keep the film for more than one
     * thing of it.
     *
     * @throws RenderException where nothing can be drawn
     */
    public Film.Video video() {
        return film().video();
    }

    /**
     * The pictures of {@link #film()}, in order; the first is the state before the first step, the
     * last the end. Each call draws anew, as for {@link #video()}.
     *
     * @throws RenderException where nothing can be drawn
     */
    public List<BufferedImage> frames() {
        return film().frames();
    }

    /**
     * Its steps, one row each: {@code step} (from 1), the observation's fields by name ({@code
     * name[0]}, {@code name[1]} … where a field is an array, in its flat order), the action ({@code
     * action} is its name where actions are discrete, else one column {@code action[0]} … a
     * component), {@code reward}, and {@code return_so_far}.
     *
     * <p>The observation is the one before the action, as the policy saw it.
     */
    public Table table() {
        return EpisodeTable.of(this);
    }

    /** Whose episode it is: environment, policy and seed. */
    public String title() {
        return spec.id() + ": " + policy + ", seed " + seed;
    }

    /** What came of it: return (and what the run had measured), success, steps. */
    public String outcome() {
        return returns()
                + success.map(done -> done ? ", success" : ", no success").orElse("")
                + ", "
                + length()
                + (length() == 1 ? " step" : " steps");
    }

    private String returns() {
        String own = number(episodeReturn);
        if (logged.isEmpty()) {
            return "return " + own;
        }
        if (!differs()) {
            return "return " + own + ", as in the run";
        }
        String other = number(logged.getAsDouble());
        return own.equals(other)
                ? "return " + episodeReturn + ", but " + logged.getAsDouble() + " in the run"
                : "return " + own + ", but " + other + " in the run";
    }

    private static String number(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e9) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return String.format(Locale.ROOT, Math.abs(value) >= 10 ? "%,.2f" : "%.4f", value);
    }

    /** One line for a person; of a steered run the stamp too. */
    @Override
    public String toString() {
        return stamped(title() + ", " + outcome());
    }

    /** What is said of it, with the stamp behind it where its run was steered. */
    String stamped(String words) {
        return stamp.isEmpty() ? words : words + "; " + stamp;
    }
}
