package dev.promptpo.prompt;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.environment.EnvironmentSpec.ActionSpace;
import dev.promptpo.environment.EnvironmentSpec.Lifetime;
import dev.promptpo.environment.EnvironmentSpec.ObservationField;
import dev.promptpo.environment.EnvironmentSpec.Score;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The four prompts of the method: feedback, policy, reflection and repair.
 *
 * <p>They carry the fields of the paper's prompts (PromptPO, arXiv 2605.30719, Figures 9 to 11) in
 * this project's words. What stays the same over a run comes first, so that a provider's prefix
 * cache can serve it. The texts live in template files beside this class; raise {@link #VERSION}
 * when one changes, since recordings made with another text no longer fit.
 */
public final class Prompts {

    /** Version of the templates, stamped on every prompt. */
    public static final int VERSION = 2;

    /** Stands in the fixed text for everything that was measured or written in the run. */
    private static final String MEASURED = "(measured in the run)";

    private static final Mustache.Compiler COMPILER =
            Mustache.compiler().escapeHTML(false).withLoader(Prompts::open);
    private static final Map<String, Template> TEMPLATES = new ConcurrentHashMap<>();

    private final EnvironmentSpec spec;
    private final int episodes;
    private final Lifetime lifetime;
    private final PromptSettings settings;

    /** Prompts for one run, with the {@linkplain PromptSettings#DEFAULT default} settings. */
    public Prompts(EnvironmentSpec spec, int episodes, Lifetime lifetime) {
        this(spec, episodes, lifetime, PromptSettings.DEFAULT);
    }

    /**
     * Prompts for one run.
     *
     * @param episodes episodes that a candidate is rolled out for (E)
     * @param lifetime how long one policy object lives; the model is told
     * @throws IllegalArgumentException where the specification lacks what the context form shows
     */
    public Prompts(EnvironmentSpec spec, int episodes, Lifetime lifetime, PromptSettings settings) {
        this.spec = settings.context().tell(spec);
        this.episodes = episodes;
        this.lifetime = lifetime;
        this.settings = settings;
    }

    /** The specification as the model is told it, in the context form of the settings. */
    public EnvironmentSpec spec() {
        return spec;
    }

    /** Asks for the {@code Feedback} class: once a run. */
    public Prompt feedback() {
        Map<String, Object> context = task();
        settings.feedbackSteps()
                .ifPresent(steps ->
                        context.put(
                                "trajectoryLimit",
                                "It holds the first " + steps + " steps where there were more."));
        return render("feedback", context, context);
    }

    /**
     * Asks for a policy.
     *
     * @param history best policies of the earlier rounds, oldest first, all of them: the settings
     *     choose what is shown; empty in the first round
     */
    public Prompt policy(List<HistoryEntry> history) {
        return policy(history, List.of());
    }

    /**
     * Asks for a policy, with hints of the person who drives the run. They belong to the fixed
     * text: a recording that was made with other hints, or none, does not fit.
     *
     * @param hints in the order in which they were given
     */
    public Prompt policy(List<HistoryEntry> history, List<String> hints) {
        Map<String, Object> fixed = task();
        fixed.put("hasHints", !hints.isEmpty());
        fixed.put("hints", hints.stream().map(Prompts::hint).toList());
        fixed.put("actionForm", actionForm(spec.action()));
        fixed.put("lifetimeText", lifetimeText());
        List<HistoryEntry> listed = settings.history().listed(history);
        fixed.put("hasHistory", !listed.isEmpty());
        fixed.put("introduction", HistorySection.introduction(settings.history(), history));
        Map<String, Object> whole = new HashMap<>(fixed);
        // How many rounds had a winner is itself measured: the fixed text has no history at all.
        fixed.put("history", List.of());
        whole.put("history", HistorySection.entries(settings.history(), history));
        for (HistoryEntry best : History.best().listed(history)) {
            whole.put("bestScore", number(best.score()));
            whole.put("bestRound", best.round());
        }
        fixed.put("bestScore", MEASURED);
        fixed.put("bestRound", MEASURED);
        return render("policy", whole, fixed);
    }

    /**
     * A policy prompt that a person wrote. All of it is fixed: a recording that was made with
     * another text does not fit.
     */
    public Prompt edited(String text) {
        return Prompt.of("edited/" + VERSION, text, text);
    }

    /** One entry of a list: its further lines are indented. */
    private static Map<String, Object> hint(String text) {
        return Map.of("text", text.strip().replaceAll("\\R", "\n  "));
    }

    /**
     * Asks how the last best policy compares with the earlier ones: before every round but the
     * first.
     *
     * @param history best policies of the earlier rounds, oldest first; at least one
     */
    public Prompt reflection(List<HistoryEntry> history) {
        if (history.isEmpty()) {
            throw new IllegalArgumentException("a reflection needs at least one earlier round");
        }
        Map<String, Object> fixed = task();
        fixed.put("lastRound", history.getLast().round());
        fixed.put("hasEarlier", history.size() > 1);
        fixed.put("introduction", HistorySection.introductionToCompare(settings.history()));
        Map<String, Object> whole = new HashMap<>(fixed);
        fixed.put("history", List.of());
        whole.put("history", HistorySection.entriesToCompare(settings.history(), history));
        return render("reflection", whole, fixed);
    }

    /** Asks to mend code that failed. */
    public Prompt repair(RepairSubject subject, Failure failure) {
        Map<String, Object> fixed = task();
        fixed.put("contract", contract(subject));
        Map<String, Object> whole = new HashMap<>(fixed);
        whole.put("hasSource", !failure.source().isBlank());
        whole.put("source", failure.source().strip());
        whole.put("reply", failure.reply().strip());
        whole.put("failure", failure.message());
        whole.put("hasTraceback", !failure.traceback().isBlank());
        whole.put("traceback", failure.traceback().strip());
        fixed.put("hasSource", true);
        fixed.put("source", MEASURED);
        fixed.put("failure", MEASURED);
        fixed.put("hasTraceback", false);
        return render("repair", whole, fixed);
    }

    private Map<String, Object> task() {
        Map<String, Object> context = new HashMap<>();
        context.put("title", spec.title());
        context.put("observationContext", spec.context().observation().strip());
        context.put("policyContext", blankToFalse(spec.context().policy()));
        context.put("exploration", blankToFalse(spec.context().exploration()));
        context.put("horizon", spec.horizon());
        context.put("termination", spec.termination().strip());
        context.put("vectorSize", spec.vectorSize());
        context.put("hasExtras", spec.observation().stream().anyMatch(ObservationField::extra));
        context.put("fields", spec.observation().stream().map(Prompts::field).toList());
        context.put("actionText", actionText(spec.action()));
        context.put("rewardText", spec.reward().text().strip());
        context.put("hasRewardSource", !spec.reward().source().isBlank());
        context.put("rewardSource", spec.reward().source().strip());
        context.put("policyClass", spec.policyClass());
        context.put("episodes", episodes);
        context.put("cpuSeconds", number(spec.limits().cpuSeconds()));
        context.put("scoreName", spec.score() == Score.RETURN ? "return" : "success rate");
        return context;
    }

    private static Object blankToFalse(String text) {
        return text.isBlank() ? Boolean.FALSE : text.strip();
    }

    private static Map<String, Object> field(ObservationField field) {
        String meaning = field.meaning().replace("\n", " ").strip();
        return Map.of(
                "name", field.name(),
                "index", index(field),
                "unit", field.unit().isBlank() ? "-" : field.unit(),
                "range", range(field.low(), field.high()),
                "meaning", meaning + shape(field));
    }

    private static String index(ObservationField field) {
        if (field.extra()) {
            return "extra";
        }
        return field.shape().isEmpty()
                ? String.valueOf(field.start())
                : field.start() + ":" + field.stop();
    }

    private static String shape(ObservationField field) {
        if (field.shape().isEmpty()) {
            return "";
        }
        List<String> sizes = field.shape().stream().map(String::valueOf).toList();
        return " (array of shape (" + String.join(", ", sizes) + (sizes.size() == 1 ? ",))" : "))");
    }

    private static String range(OptionalDouble low, OptionalDouble high) {
        if (low.isEmpty() && high.isEmpty()) {
            return "any";
        }
        return (low.isEmpty() ? "-inf" : number(low.getAsDouble()))
                + " to "
                + (high.isEmpty() ? "inf" : number(high.getAsDouble()));
    }

    private static String actionText(ActionSpace action) {
        StringBuilder text = new StringBuilder();
        if (action.discrete()) {
            text.append("One of ").append(action.n()).append(" actions, an int: ");
            List<String> names = new ArrayList<>();
            for (int i = 0; i < action.names().size(); i++) {
                names.add(i + " = " + action.names().get(i));
            }
            return text.append(String.join(", ", names)).append('.').toString();
        }
        text.append("A NumPy array of shape (").append(action.names().size()).append(",):\n");
        for (int i = 0; i < action.names().size(); i++) {
            text.append("\n- action[").append(i).append("]: ").append(action.names().get(i));
            text.append(", ").append(number(action.low().get(i)));
            text.append(" to ").append(number(action.high().get(i)));
            if (i < action.units().size() && !action.units().get(i).isBlank()) {
                text.append(' ').append(action.units().get(i));
            }
        }
        return text.toString();
    }

    private static String actionForm(ActionSpace action) {
        return action.discrete()
                ? "the action as an int from 0 to " + (action.n() - 1)
                : "the action as a NumPy array of shape (" + action.names().size() + ",)";
    }

    private String lifetimeText() {
        return switch (lifetime) {
            case EPISODE ->
                    "A new object is made for every episode, in a fresh namespace: it may keep what"
                            + " it learns within an episode, and nothing carries over to the next.";
            case CANDIDATE ->
                    "One object lives through the "
                            + episodes
                            + " episodes one after another, without being told when a new one"
                            + " begins: it may use what it learnt in earlier ones.";
        };
    }

    private String contract(RepairSubject subject) {
        return switch (subject) {
            case POLICY ->
                    "One class `"
                            + spec.policyClass()
                            + "` whose constructor takes no arguments, with one method"
                            + " `act(self, obs)` that returns "
                            + actionForm(spec.action())
                            + ". "
                            + lifetimeText()
                            + " NumPy and Python's standard library only; no files, network, threads"
                            + " or processes, no sleeping. It has "
                            + number(spec.limits().cpuSeconds())
                            + " s of processor time an episode.";
            case FEEDBACK ->
                    "One class `Feedback` whose constructor takes no arguments, with one method"
                            + " `summarize_trajectory(self, traj)` that returns a short string (at"
                            + " most 600 characters). `traj` is the list of observation objects of"
                            + " one episode in time order, of any length from one. NumPy and"
                            + " Python's standard library only; no files, network, threads or"
                            + " processes, no sleeping.";
        };
    }

    /**
     * Six significant digits, without trailing zeros: enough to compare, stable across machines.
     */
    static String number(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e9) {
            return String.valueOf((long) value);
        }
        String text = String.format(Locale.ROOT, "%.6g", value);
        if (text.contains("e") || !text.contains(".")) {
            return text;
        }
        return text.replaceAll("0+$", "").replaceAll("\\.$", "");
    }

    private static Prompt render(
            String name, Map<String, Object> whole, Map<String, Object> fixed) {
        Template template = TEMPLATES.computeIfAbsent(name, key -> COMPILER.compile(open(key)));
        return Prompt.of(
                name + "/" + VERSION,
                template.execute(whole).strip() + "\n",
                template.execute(fixed).strip() + "\n");
    }

    /**
     * A template without the newline that ends its file: where it is part of another one, the line
     * that names it has a newline of its own.
     */
    private static Reader open(String name) {
        try (InputStream stream = Prompts.class.getResourceAsStream(name + ".mustache")) {
            if (stream == null) {
                throw new IOException("no prompt template " + name);
            }
            String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            return new StringReader(text.stripTrailing());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
