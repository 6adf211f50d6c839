package dev.promptpo.figures;

import dev.promptpo.analysis.Ablation;
import dev.promptpo.analysis.Comparison;
import dev.promptpo.analysis.Curves;
import dev.promptpo.analysis.LearningCurve;
import dev.promptpo.analysis.NormalisedReturns;
import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.film.Film;
import dev.promptpo.optimizer.Candidate;
import dev.promptpo.optimizer.Run;
import dev.promptpo.policy.SourceDiff;
import java.nio.file.Path;
import java.util.List;

/**
 * Pictures of runs. Charts are XChart charts in {@link PaperTheme}, to be shown as they are,
 * changed first, or saved with {@code Picture.of(chart).save(file)}; boards and paths are {@link
 * Picture}s.
 */
public final class Figures {
    private Figures() {}

    /**
     * Return against environment steps, failed candidates' included: each candidate a dot, the best
     * policy so far a step line, the held-out result with its interval, random and best known
     * policy as reference lines.
     */
    public static ThemedChart learningCurve(Run run) {
        return learningCurve(run.directory());
    }

    /** As {@link #learningCurve(Run)}, of a run's folder. */
    public static ThemedChart learningCurve(Path run) {
        return LearningCurveChart.of(Curves.learning(run));
    }

    /**
     * The expected best score of n candidates for every n from 1 to N, from the first round's pool
     * (all of them answers to one prompt), with its standard error; at the right the normalised
     * return. A candidate that failed counts as the random policy, where that is known, else as the
     * worst that completed.
     *
     * @throws IllegalStateException while no candidate of the first round has completed
     */
    public static ThemedChart expectedBestOfN(Run run) {
        return expectedBestOfN(run.directory());
    }

    /** As {@link #expectedBestOfN(Run)}, of a run's folder. */
    public static ThemedChart expectedBestOfN(Path run) {
        LearningCurve curve = Curves.learning(run);
        if (curve.scores(1).length == 0) {
            throw new IllegalStateException(
                    "no candidate of the first round has completed in "
                            + run
                            + ": play a round first");
        }
        return BestOfNChart.of(curve);
    }

    /**
     * Learning curves of runs on one task over each other, with their held-out results; {@link
     * Comparison} has the numbers, and what is paired.
     *
     * @throws IllegalArgumentException where the tasks differ
     */
    public static ThemedChart compare(Run... runs) {
        return compare(Comparison.of(runs));
    }

    /** As {@link #compare(Run...)}, of a comparison at hand. */
    public static ThemedChart compare(Comparison comparison) {
        return CompareChart.of(
                comparison,
                run -> CompareChart.label(comparison, run),
                i -> Ink.series()[i % Ink.series().length]);
    }

    /**
     * The held-out results of an ablation's runs against N, each run a dot, its control beside it.
     * What one pool says of every smaller N is {@code expectedBestOfN(result.largest())}, and the
     * curves are {@code ablationCurves(result)}.
     *
     * @throws IllegalStateException while no run has a held-out result
     */
    public static ThemedChart ablation(Ablation.Result result) {
        return AblationChart.of(result);
    }

    /** Search score and held-out result against environment steps for each N: a colour an N. */
    public static ThemedChart ablationCurves(Ablation.Result result) {
        List<Ablation.Member> members =
                result.members().stream().filter(member -> !member.iid()).toList();
        List<Integer> sizes = members.stream().map(Ablation.Member::candidates).distinct().toList();
        Comparison comparison =
                Comparison.of(members.stream().map(Ablation.Member::run).toArray(Run[]::new));
        return CompareChart.of(
                comparison,
                run -> CompareChart.label(comparison, run),
                i ->
                        Ink.series()[
                                sizes.indexOf(members.get(i).candidates()) % Ink.series().length]);
    }

    /**
     * What a paper needs of runs, in a folder: each picture as SVG, at the width of a page with its
     * headline and notes (190 mm) and at that of a column without them (90 mm, {@code -column}),
     * with a CSV of exactly the numbers that it draws; {@code captions.txt}, the words for
     * captions; {@code results.tex}, a table; {@code methods.txt}, a paragraph a run with its
     * settings; {@code commands.sh}, how to derive them again. Steered runs are marked in each.
     *
     * @return the files
     * @throws java.io.UncheckedIOException when the folder cannot be written
     */
    public static List<Path> export(Path directory, Run... runs) {
        return new PaperExport(runs).write(directory);
    }

    /** What one candidate changed of another, line by line; of whichever runs. */
    public static SourceDiff diff(Candidate before, Candidate after) {
        return before.diff(after);
    }

    /**
     * The held-out results of runs on several tasks, random policy at 0 and each task's reference
     * at 1, every run shown. {@code normalised(NormalisedReturns.of(runs).with(...))} takes a
     * reference of your own.
     *
     * @throws IllegalArgumentException where no run can be placed; the message says why
     */
    public static ThemedChart normalised(Run... runs) {
        return normalised(NormalisedReturns.of(runs));
    }

    /** As {@link #normalised(Run...)}, of runs' folders. */
    public static ThemedChart normalised(Path... runs) {
        return normalised(NormalisedReturns.of(runs));
    }

    /** As {@link #normalised(Run...)}; its table has the numbers. */
    public static ThemedChart normalised(NormalisedReturns returns) {
        return NormalisedChart.of(returns);
    }

    /**
     * The board of a NoiseWorld, for the reader: no prompt is made from it. Policies observe the
     * codes of its cells, so a run's own Feedback class may describe them in later prompts; how
     * likely a move fails, neither this picture nor an observation shows.
     *
     * @throws IllegalArgumentException for another environment
     */
    public static Picture board(EnvironmentSpec spec) {
        return BoardPicture.of(spec);
    }

    /** The path of the run's best policy on its board, in the first episode kept for pictures. */
    public static Picture path(Run run) {
        return path(run, run.best(), run.renderSeed());
    }

    /** The path of the run's best policy on its board, in the episode of a seed. */
    public static Picture path(Run run, long seed) {
        return path(run, run.best(), seed);
    }

    /**
     * The path of a candidate on its board. The episode is rolled out by {@link Run#episode}: its
     * steps are counted under the purpose {@code render}, which no score takes in.
     *
     * @throws IllegalArgumentException for an environment without a board
     * @throws IllegalStateException when the policy fails in that episode
     */
    public static Picture path(Run run, Candidate candidate, long seed) {
        return EpisodePath.of(run, candidate, seed);
    }

    /**
     * So many stills of a film, evenly spaced from its beginning to its end, each with the steps
     * taken so far.
     *
     * @param count at least 2
     */
    public static Picture strip(Film film, int count) {
        return FilmView.strip(film, count);
    }

    /** A candidate's source, to be shown highlighted. */
    public static PythonSource source(Run run, Candidate candidate) {
        return new PythonSource(
                run.spec().policyClass()
                        + ": round "
                        + candidate.round()
                        + ", candidate "
                        + candidate.index(),
                candidate.source());
    }

    /** The source of the run's best policy, to be shown highlighted. */
    public static PythonSource source(Run run) {
        return source(run, run.best());
    }
}
