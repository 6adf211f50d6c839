package dev.promptpo.figures;

import dev.promptpo.analysis.Comparison;
import dev.promptpo.analysis.Curves;
import dev.promptpo.analysis.Interval;
import dev.promptpo.analysis.LearningCurve;
import dev.promptpo.llm.ModelSettings;
import dev.promptpo.optimizer.Run;
import dev.promptpo.optimizer.RunSettings;
import dev.promptpo.optimizer.Steering;
import dev.promptpo.prompt.PromptSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a paper needs of runs: pictures, the numbers drawn, a table, a paragraph, the commands. */
final class PaperExport {
    /** In a run's folder, as kept runs have it. */
    private static final String RECORDING = "recording.json";

    /** Characters that LaTeX does not print as they are. */
    private static final Pattern SPECIAL = Pattern.compile("[_&%$#{}~^\\\\]");

    private final List<Run> runs;

    PaperExport(Run... runs) {
        if (runs.length == 0) {
            throw new IllegalArgumentException("an export needs at least one run; got none");
        }
        this.runs = List.of(runs);
    }

    /** Writes all files; returns them in the order in which they were written. */
    List<Path> write(Path directory) {
        Map<String, ThemedChart> charts = charts();
        List<Path> files = new ArrayList<>();
        try {
            Files.createDirectories(directory);
            for (Map.Entry<String, ThemedChart> chart : charts.entrySet()) {
                Path svg = directory.resolve(chart.getKey() + ".svg");
                files.add(Picture.of(chart.getValue()).save(svg));
                Path column = directory.resolve(chart.getKey() + "-column.svg");
                files.add(chart.getValue().column().save(column));
                Path csv = directory.resolve(chart.getKey() + ".csv");
                files.add(Files.writeString(csv, chart.getValue().data().write().toString("csv")));
            }
            files.add(Files.writeString(directory.resolve("captions.txt"), captions(charts)));
            files.add(Files.writeString(directory.resolve("results.tex"), latex()));
            files.add(Files.writeString(directory.resolve("methods.txt"), methods()));
            files.add(Files.writeString(directory.resolve("commands.sh"), commands()));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the export to " + directory, e);
        }
        return files;
    }

    private Map<String, ThemedChart> charts() {
        Map<String, ThemedChart> charts = new LinkedHashMap<>();
        for (Run run : runs) {
            charts.put("learning-curve-" + name(run), Figures.learningCurve(run));
            LearningCurve curve = Curves.learning(run);
            if (curve.scores(1).length > 0) {
                charts.put("expected-best-of-n-" + name(run), Figures.expectedBestOfN(run));
            }
        }
        boolean oneTask =
                runs.stream().map(run -> run.settings().environment()).distinct().count() == 1;
        if (runs.size() > 1 && oneTask) {
            charts.put("comparison", Figures.compare(runs.toArray(Run[]::new)));
        }
        Run[] normalised =
                runs.stream()
                        .filter(run -> Curves.learning(run).finalHeldout().isPresent())
                        .filter(run -> Curves.heldout(run).normalised().isPresent())
                        .toArray(Run[]::new);
        if (normalised.length > 0) {
            charts.put("normalised", Figures.normalised(normalised));
        }
        return charts;
    }

    private static String name(Run run) {
        return run.directory()
                .toAbsolutePath()
                .normalize()
                .getFileName()
                .toString()
                .replaceAll("[^A-Za-z0-9._-]", "_");
    }

    /** What stands around the pictures of a page's width, for the captions of the others. */
    private static String captions(Map<String, ThemedChart> charts) {
        return charts.entrySet().stream()
                .map(chart -> chart.getKey() + ": " + chart.getValue().description() + "\n")
                .collect(Collectors.joining("\n"));
    }

