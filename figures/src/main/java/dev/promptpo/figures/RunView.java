package dev.promptpo.figures;

import dev.promptpo.environment.EnvironmentSpec.References;
import dev.promptpo.llm.Price;
import dev.promptpo.optimizer.Candidate;
import dev.promptpo.optimizer.Evaluation;
import dev.promptpo.optimizer.RoundSummary;
import dev.promptpo.optimizer.Run;
import dev.promptpo.optimizer.RunSettings;
import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A run at one moment: a grid of rounds by candidates, coloured by score and marked by outcome,
 * with what was found and spent. The same view is updated while a run works and kept when it is
 * done.
 */
final class RunView {
    /** Colour of the lowest and of the highest score; between them the mixture. */
    private static final Color LOW = new Color(0xF3E9DC);

    private static final Color HIGH = new Color(0x0072B2);

    private final Run run;
    private final Map<String, String> working;
    private final String status;
    private final Optional<Price> price;
    private final TreeMap<Integer, Map<Integer, Candidate>> grid = new TreeMap<>();
    private final Map<Integer, Integer> winners = new TreeMap<>();
    private final double low;
    private final double high;

    /**
     * @param working what unfinished candidates are at, by {@code round/candidate}; may be empty
     * @param status one line of news: elapsed, left, stopped; may be empty
     */
    RunView(Run run, Map<String, String> working, String status) {
        this(run, working, status, price(run));
    }

    /**
     * @param price of the model; empty where it is not known
     */
    RunView(Run run, Map<String, String> working, String status, Optional<Price> price) {
        this.run = run;
        this.working = working;
        this.status = status;
        this.price = price;
        for (RoundSummary round : run.rounds()) {
            round.winner().ifPresent(best -> winners.put(round.round(), best.index()));
        }
        for (int round = 1; round <= run.settings().rounds(); round++) {
            Map<Integer, Candidate> of = new TreeMap<>();
            run.candidates(round).forEach(candidate -> of.put(candidate.index(), candidate));
            grid.put(round, of);
        }
        double[] scores =
                grid.values().stream()
                        .flatMap(of -> of.values().stream())
                        .filter(candidate -> candidate.score().isPresent())
                        .mapToDouble(candidate -> candidate.score().getAsDouble())
                        .filter(Double::isFinite)
                        .sorted()
                        .toArray();
        References references = run.spec().references();
        this.low =
                references.random().isPresent()
                        ? references.random().get().value()
                        : scores.length > 0 ? scores[0] : 0;
        this.high =
                references.best().isPresent()
                        ? references.best().get().value()
                        : scores.length > 0 ? scores[scores.length - 1] : 1;
    }

