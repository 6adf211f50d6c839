package dev.promptpo.figures;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptpo.analysis.Curves;
import dev.promptpo.analysis.Findings;
import dev.promptpo.analysis.Tables;
import dev.promptpo.ledger.Event;
import dev.promptpo.ledger.LedgerReader;
import dev.promptpo.optimizer.Candidate;
import dev.promptpo.optimizer.Run;
import dev.promptpo.optimizer.RunSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A run as one HTML page that can be sent to someone: pictures inside, nothing fetched from
 * anywhere, no script. Made from the run's folder alone, without Python and without a model.
 */
public final class ReportPage {
    private static final String STYLE =
            """
            :root { color-scheme: light; }
            * { box-sizing: border-box; }
            body { margin: 0; background: #f6f7f9; color: #1f2328;
                   font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
            main { max-width: 960px; margin: 0 auto; padding: 40px 28px 64px; }
            header { margin-bottom: 22px; }
            h1 { font-size: 30px; line-height: 1.2; margin: 0 0 6px; letter-spacing: -.01em; }
            h2 { font-size: 18px; margin: 0 0 10px; }
            .sub { color: #656d76; }
            section { background: #fff; border: 1px solid #e3e7eb; border-radius: 10px;
                      padding: 22px 26px; margin: 16px 0; overflow-x: auto; }
            .keys { display: grid; grid-template-columns: repeat(auto-fit, minmax(168px, 1fr));
                    gap: 12px; margin: 16px 0; }
            .key { background: #fff; border: 1px solid #e3e7eb; border-radius: 10px;
                   padding: 14px 18px; }
            .key b { display: block; font-size: 26px; line-height: 1.25; font-weight: 650;
                     font-variant-numeric: tabular-nums; }
            .key span { color: #656d76; font-size: 13px; display: block; }
            .key .name { color: #1f2328; }
            .lead { border-top: 3px solid #0072b2; }
            .stamp { display: inline-block; border: 1px solid #d55e00; color: #a84800;
                     border-radius: 999px; padding: 1px 10px; font-size: 13px; margin: 8px 6px 0 0; }
            figure { margin: 0; text-align: center; }
            figure + figure { margin-top: 18px; border-top: 1px solid #eef1f4; padding-top: 18px; }
            img { max-width: 100%; height: auto; }
            p { margin: 0 0 12px; max-width: 46em; }
            details { margin-top: 10px; }
            summary { cursor: pointer; color: #0b5cad; }
            dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 22px; margin: 0;
                 font-size: 14px; }
            dt { color: #656d76; }
            dd { margin: 0; overflow-wrap: anywhere; }
            .digest { font-family: ui-monospace, monospace; font-size: 12.5px; }
            footer { color: #656d76; font-size: 13px; margin-top: 22px; }
            @media print { body { background: #fff; } section, .key { break-inside: avoid; } }
            """;

    private final Run run;
    private final List<Event> events;
    private final StringBuilder out = new StringBuilder();

    private ReportPage(Run run) {
        this.run = run;
        this.events = run.ledger().events();
    }

    /** The page of a run as it is now; the run may still be going. */
    static String html(Run run) {
        return new ReportPage(run).page();
    }