    private String latex() {
        StringBuilder tex =
                new StringBuilder(
                        """
                        % needs \\usepackage{booktabs}
                        \\begin{tabular}{llrrrrrl}
                        \\toprule
                        Task & Run & $N$ & $R$ & Seed & Steps & Held-out & 95\\,\\% interval \\\\
                        \\midrule
                        """);
        StringBuilder notes = new StringBuilder();
        for (Comparison.Entry one : Comparison.of(runs.toArray(Run[]::new)).runs()) {
            Optional<Interval> held = one.curve().finalHeldout();
            RunSettings settings = one.settings();
            tex.append(
                    String.format(
                            Locale.ROOT,
                            "%s & %s%s & %d & %d & %d & %,d & %s & %s \\\\%n",
                            escaped(settings.environment()),
                            escaped(one.run()),
                            one.curve().steering().any() ? "$^\\dagger$" : "",
                            settings.candidates(),
                            settings.rounds(),
                            settings.seed(),
                            one.curve().steps(),
                            held.map(i -> number(i.estimate())).orElse("--"),
                            held.map(i -> number(i.low()) + " to " + number(i.high()))
                                    .orElse("--")));
            Steering steering = one.curve().steering();
            if (steering.any()) {
                notes.append(
                        """

                        {\\footnotesize $^\\dagger$ %s is %s: no sample of the method.\\par}
                        """
                                .formatted(escaped(one.run()), escaped(steering.stamp())));
            }
        }
        return tex.append("\\bottomrule\n\\end{tabular}\n").append(notes).toString();
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, Math.abs(value) >= 10 ? "%.1f" : "%.3f", value);
    }

    static String escaped(String text) {
        // In one pass: what stands for a character has characters to be escaped itself.
        return SPECIAL.matcher(text)
                .replaceAll(found ->
                        Matcher.quoteReplacement(
                                switch (found.group()) {
                                    case "\\" -> "\\textbackslash{}";
                                    case "~" -> "\\textasciitilde{}";
                                    case "^" -> "\\textasciicircum{}";
                                    default -> "\\" + found.group();
                                }));
    }

    private String methods() {
        StringBuilder text = new StringBuilder();
        for (Run run : runs) {
            RunSettings s = run.settings();
            text.append(
                    String.format(
                            Locale.ROOT,
                            "%s: PromptPO (arXiv 2605.30719) on %s (preset %s, specification %s),"
                                    + " with %d candidates in each of %d rounds, %d episodes a"
                                    + " candidate, the same ones for all candidates of a round,"
                                    + " run seed %d. Policies were written by %s (temperature %s,"
                                    + " at most %,d tokens a reply, prompt templates version %d,"
                                    + " history %s, context %s, feedback %s, reflection %s, up to"
                                    + " %d repairs). One policy object lived for one %s. Environment"
                                    + " steps count those of losing and failed candidates.",
                            name(run),
                            s.environment(),
                            s.preset(),
                            s.specification().substring(0, Math.min(8, s.specification().length())),
                            s.candidates(),
                            s.rounds(),
                            s.episodes(),
                            s.seed(),
                            s.model(),
                            s.temperature().isPresent()
                                    ? String.valueOf(s.temperature().getAsDouble())
                                    : "the provider's default",
                            s.maxOutputTokens(),
                            s.prompts(),
                            s.promptSettings().history().id(),
                            s.promptSettings().context().id(),
                            s.feedback() ? "on" : "off",
                            s.reflection() ? "on" : "off",
                            s.repairs(),
                            s.lifetime().name().toLowerCase(Locale.ROOT)));
            Curves.learning(run)
                    .finalHeldout()
                    .ifPresent(held ->
                            text.append(
                                    String.format(
                                            Locale.ROOT,
                                            " The policy with the best score was measured on %d"
                                                    + " episodes that chose nothing; the interval"
                                                    + " is over these %s of this one policy (%s).",
                                            held.n(),
                                            held.unit(),
                                            held.method())));
            if (run.steered()) {
                text.append(" The run is ").append(run.steering().stamp()).append('.');
            }
            text.append("\n\n");
        }
        return text.toString().stripTrailing() + "\n";
    }

    /** A run again from its settings, and these files again from the runs' folders. */
    private String commands() {
        StringBuilder text = new StringBuilder("# The runs, from their settings:\n");
        for (Run run : runs) {
            RunSettings s = run.settings();
            List<String> words =
                    new ArrayList<>(
                            List.of(
                                    "./promptpo optimize",
                                    s.environment(),
                                    "--preset " + s.preset(),
                                    "--model " + quoted(model(run)),
                                    "--candidates " + s.candidates(),
                                    "--rounds " + s.rounds(),
                                    "--episodes " + s.episodes(),
                                    "--seed " + s.seed(),
                                    "--repairs " + s.repairs(),
                                    "--heldout " + s.heldoutEpisodes(),
                                    "--lifetime " + s.lifetime().name().toLowerCase(Locale.ROOT)));
            PromptSettings asked = s.promptSettings();
            words.add(s.feedback() ? "" : "--no-feedback");
            words.add(s.reflection() ? "" : "--no-reflection");
            words.add("--history " + asked.history().id());
            words.add("--context " + asked.context().id());
            asked.feedbackEpisodes().ifPresent(n -> words.add("--feedback-episodes " + n));
            asked.feedbackSteps().ifPresent(n -> words.add("--feedback-steps " + n));
            words.removeIf(String::isEmpty);
            text.append(String.join(" ", words)).append('\n');
            text.append(settings(run));
            s.startSource()
                    .ifPresent(source ->
                            text.append("# it started from a policy: --start-from FILE\n"));
            if (run.steered()) {
                text.append("# ").append(run.steering().stamp()).append(": by hand\n");
            }
        }
        text.append("# These files, in a cell:\n# Figures.export(Path.of(\"paper\")");
        runs.forEach(run -> text.append(", ").append(look(run)));
        return text.append(")\n").toString();
    }

    /**
     * Who answers when the command is given: the recording in the run's folder where one is, as in
     * kept runs. A relay would wait for somebody, and of a recording the settings hold only the
     * digest: in place of both stands a file, and {@link #settings} says how to write it.
     */
    private static String model(Run run) {
        Path kept = folder(run).resolve(RECORDING);
        if (Files.isRegularFile(kept)) {
            return "replay:" + kept;
        }
        return answeredOnce(run) ? "replay:" + RECORDING : run.settings().model();
    }

    private static boolean answeredOnce(Run run) {
        String model = run.settings().model();
        return model.startsWith("relay:") || model.startsWith("replay:");
    }

    /** What the command line does not say of how a run's model was asked. */
    private static String settings(Run run) {
        RunSettings s = run.settings();
        boolean usual =
                s.temperature().equals(ModelSettings.DEFAULT.temperature())
                        && s.maxOutputTokens() == ModelSettings.DEFAULT.maxOutputTokens();
        String text =
                String.format(
                        Locale.ROOT,
                        "# %s was asked for at most %,d tokens a reply at %s%s%n",
                        s.model(),
                        s.maxOutputTokens(),
                        s.temperature().isPresent()
                                ? "temperature " + s.temperature().getAsDouble()
                                : "its own temperature",
                        usual ? "" : "; in a cell: PromptPO.on(...).modelSettings(...)");
        return model(run).equals("replay:" + RECORDING)
                ? text
                        + "# its replies, in a cell: "
                        + look(run)
                        + ".recording(new Recording.Provenance(...)).write(Path.of(\""
                        + RECORDING
                        + "\"))\n"
                : text;
    }

    private static String look(Run run) {
        String folder = folder(run).toString().replace("\\", "\\\\").replace("\"", "\\\"");
        return "Run.look(Path.of(\"" + folder + "\"))";
    }

    private static Path folder(Run run) {
        return run.directory().toAbsolutePath().normalize();
    }

    /** For a shell: as it is where it holds nothing that a shell reads. */
    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_@%+=:,./-]+")
                ? word
                : "'" + word.replace("'", "'\\''") + "'";
    }
}
