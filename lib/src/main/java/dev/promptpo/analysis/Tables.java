package dev.promptpo.analysis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptpo.analysis.RunLog.Place;
import dev.promptpo.ledger.EventSelection;
import dev.promptpo.ledger.LedgerException;
import dev.promptpo.optimizer.Intervention;
import dev.promptpo.optimizer.Run;
import dev.promptpo.rollout.RolloutResult;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.BiConsumer;
import java.util.function.Function;
import tech.tablesaw.api.BooleanColumn;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * Tables of runs, made from their ledgers alone.
 *
 * <p>Each takes a run's folder, also of a run that is still going: what is committed so far is in
 * it. Rounds and candidates count from 1; round 0 holds the policy that a run was given to start
 * from, where there is one. A missing value means that there is none (a failed candidate has no
 * score), never zero. Steps are environment steps; {@code steps_total} is what choosing had taken
 * in the run so far, failed candidates' and validation's included, with the candidates of a round
 * in the order of their numbers. {@code steered}, the last column of each, says whether a person
 * decided anything in the run ({@link #interventions}): then it is no sample of the method.
 */
public final class Tables {
    private static final EventSelection CANDIDATES =
            RunLog.steered(EventSelection.none())
                    .with("rollout_finished", "role", "purpose", "outcome", "steps")
                    .with(
                            "candidate_finished",
                            "round",
                            "candidate",
                            "outcome",
                            "kind",
                            "score",
                            "returns",
                            "attempts/result/message");
    private static final EventSelection EPISODES =
            RunLog.steered(EventSelection.none())
                    .with("rollout_started", "rollout", "seeds")
                    .with(
                            "candidate_finished",
                            "round",
                            "candidate",
                            "returns",
                            "lengths",
                            "successes",
                            "attempts/role")
                    .with(
                            "evaluation",
                            "purpose",
                            "round",
                            "candidate",
                            "seeds",
                            "returns",
                            "lengths",
                            "successes");

    private Tables() {}

    /**
     * One row for each rollout, in their order: {@code rollout} (from 1), {@code outcome, kind,
     * phase, message, score, lowest, highest, steps, seconds, isolation, host}. {@code kind},
     * {@code phase} and {@code message} say what a failed one failed of; {@code lowest} and {@code
     * highest} are returns of single episodes.
     */
    public static Table rollouts(List<? extends RolloutResult> results) {
        IntColumn number = IntColumn.create("rollout");
        StringColumn outcome = StringColumn.create("outcome");
        StringColumn kind = StringColumn.create("kind");
        StringColumn phase = StringColumn.create("phase");
        StringColumn message = StringColumn.create("message");
        DoubleColumn score = DoubleColumn.create("score");
        DoubleColumn lowest = DoubleColumn.create("lowest");
        DoubleColumn highest = DoubleColumn.create("highest");
        LongColumn steps = LongColumn.create("steps");
        DoubleColumn seconds = DoubleColumn.create("seconds");
        StringColumn isolation = StringColumn.create("isolation");
        StringColumn host = StringColumn.create("host");
        for (RolloutResult result : results) {
            number.append(number.size() + 1);
            switch (result) {
                case RolloutResult.Completed done -> {
                    outcome.append("completed");
                    kind.appendMissing();
                    phase.appendMissing();
                    message.appendMissing();
                    score.append(done.score());
                    lowest.append(Collections.min(done.returns()));
                    highest.append(Collections.max(done.returns()));
                }
                case RolloutResult.Failed failed -> {
                    outcome.append("failed");
                    kind.append(failed.kind().name());
                    phase.append(failed.phase());
                    message.append(failed.message());
                    score.appendMissing();
                    lowest.appendMissing();
                    highest.appendMissing();
                }
            }
            steps.append(result.steps());
            seconds.append(result.seconds());
            isolation.append(result.isolation().id());
            host.append(result.host());
        }
        return Table.create(
                "rollouts",
                number,
                outcome,
                kind,
                phase,
                message,
                score,
                lowest,
                highest,
                steps,
                seconds,
                isolation,
                host);
    }

    /**
     * One row for each closed round: {@code round, candidates, failed, mean_score, winner, score,
     * best, repairs, steps, steps_total, audit}. {@code score} is the winner's, {@code best} the
     * largest so far; both flatter, since they were chosen.
     */
    public static Table rounds(Path run) {
        RunLog log = RunLog.read(run);
        IntColumn round = IntColumn.create("round");
        IntColumn candidates = IntColumn.create("candidates");
        IntColumn failed = IntColumn.create("failed");
        DoubleColumn mean = DoubleColumn.create("mean_score");
        IntColumn winner = IntColumn.create("winner");
        DoubleColumn score = DoubleColumn.create("score");
        DoubleColumn best = DoubleColumn.create("best");
        IntColumn repairs = IntColumn.create("repairs");
        LongColumn steps = LongColumn.create("steps");
        LongColumn total = LongColumn.create("steps_total");
        StringColumn audit = StringColumn.create("audit");
        long sum = 0;
        OptionalDouble top = OptionalDouble.empty();
        for (Map.Entry<Integer, ObjectNode> entry : log.rounds().entrySet()) {
            List<Map.Entry<Place, ObjectNode>> of = candidates(log, entry.getKey());
            long here = of.stream().mapToLong(one -> log.steps(one.getKey())).sum();
            sum += here;
            OptionalDouble won = RunLog.score(entry.getValue());
            top = larger(top, won);
            round.append(entry.getKey());
            candidates.append(of.size());
            failed.append((int) of.stream().filter(one -> !completed(one.getValue())).count());
            append(
                    mean,
                    of.stream()
                            .filter(one -> completed(one.getValue()))
                            .mapToDouble(one -> RunLog.score(one.getValue()).orElse(Double.NaN))
                            .average());
            if (entry.getValue().path("winner").isInt()) {
                winner.append(entry.getValue().path("winner").asInt());
            } else {
                winner.appendMissing();
            }
            append(score, won);
            append(best, top);
            repairs.append(
                    of.stream().mapToInt(one -> one.getValue().path("attempts").size() - 1).sum());
            steps.append(here);
            total.append(sum);
            audit.append(entry.getValue().path("audit").asText());
        }
        return stamped(
                log,
                Table.create(
                        "rounds",
                        round,
                        candidates,
                        failed,
                        mean,
                        winner,
                        score,
                        best,
                        repairs,
                        steps,
                        total,
                        audit));
    }

    /** As {@link #rounds(Path)}. */
    public static Table rounds(Run run) {
        return rounds(run.directory());
    }

    /**
     * One row for each finished candidate: {@code round, candidate, outcome, kind, message, score,
     * lowest, highest, repairs, steps, steps_total, lower_bound}. {@code kind} and {@code message}
     * say what a failed one failed of; {@code lowest} and {@code highest} are returns of single
     * episodes; {@code lower_bound} says that a rollout of it was cut off, so that {@code steps}
     * are at least these.
     */
    public static Table candidates(Path run) {
        return candidates(RunLog.read(run));
    }

    private static Table candidates(RunLog log) {
        IntColumn round = IntColumn.create("round");
        IntColumn candidate = IntColumn.create("candidate");
        StringColumn outcome = StringColumn.create("outcome");
        StringColumn kind = StringColumn.create("kind");
        StringColumn message = StringColumn.create("message");
        DoubleColumn score = DoubleColumn.create("score");
        DoubleColumn lowest = DoubleColumn.create("lowest");
        DoubleColumn highest = DoubleColumn.create("highest");
        IntColumn repairs = IntColumn.create("repairs");
        LongColumn steps = LongColumn.create("steps");
        LongColumn total = LongColumn.create("steps_total");
        BooleanColumn atLeast = BooleanColumn.create("lower_bound");
        long sum = 0;
        for (Map.Entry<Place, ObjectNode> entry : log.candidates().entrySet()) {
            ObjectNode fields = entry.getValue();
            JsonNode attempts = fields.path("attempts");
            JsonNode last = attempts.path(attempts.size() - 1).path("result");
            double[] returns = RunLog.numbers(fields.path("returns"));
            long here = log.steps(entry.getKey());
            sum += here;
            round.append(entry.getKey().round());
            candidate.append(entry.getKey().candidate());
            outcome.append(fields.path("outcome").asText());
            append(kind, text(fields.path("kind")));
            append(message, text(last.path("message")));
            append(score, RunLog.score(fields));
            append(lowest, Arrays.stream(returns).min());
            append(highest, Arrays.stream(returns).max());
            repairs.append(Math.max(0, attempts.size() - 1));
            steps.append(here);
            total.append(sum);
            atLeast.append(log.lowerBound(entry.getKey()));
        }
        return stamped(
                log,
                Table.create(
                        "candidates",
                        round,
                        candidate,
                        outcome,
                        kind,
                        message,
                        score,
                        lowest,
                        highest,
                        repairs,
                        steps,
                        total,
                        atLeast));
    }

    /** As {@link #candidates(Path)}. */
    public static Table candidates(Run run) {
        return candidates(run.directory());
    }

    /**
     * One row for each episode that was played to its end, of search and of measurements: {@code
     * purpose, round, candidate, episode, seed, return, length, success}. Candidates of one round
     * have the same seeds, so their rows can be paired.
     */
    public static Table episodes(Path run) {
        return episodes(RunLog.read(run));
    }

    private static Table episodes(RunLog log) {
        EpisodeRows rows = new EpisodeRows();
        log.candidates()
                .forEach((place, fields) -> {
                    JsonNode attempts = fields.path("attempts");
                    String role = attempts.path(attempts.size() - 1).path("role").asText();
                    rows.add("search", place, fields, log.seeds("search/" + role));
                });
        for (ObjectNode fields : log.evaluations()) {
            Place place = new Place(fields.path("round").asInt(), fields.path("candidate").asInt());
            List<Long> seeds = fields.path("seeds").valueStream().map(JsonNode::asLong).toList();
            rows.add(fields.path("purpose").asText(), place, fields, seeds);
        }
        return stamped(log, rows.table());
    }

    /** As {@link #episodes(Path)}. */
    public static Table episodes(Run run) {
        return episodes(run.directory());
    }

    /**
     * One row for each question to the model: {@code role, template, outcome, reason, input_tokens,
     * cached_tokens, output_tokens, latency_s, retries, drift}. A question that was cut off has the
     * outcome {@code cut off} and may have been paid for.
     */
    public static Table requests(Path run) {
        RunLog log = RunLog.read(run);
        StringColumn role = StringColumn.create("role");
        StringColumn template = StringColumn.create("template");
        StringColumn outcome = StringColumn.create("outcome");
        StringColumn reason = StringColumn.create("reason");
        LongColumn input = LongColumn.create("input_tokens");
        LongColumn cached = LongColumn.create("cached_tokens");
        LongColumn output = LongColumn.create("output_tokens");
        DoubleColumn latency = DoubleColumn.create("latency_s");
        IntColumn retries = IntColumn.create("retries");
        StringColumn drift = StringColumn.create("drift");
        for (RunLog.Request request : log.requests()) {
            role.append(request.role());
            template.append(request.template());
            retries.append(request.retries());
            if (request.reply().isEmpty()) {
                outcome.append("cut off");
                reason.appendMissing();
                input.appendMissing();
                cached.appendMissing();
                output.appendMissing();
                latency.appendMissing();
                drift.appendMissing();
                continue;
            }
            ObjectNode reply = request.reply().get();
            outcome.append(reply.path("outcome").asText());
            append(reason, text(reply.path("reason")));
            input.append(reply.path("usage").path("input").asLong());
            cached.append(reply.path("usage").path("cached_input").asLong());
            output.append(reply.path("usage").path("output").asLong());
            latency.append(reply.path("timing").path("latency_s").asDouble());
            append(drift, text(reply.path("drift").path("extent")));
        }
        return stamped(
                log,
                Table.create(
                        "requests",
                        role,
                        template,
                        outcome,
                        reason,
                        input,
                        cached,
                        output,
                        latency,
                        retries,
                        drift));
    }

    /** As {@link #requests(Path)}. */
    public static Table requests(Run run) {
        return requests(run.directory());
    }

    /**
     * One row for each measurement of a candidate: {@code purpose, round, candidate, episodes,
     * score, low, high, normalised, steps, failure}. {@code low} and {@code high} are the 95 %
     * interval of the score over episodes of this one policy; {@code normalised} is 0 for the
     * random policy and 1 for the best known one.
     */
    public static Table evaluations(Path run) {
        RunLog log = RunLog.read(run);
        StringColumn purpose = StringColumn.create("purpose");
        IntColumn round = IntColumn.create("round");
        IntColumn candidate = IntColumn.create("candidate");
        IntColumn episodes = IntColumn.create("episodes");
        DoubleColumn score = DoubleColumn.create("score");
        DoubleColumn low = DoubleColumn.create("low");
        DoubleColumn high = DoubleColumn.create("high");
        DoubleColumn normalised = DoubleColumn.create("normalised");
        LongColumn steps = LongColumn.create("steps");
        StringColumn failure = StringColumn.create("failure");
        for (ObjectNode fields : log.evaluations()) {
            Optional<Interval> interval = Curves.interval(log, fields);
            purpose.append(fields.path("purpose").asText());
            round.append(fields.path("round").asInt());
            candidate.append(fields.path("candidate").asInt());
            episodes.append(fields.path("returns").size());
            append(score, RunLog.score(fields));
            append(low, interval.map(Interval::low));
            append(high, interval.map(Interval::high));
            append(normalised, RunSummary.normalised(log, interval));
            steps.append(fields.path("steps").asLong());
            append(failure, text(fields.path("failure")));
        }
        return stamped(
                log,
                Table.create(
                        "evaluations",
                        purpose,
                        round,
                        candidate,
                        episodes,
                        score,
                        low,
                        high,
                        normalised,
                        steps,
                        failure));
    }

    /** As {@link #evaluations(Path)}. */
    public static Table evaluations(Run run) {
        return evaluations(run.directory());
    }

    /**
     * One row for each thing that a person did to the run, in order: {@code round, kind, candidate,
     * text}. In a branch what it took over is there too.
     */
    public static Table interventions(Run run) {
        IntColumn round = IntColumn.create("round");
        StringColumn kind = StringColumn.create("kind");
        IntColumn candidate = IntColumn.create("candidate");
        StringColumn text = StringColumn.create("text");
        for (Intervention done : run.interventions()) {
            round.append(done.round());
            kind.append(done.kind().id());
            if (done.candidate() > 0) {
                candidate.append(done.candidate());
            } else {
                candidate.appendMissing();
            }
            append(text, Optional.of(done.text()).filter(said -> !said.isEmpty()));
        }
        return Table.create("interventions", round, kind, candidate, text);
    }

    /** As {@link #interventions(Run)}, of a run's folder. */
    public static Table interventions(Path run) {
        return interventions(Run.look(run));
    }

    /**
     * One row for each run in a folder of runs, by name: {@code run, method, environment, preset,
     * model, candidates, rounds, episodes, seed, closed_rounds, finished, search_score, heldout,
     * low, high, normalised, steps_search, steps_all, lower_bound, input_tokens, output_tokens,
     * created, steered}. {@code lower_bound} says that a rollout was cut off, so that the steps are
     * at least these. Folders that are no runs are left out.
     *
     * @throws UncheckedIOException when the folder cannot be read
     * @throws LedgerException when a run in it is broken, or of a newer version
     */
    public static Table runs(Path folder) {
        return runs(folder, Tables::refuse);
    }

    private static void refuse(Path run, LedgerException reason) {
        throw reason;
    }

    /**
     * As {@link #runs(Path)}, without the runs that cannot be read.
     *
     * @param unreadable is told each of them, and why
     */
    public static Table runs(Path folder, BiConsumer<Path, LedgerException> unreadable) {
        RunRows rows = new RunRows();
        RunSummary.ofAll(folder, unreadable).forEach(rows::add);
        return rows.table();
    }

    /** {@link #candidates(Path)} of all runs in a folder, by name, after a column {@code run}. */
    public static Table candidatesOfRuns(Path folder) {
        return ofAll(folder, "candidates", CANDIDATES, Tables::candidates);
    }

    /** {@link #episodes(Path)} of all runs in a folder, by name, after a column {@code run}. */
    public static Table episodesOfRuns(Path folder) {
        return ofAll(folder, "episodes", EPISODES, Tables::episodes);
    }

    private static Table ofAll(
            Path folder, String name, EventSelection wanted, Function<RunLog, Table> table) {
        return RunFolder.read(folder, wanted, log -> named(log, table.apply(log)), Tables::refuse)
                .stream()
                .reduce(Table::append)
                .orElseGet(() -> Table.create(name));
    }

    /** Whoever takes rows out of a table takes along which of them a person had a hand in. */
    private static Table stamped(RunLog log, Table table) {
        boolean[] stamps = new boolean[table.rowCount()];
        Arrays.fill(stamps, log.steering().any());
        return table.addColumns(BooleanColumn.create("steered", stamps));
    }

    private static Table named(RunLog log, Table table) {
        String[] names = new String[table.rowCount()];
        Arrays.fill(names, log.name());
        return table.insertColumn(0, StringColumn.create("run", names));
    }

    /** Rows of episodes. */
    private static final class EpisodeRows {
        private final StringColumn purpose = StringColumn.create("purpose");
        private final IntColumn round = IntColumn.create("round");
        private final IntColumn candidate = IntColumn.create("candidate");
        private final IntColumn episode = IntColumn.create("episode");
        private final LongColumn seed = LongColumn.create("seed");
        private final DoubleColumn returned = DoubleColumn.create("return");
        private final IntColumn length = IntColumn.create("length");
        private final BooleanColumn success = BooleanColumn.create("success");

        void add(String why, Place place, ObjectNode fields, List<Long> seeds) {
            double[] returns = RunLog.numbers(fields.path("returns"));
            for (int i = 0; i < returns.length; i++) {
                purpose.append(why);
                round.append(place.round());
                candidate.append(place.candidate());
                episode.append(i + 1);
                if (i < seeds.size()) {
                    seed.append(seeds.get(i));
                } else {
                    seed.appendMissing();
                }
                returned.append(returns[i]);
                length.append(fields.path("lengths").path(i).asInt());
                JsonNode succeeded = fields.path("successes").path(i);
                if (succeeded.isBoolean()) {
                    success.append(succeeded.asBoolean());
                } else {
                    success.appendMissing();
                }
            }
        }

        Table table() {
            return Table.create(
                    "episodes",
                    purpose,
                    round,
                    candidate,
                    episode,
                    seed,
                    returned,
                    length,
                    success);
        }
    }

    /** Rows of runs. */
    private static final class RunRows {
        private final StringColumn run = StringColumn.create("run");
        private final StringColumn method = StringColumn.create("method");
        private final StringColumn environment = StringColumn.create("environment");
        private final StringColumn preset = StringColumn.create("preset");
        private final StringColumn model = StringColumn.create("model");
        private final IntColumn candidates = IntColumn.create("candidates");
        private final IntColumn rounds = IntColumn.create("rounds");
        private final IntColumn episodes = IntColumn.create("episodes");
        private final LongColumn seed = LongColumn.create("seed");
        private final IntColumn closed = IntColumn.create("closed_rounds");
        private final BooleanColumn finished = BooleanColumn.create("finished");
        private final DoubleColumn search = DoubleColumn.create("search_score");
        private final DoubleColumn heldout = DoubleColumn.create("heldout");
        private final DoubleColumn low = DoubleColumn.create("low");
        private final DoubleColumn high = DoubleColumn.create("high");
        private final DoubleColumn normalised = DoubleColumn.create("normalised");
        private final LongColumn searchSteps = LongColumn.create("steps_search");
        private final LongColumn allSteps = LongColumn.create("steps_all");
        private final BooleanColumn atLeast = BooleanColumn.create("lower_bound");
        private final LongColumn input = LongColumn.create("input_tokens");
        private final LongColumn output = LongColumn.create("output_tokens");
        private final StringColumn created = StringColumn.create("created");
        private final BooleanColumn steered = BooleanColumn.create("steered");

        void add(RunSummary one) {
            run.append(one.run());
            method.append(one.method());
            environment.append(one.environment());
            preset.append(one.preset());
            model.append(one.model());
            append(candidates, one.candidates());
            append(rounds, one.rounds());
            append(episodes, one.episodes());
            seed.append(one.seed());
            closed.append(one.closedRounds());
            finished.append(one.finished());
            Tables.append(search, one.searchScore());
            Tables.append(heldout, one.heldout().map(Interval::estimate));
            Tables.append(low, one.heldout().map(Interval::low));
            Tables.append(high, one.heldout().map(Interval::high));
            Tables.append(normalised, one.normalised());
            searchSteps.append(one.stepsSearch());
            allSteps.append(one.stepsAll());
            atLeast.append(one.lowerBound());
            input.append(one.inputTokens());
            output.append(one.outputTokens());
            created.append(one.created().toString());
            steered.append(one.steering().any());
        }

        private static void append(IntColumn column, OptionalInt value) {
            if (value.isPresent()) {
                column.append(value.getAsInt());
            } else {
                column.appendMissing();
            }
        }

        Table table() {
            return Table.create(
                    "runs",
                    run,
                    method,
                    environment,
                    preset,
                    model,
                    candidates,
                    rounds,
                    episodes,
                    seed,
                    closed,
                    finished,
                    search,
                    heldout,
                    low,
                    high,
                    normalised,
                    searchSteps,
                    allSteps,
                    atLeast,
                    input,
                    output,
                    created,
                    steered);
        }
    }

    private static List<Map.Entry<Place, ObjectNode>> candidates(RunLog log, int round) {
        return log.candidates().entrySet().stream()
                .filter(entry -> entry.getKey().round() == round)
                .toList();
    }

    private static boolean completed(ObjectNode candidate) {
        return candidate.path("outcome").asText().equals("completed");
    }

    private static OptionalDouble larger(OptionalDouble one, OptionalDouble other) {
        if (one.isEmpty() || other.isEmpty()) {
            return one.isEmpty() ? other : one;
        }
        return OptionalDouble.of(Math.max(one.getAsDouble(), other.getAsDouble()));
    }

    private static Optional<String> text(JsonNode node) {
        return node.isTextual() && !node.asText().isEmpty()
                ? Optional.of(node.asText())
                : Optional.empty();
    }

    private static void append(DoubleColumn column, OptionalDouble value) {
        if (value.isPresent()) {
            column.append(value.getAsDouble());
        } else {
            column.appendMissing();
        }
    }

    private static void append(DoubleColumn column, Optional<Double> value) {
        append(column, value.map(OptionalDouble::of).orElse(OptionalDouble.empty()));
    }

    private static void append(StringColumn column, Optional<String> value) {
        if (value.isPresent()) {
            column.append(value.get());
        } else {
            column.appendMissing();
        }
    }
}