    /**
     * Writes the page of a run's folder.
     *
     * @return the file
     * @throws UncheckedIOException when it cannot be written
     */
    public static Path save(Path run, Path file) {
        String page = html(Run.look(run));
        try {
            if (file.toAbsolutePath().getParent() != null) {
                Files.createDirectories(file.toAbsolutePath().getParent());
            }
            return Files.writeString(file, page);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    private String page() {
        String title = "PromptPO on " + run.settings().environment();
        out.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
                .append("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")
                .append("<title>")
                .append(Html.escape(title + ": " + name()))
                .append("</title><style>\n")
                .append(STYLE)
                .append("</style></head><body><main>\n");
        header(title);
        keys();
        rounds();
        pictures();
        heldout();
        board();
        source();
        provenance();
        out.append("<footer>Made from the run's folder alone. Scores by which candidates were")
                .append(" chosen flatter; held-out episodes chose nothing.</footer>\n")
                .append("</main></body></html>\n");
        return out.toString();
    }

    private String name() {
        return run.directory().toAbsolutePath().normalize().getFileName().toString();
    }

    private void header(String title) {
        RunSettings settings = run.settings();
        out.append("<header><h1>").append(Html.escape(title)).append("</h1><div class=\"sub\">");
        out.append(
                Html.escape(
                        String.join(
                                " \u00b7 ",
                                name(),
                                "preset " + settings.preset(),
                                count(settings.rounds(), "round")
                                        + " of "
                                        + count(settings.candidates(), "candidate")
                                        + " on "
                                        + count(settings.episodes(), "episode"),
                                "seed " + settings.seed(),
                                run.finished()
                                        ? "finished"
                                        : count(run.rounds().size(), "round") + " closed so far")));
        out.append("</div>");
        stamps().forEach(stamp ->
                out.append("<span class=\"stamp\">").append(Html.escape(stamp)).append("</span>"));
        out.append("</header>\n");
    }

    private static String count(int n, String noun) {
        return n + " " + noun + (n == 1 ? "" : "s");
    }

    /** What a reader must know before believing a number. */
    private List<String> stamps() {
        List<String> stamps = new ArrayList<>();
        if (run.steered()) {
            stamps.add(run.steering().stamp());
        }
        if (!run.finished()) {
            stamps.add("not finished");
        }
        if (!run.deterministic()) {
            stamps.add("non-deterministic policy among the winners");
        }
        if (run.spec().privileged()) {
            stamps.add("privileged observation");
        }
        if (run.usage().drifted() > 0) {
            stamps.add(run.usage().drifted() + " recorded replies to prompts that have drifted");
        }
        if (run.steps().lowerBound()) {
            stamps.add("steps are a lower bound: a rollout was cut off");
        }
        if (of("session_started")
                .anyMatch(fields -> fields.path("isolation").asText().equals("process"))) {
            stamps.add("isolation: process only");
        }
        return stamps;
    }

    private void keys() {
        out.append("<div class=\"keys\">");
        var estimate = Curves.learning(run).finalHeldout();
        estimate.ifPresent(interval ->
                key(
                        "key lead",
                        "held-out",
                        Numbers.score(interval.estimate()),
                        String.format(
                                Locale.ROOT,
                                "%.0f %% interval %s to %s, %d episodes",
                                100 * interval.level(),
                                Numbers.score(interval.low()),
                                Numbers.score(interval.high()),
                                interval.n())));
        run.bestSoFar()
                .ifPresent(best ->
                        key(
                                "key",
                                "search score",
                                Numbers.score(best.score().orElse(Double.NaN)),
                                "round " + best.round() + ", candidate " + best.index()));
        key(
                "key",
                "steps to choose",
                Numbers.count(run.steps().search()),
                Numbers.count(run.steps().total()) + " in all");
        var tokens = run.usage().tokens();
        key(
                "key",
                "requests",
                Numbers.count(run.usage().calls()),
                tokens.input() + tokens.output() == 0
                        ? "tokens not counted"
                        : Numbers.count(tokens.input())
                                + " tokens in, "
                                + Numbers.count(tokens.output())
                                + " out");
        out.append("</div>\n");
    }

    private void key(String style, String name, String value, String note) {
        out.append("<div class=\"").append(style).append("\"><span class=\"name\">");
        out.append(Html.escape(name)).append("</span><b>").append(Html.escape(value));
        out.append("</b><span>").append(Html.escape(note)).append("</span></div>");
    }

    private void rounds() {
        out.append("<section><h2>What the rounds brought</h2><p>")
                .append(Html.escape(Findings.rounds(run).text()))
                .append("</p>")
                .append(new RunView(run, Map.of(), "").html());
        if (!run.rounds().isEmpty()) {
            out.append(new TableView(Tables.rounds(run)).html());
        }
        out.append("<details><summary>every candidate</summary>")
                .append(new TableView(Tables.candidates(run)).html())
                .append("</details></section>\n");
    }

    private void pictures() {
        if (run.candidates(1).isEmpty()) {
            return;
        }
        out.append("<section><h2>Against environment steps</h2>");
        picture(Picture.of(Figures.learningCurve(run)));
        if (Curves.learning(run).pool(1).length > 0) {
            picture(Picture.of(Figures.expectedBestOfN(run)));
        }
        out.append("</section>\n");
    }

    private void picture(Picture picture) {
        // As an image of its own: several drawings in one page would share their clips' names.
        out.append("<figure><img width=\"")
                .append(picture.width())
                .append("\" height=\"")
                .append(picture.height())
                .append("\" alt=\"")
                .append(Html.escape(picture.description()))
                .append("\" src=\"data:image/svg+xml;base64,")
                .append(
                        Base64.getEncoder()
                                .encodeToString(picture.svg().getBytes(StandardCharsets.UTF_8)))
                .append("\"></figure>\n");
    }

    private void heldout() {
        if (Curves.learning(run).finalHeldout().isPresent()) {
            out.append("<section><h2>On held-out episodes</h2>")
                    .append(HeldoutView.html(Curves.heldout(run)))
                    .append("</section>\n");
        }
    }

    private void board() {
        if (run.spec().board().isEmpty()) {
            return;
        }
        out.append("<section><h2>The board</h2>");
        picture(
                run.bestSoFar()
                        .flatMap(best -> EpisodePath.kept(run, best, events))
                        .orElseGet(() -> Figures.board(run.spec())));
        out.append("</section>\n");
    }

    private void source() {
        Optional<Candidate> best = run.bestSoFar();
        if (best.isPresent()) {
            out.append("<section><h2>The best policy</h2>")
                    .append(Figures.source(run, best.get()).html())
                    .append("</section>\n");
        }
    }

    private void provenance() {
        LedgerReader ledger = run.ledger();
        out.append("<section><h2>Where it comes from</h2><dl>");
        item("begun", ledger.run().created().toString());
        if (!events.isEmpty()) {
            item("last event", events.getLast().time().toString());
        }
        TreeMap<Integer, String> sessions = new TreeMap<>();
        of("session_started").forEach(fields -> sessions.put(sessions.size() + 1, session(fields)));
        // A session that goes on in the same place says nothing new.
        sessions.values().stream()
                .distinct()
                .forEach(text ->
                        item(
                                sessions.size() == 1
                                        ? "session"
                                        : "sessions "
                                                + sessions.entrySet().stream()
                                                        .filter(one -> one.getValue().equals(text))
                                                        .map(one -> one.getKey().toString())
                                                        .collect(Collectors.joining(", ")),
                                text));
        of("session_started")
                .filter(fields -> fields.path("in_flight").size() > 0)
                .forEach(fields ->
                        item(
                                "cut off and done again",
                                fields.path("in_flight")
                                        .valueStream()
                                        .map(one ->
                                                one.path("kind").asText()
                                                        + " "
                                                        + one.path("name").asText())
                                        .collect(Collectors.joining(", "))));
        of("session_started")
                .filter(fields -> fields.has("repaired"))
                .forEach(fields -> item("mended", fields.path("repaired").asText()));
        ledger.run()
                .settings()
                .properties()
                .forEach(setting ->
                        item(setting.getKey().replace('_', ' '), setting(setting.getValue())));
        item("settings digest", ledger.run().settingsDigest());
        ledger.run()
                .parent()
                .ifPresent(from ->
                        item(
                                "branch of",
                                from.run() + " after round " + from.round() + ": " + from.edit()));
        item("format", "ledger " + ledger.run().schema());
        out.append("</dl></section>\n");
    }

    private static String setting(JsonNode value) {
        String text = value.isNull() ? "the provider's default" : value.asText(value.toString());
        // A page may be sent to others: where a recording lay on this machine is not their matter.
        return text.matches("(?s)(replay|relay):.*/.*")
                ? text.substring(0, text.indexOf(':') + 1)
                        + text.substring(text.lastIndexOf('/') + 1)
                : text;
    }

    private static String session(JsonNode fields) {
        List<String> parts = new ArrayList<>();
        JsonNode model = fields.path("model");
        if (model.isObject()) {
            parts.add(
                    "model "
                            + model.path("kind").asText()
                            + (model.path("model").asText().equals(model.path("kind").asText())
                                    ? ""
                                    : " " + model.path("model").asText())
                            + (model.path("note").asText().isEmpty()
                                    ? ""
                                    : " (" + model.path("note").asText() + ")"));
        }
        parts.add("isolation " + fields.path("isolation").asText());
        fields.path("versions")
                .properties()
                .forEach(one -> parts.add(one.getKey() + " " + one.getValue().asText()));
        JsonNode machine = fields.path("machine");
        parts.add(
                machine.path("os").asText()
                        + " "
                        + machine.path("arch").asText()
                        + ", "
                        + machine.path("processor").asText());
        return String.join(" \u00b7 ", parts);
    }

    private void item(String name, String value) {
        boolean digest = value.matches("[0-9a-f]{64}");
        out.append("<dt>").append(Html.escape(name)).append("</dt><dd");
        out.append(digest ? " class=\"digest\">" : ">").append(Html.escape(value)).append("</dd>");
    }

    private Stream<JsonNode> of(String type) {
        return events.stream().filter(event -> event.type().equals(type)).map(Event::fields);
    }
}
