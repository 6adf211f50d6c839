package dev.promptpo.cli;

import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.environment.Environments;
import dev.promptpo.llm.Models;
import dev.promptpo.optimizer.PromptPO;
import dev.promptpo.optimizer.Run;
import dev.promptpo.optimizer.RunEvent;
import dev.promptpo.rollout.RolloutEngine;
import dev.promptpo.rollout.RolloutEngines;
import dev.promptpo.rollout.RolloutOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * How long rounds take when the model is slow: a run over HTTP against a server on this machine
 * that answers each request with a small policy after a fixed time. Rollouts are real.
 */
@Command(
        name = "models",
        description = "Play rounds against a slow model server on this machine and time them.",
        mixinStandardHelpOptions = true)
final class ModelBenchmark implements Callable<Integer> {
    @Spec private CommandSpec command;

    @Option(names = "--candidates", defaultValue = "10", description = "Default: ${DEFAULT-VALUE}.")
    private int candidates;

    @Option(names = "--rounds", defaultValue = "2", description = "Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--latency",
            defaultValue = "20",
            paramLabel = "SECONDS",
            description = "Of each reply. Default: ${DEFAULT-VALUE}.")
    private double latency;

    private record Row(int round, int requests, int atOnce, double seconds) {}

    @Override
    public Integer call() throws IOException {
        EnvironmentSpec spec = Environments.spec("NoiseWorld1", Environments.DEFAULT_PRESET);
        Path folder = TemporaryFolder.make();
        List<Row> rows = new ArrayList<>();
        try (SlowServer server =
                        new SlowServer(
                                Duration.ofMillis(Math.round(latency * 1000)), spec.policyClass());
                RolloutEngine engine = RolloutEngines.start(RolloutOptions.defaults());
                Run run =
                        PromptPO.on(spec)
                                .model(Models.openai("slow", server.url()))
                                .candidates(candidates)
                                .rounds(rounds)
                                .heldoutEpisodes(0)
                                .engine(engine)
                                .directory(folder.resolve("run"))
                                .observer(new Stopwatch(server, rows)::on)
                                .start()) {
            run.run();
        } finally {
            TemporaryFolder.remove(folder);
        }
        print(rows, command.commandLine().getOut());
        return ExitCodes.OK;
    }

    private void print(List<Row> rows, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "N = %d, each reply after %.1f s, NoiseWorld1, E = 5%n%n",
                candidates,
                latency);
        List<String[]> lines = new ArrayList<>();
        lines.add(new String[] {"round", "requests", "at once", "seconds"});
        for (Row row : rows) {
            lines.add(
                    new String[] {
                        String.valueOf(row.round()),
                        String.valueOf(row.requests()),
                        String.valueOf(row.atOnce()),
                        String.format(Locale.ROOT, "%.2f", row.seconds())
                    });
        }
        TextTable.print(lines, out);
        out.println();
        out.println(
                "The first round also asks for the Feedback class, beside its policies; each later"
                        + " one asks for a comparison before its policies.");
        out.flush();
    }

    /** Times rounds from their begin to their close. */
    private static final class Stopwatch {
        private final SlowServer server;
        private final List<Row> rows;
        private long begun;

        Stopwatch(SlowServer server, List<Row> rows) {
            this.server = server;
            this.rows = rows;
        }

        synchronized void on(RunEvent event) {
            switch (event) {
                case RunEvent.RoundStarted ignored -> {
                    server.reset();
                    begun = System.nanoTime();
                }
                case RunEvent.RoundClosed closed ->
                        rows.add(
                                new Row(
                                        closed.round().round(),
                                        server.requests(),
                                        server.mostAtOnce(),
                                        (System.nanoTime() - begun) / 1e9));
                default -> {
                    // only rounds are timed
                }
            }
        }
    }
}
