package dev.promptpo.cli;

import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.environment.EnvironmentSpec.Lifetime;
import dev.promptpo.environment.Environments;
import dev.promptpo.environment.RenderException;
import dev.promptpo.film.Episode;
import dev.promptpo.film.Film;
import dev.promptpo.film.FilmSettings;
import dev.promptpo.film.Studio;
import dev.promptpo.rollout.Purpose;
import dev.promptpo.rollout.RolloutEngine;
import dev.promptpo.rollout.RolloutEngines;
import dev.promptpo.rollout.RolloutOptions;
import dev.promptpo.rollout.RolloutRequest;
import dev.promptpo.rollout.RolloutResult.Completed;
import dev.promptpo.rollout.RolloutResult.Failed;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * How fast episodes are drawn. Some episodes of a policy that trembles at random are rolled out,
 * and filmed one after another by one process.
 */
@Command(
        name = "film",
        description = "Film some episodes and say how many pictures a second were drawn.",
        mixinStandardHelpOptions = true)
final class FilmBenchmark implements Callable<Integer> {
    @Spec private CommandSpec command;

    @Parameters(
            arity = "0..*",
            paramLabel = "ID",
            description =
                    "Environments. Default: Hopper-v5 HalfCheetah-v5 PointMaze button-press-v3"
                            + " NoiseWorld2.")
    private List<String> environments =
            List.of("Hopper-v5", "HalfCheetah-v5", "PointMaze", "button-press-v3", "NoiseWorld2");

    @Option(names = "--films", defaultValue = "5", description = "Default: ${DEFAULT-VALUE}.")
    private int films;

    @Option(names = "--width", defaultValue = "320", description = "Default: ${DEFAULT-VALUE}.")
    private int width;

    @Option(names = "--height", defaultValue = "240", description = "Default: ${DEFAULT-VALUE}.")
    private int height;

    @Option(
            names = "--video",
            defaultValue = "GIF",
            description = "GIF, MP4 or BEST. Default: ${DEFAULT-VALUE}.")
    private FilmSettings.Video video;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = command.commandLine().getOut();
        FilmSettings settings = FilmSettings.DEFAULT.size(width, height).video(video);
        List<String[]> rows = new ArrayList<>();
        rows.add(
                new String[] {
                    "environment",
                    "size",
                    "pictures",
                    "pictures/s",
                    "best film",
                    "CPU ms a picture",
                    "first, ms",
                    "s a film",
                    "kB a picture",
                    "drawn by"
                });
        int drawn = 0;
        try (RolloutEngine engine = RolloutEngines.start(RolloutOptions.defaults())) {
            for (String id : environments) {
                EnvironmentSpec spec = Environments.spec(id);
                List<Episode> episodes = episodes(engine, spec);
                try {
                    rows.add(row(spec, episodes, settings));
                    drawn++;
                } catch (RenderException e) {
                    rows.add(
                            new String[] {
                                id, "-", "-", "-", "-", "-", "-", "-", "-", e.getMessage()
                            });
                }
            }
        }
        TextTable.print(rows, out);
        out.println();
        out.println("Pictures a second: drawing alone, after a film's first picture; median film.");
        out.println("Seconds a film: everything but the rollout and the start of the process.");
        out.flush();
        return drawn == 0 ? ExitCodes.FAILED : ExitCodes.OK;
    }

    private List<Episode> episodes(RolloutEngine engine, EnvironmentSpec spec)
            throws InterruptedException {
        List<Long> seeds = LongStream.range(0, films).boxed().toList();
        RolloutRequest request =
                new RolloutRequest(
                        spec.id(),
                        spec.preset(),
                        trembling(spec),
                        "",
                        seeds,
                        Lifetime.EPISODE,
                        Purpose.RENDER,
                        1,
                        true);
        Completed done =
                switch (engine.rollout(request)) {
                    case Completed completed -> completed;
                    case Failed failed ->
                            throw new IllegalStateException(
                                    spec.id() + " cannot be rolled out: " + failed.message());
                };
        List<Episode> episodes = new ArrayList<>();
        for (int i = 0; i < seeds.size(); i++) {
            episodes.add(
                    new Episode(
                            spec,
                            "a trembling policy",
                            seeds.get(i),
                            done.trace().orElseThrow().episode(i),
                            done.returns().get(i),
                            done.successes().get(i),
                            OptionalDouble.empty(),
                            done.lengths().get(i),
                            false));
        }
        return episodes;
    }

    private static String trembling(EnvironmentSpec spec) {
        String action =
                spec.action().discrete()
                        ? "int(np.random.randint(" + spec.action().n() + "))"
                        : "0.1 * np.random.randn(" + spec.actionSize() + ")";
        return """
        import numpy as np
        class Policy:
            def act(self, obs):
                return %s
        """
                .formatted(action);
    }

    private static String[] row(
            EnvironmentSpec spec, List<Episode> episodes, FilmSettings settings) {
        double[] rates = new double[episodes.size()];
        double[] firsts = new double[episodes.size()];
        double processor = 0;
        int pictures = 0;
        long bytes = 0;
        double seconds = 0;
        Film film = null;
        try (Studio studio = Studio.open(spec)) {
            for (int i = 0; i < episodes.size(); i++) {
                long begun = System.nanoTime();
                film = studio.film(episodes.get(i), settings);
                seconds += (System.nanoTime() - begun) / 1e9;
                rates[i] = (film.states().size() - 1) / film.timing().othersSeconds();
                firsts[i] = film.timing().firstSeconds();
                processor += film.timing().othersProcessorSeconds();
                pictures += film.states().size();
                bytes += film.video().bytes().length;
            }
        }
        Arrays.sort(rates);
        Arrays.sort(firsts);
        return new String[] {
            spec.id(),
            film.width() + " x " + film.height(),
            String.valueOf(pictures),
            number("%.0f", rates[rates.length / 2]),
            number("%.0f", rates[rates.length - 1]),
            number("%.1f", 1e3 * processor / (pictures - episodes.size())),
            number("%.0f", 1e3 * firsts[firsts.length / 2]),
            number("%.1f", seconds / episodes.size()),
            number("%.1f", bytes / 1e3 / pictures),
            film.timing().renderer()
        };
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