    /** A run shows itself also where the user's price table is broken; its estimate says how. */
    static Optional<Price> price(Run run) {
        try {
            return run.price();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    String html() {
        StringBuilder out = new StringBuilder();
        out.append(Html.heading(title()));
        out.append(
                "<table style=\"border-collapse:separate;border-spacing:3px;margin:4px 0;"
                        + "font-variant-numeric:tabular-nums\"><tbody>");
        for (Map.Entry<Integer, Map<Integer, Candidate>> row : grid.entrySet()) {
            out.append("<tr style=\"background:transparent\"><td style=\"text-align:right;")
                    .append("padding:0 6px 0 0;white-space:nowrap;color:")
                    .append(Html.MUTED)
                    .append("\">round ")
                    .append(row.getKey())
                    .append("</td>");
            for (int k = 1; k <= columns(row.getValue()); k++) {
                cell(out, row.getKey(), k, Optional.ofNullable(row.getValue().get(k)));
            }
            out.append("</tr>");
        }
        out.append("</tbody></table>");
        for (String line : lines()) {
            out.append("<div>").append(Html.escape(line)).append("</div>");
        }
        out.append(Html.muted(spent()));
        if (!status.isEmpty()) {
            out.append(Html.muted(status));
        }
        return Html.block(out.toString());
    }

    private void cell(StringBuilder out, int round, int k, Optional<Candidate> candidate) {
        String style =
                "min-width:46px;height:24px;padding:0 4px;text-align:center;border-radius:4px;"
                        + "font-size:12px;white-space:nowrap;";
        String text;
        String tip =
                "round "
                        + round
                        + ", candidate "
                        + k
                        + (candidate.filter(Candidate::inserted).isPresent() ? ", inserted" : "");
        if (candidate.isEmpty()) {
            text = Html.escape(working.getOrDefault(round + "/" + k, ""));
            style += "border:1px dashed " + Html.RULE + ";color:" + Html.MUTED;
        } else if (candidate.get().completed()) {
            double score = candidate.get().score().orElse(Double.NaN);
            boolean won = winners.getOrDefault(round, 0) == k;
            Color color = colour(score);
            text =
                    (won ? "\u2605\u2009" : "")
                            + Numbers.cell(score)
                            + (candidate.get().attempts().size() > 1 ? "\u2009*" : "");
            tip +=
                    ": "
                            + Numbers.score(score)
                            + (won ? ", the round's winner" : "")
                            + repairs(candidate.get());
            style +=
                    "background:"
                            + Html.hex(color)
                            + ";color:"
                            + (dark(color) ? "#ffffff" : "#1f2328")
                            + (won ? ";font-weight:700" : "");
        } else {
            String kind = candidate.get().failure().map(Enum::name).orElse("failed");
            text = "\u2715";
            tip += ": " + kind + repairs(candidate.get());
            style += "background:transparent;border:1px solid #D55E00;color:#D55E00";
        }
        out.append("<td title=\"")
                .append(Html.escape(tip))
                .append("\" style=\"")
                .append(style)
                .append("\">")
                .append(text)
                .append("</td>");
    }

    /** Policies that a person inserted stand behind the N of the model. */
    private int columns(Map<Integer, Candidate> round) {
        return Math.max(
                run.settings().candidates(),
                round.keySet().stream().mapToInt(Integer::intValue).max().orElse(0));
    }

    private static String repairs(Candidate candidate) {
        int repairs = candidate.attempts().size() - 1;
        return repairs == 0 ? "" : ", " + repairs + (repairs == 1 ? " repair" : " repairs");
    }

    private Color colour(double score) {
        double share = high > low ? (score - low) / (high - low) : 1;
        // The square root of the distance to the best: differences near the top are what matters.
        double t = Double.isFinite(share) ? 1 - Math.sqrt(Math.max(0, 1 - Math.max(0, share))) : 0;
        return new Color(
                mix(LOW.getRed(), HIGH.getRed(), t),
                mix(LOW.getGreen(), HIGH.getGreen(), t),
                mix(LOW.getBlue(), HIGH.getBlue(), t));
    }

    private static int mix(int from, int to, double share) {
        return (int) Math.round(from + (to - from) * Math.min(1, share));
    }

    private static boolean dark(Color color) {
        return .299 * color.getRed() + .587 * color.getGreen() + .114 * color.getBlue() < 140;
    }

    String text() {
        StringBuilder out = new StringBuilder(title()).append('\n');
        for (Map.Entry<Integer, Map<Integer, Candidate>> row : grid.entrySet()) {
            out.append("round ").append(row.getKey()).append(' ');
            for (int k = 1; k <= columns(row.getValue()); k++) {
                Candidate candidate = row.getValue().get(k);
                String mark =
                        candidate == null
                                ? working.containsKey(row.getKey() + "/" + k) ? "..." : "."
                                : candidate.completed()
                                        ? Numbers.cell(candidate.score().orElse(Double.NaN))
                                                + (winners.getOrDefault(row.getKey(), 0) == k
                                                        ? "*"
                                                        : "")
                                        : "x";
                out.append(String.format("%8s", mark));
            }
            out.append('\n');
        }
        lines().forEach(line -> out.append(line).append('\n'));
        out.append(spent());
        if (!status.isEmpty()) {
            out.append('\n').append(status);
        }
        return out.toString();
    }

    private String title() {
        RunSettings settings = run.settings();
        return "PromptPO on "
                + settings.environment()
                + ": "
                + settings.rounds()
                + (settings.rounds() == 1 ? " round of " : " rounds of ")
                + settings.candidates()
                + " candidates, "
                + settings.episodes()
                + " episodes each";
    }

    private List<String> lines() {
        List<String> lines = new ArrayList<>();
        run.bestSoFar()
                .ifPresent(best ->
                        lines.add(
                                "best: "
                                        + Numbers.score(best.score().orElse(Double.NaN))
                                        + " in search (round "
                                        + best.round()
                                        + ", candidate "
                                        + best.index()
                                        + ")"
                                        + run.heldout().map(RunView::heldout).orElse("")));
        if (run.steered()) {
            lines.add(run.steering().stamp());
        }
        if (!run.deterministic()) {
            lines.add(
                    "non-deterministic: a winner's returns differed when it was rolled out again");
        }
        return lines;
    }

    private static String heldout(Evaluation evaluation) {
        return evaluation.score().isPresent()
                ? ", "
                        + Numbers.score(evaluation.score().getAsDouble())
                        + " on "
                        + evaluation.returns().size()
                        + " held-out episodes"
                : ", held-out measurement failed: " + evaluation.failure().orElse("");
    }

    private String spent() {
        var usage = run.usage();
        var tokens = usage.tokens();
        String text =
                Numbers.count(run.steps().search())
                        + (run.steps().lowerBound() ? " or more" : "")
                        + " environment steps to choose, "
                        + Numbers.count(run.steps().total())
                        + " in all \u00b7 "
                        + Numbers.count(usage.calls())
                        + " requests";
        if (tokens.input() + tokens.output() > 0) {
            text +=
                    " \u00b7 "
                            + Numbers.count(tokens.input())
                            + " tokens in, "
                            + Numbers.count(tokens.output())
                            + " out \u00b7 "
                            + price.map(known -> money(known.of(tokens), known))
                                    .orElse("price not known");
        }
        if (usage.drifted() > 0) {
            text +=
                    " \u00b7 "
                            + usage.drifted()
                            + " recorded replies to prompts whose measured numbers differ";
        }
        return text;
    }

    private static String money(double amount, Price price) {
        return String.format(Locale.ROOT, "%.4f %s", amount, price.currency());
    }
}
