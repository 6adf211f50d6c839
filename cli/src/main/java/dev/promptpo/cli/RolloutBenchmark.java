package dev.promptpo.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.promptpo.python.PythonInstallation;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * What the rollout engine costs: CPU time a step beside a plain loop in one process and beside two
 * bare processes, what a candidate waits for, and the way from Java to Python.
 *
 * <p>All but the last is measured by {@code promptpo_rollout.benchmark}, in Python, where the
 * engine's processes are.
 */
@Command(
        name = "rollout",
        description = "Measure the rollout engine beside a plain loop in one process.",
        mixinStandardHelpOptions = true)
final class RolloutBenchmark implements Callable<Integer> {
    private static final String MODULE = "promptpo_rollout.benchmark";

    /** Those that the module has a policy and a target for. */
    private static final List<String> TIMED =
            List.of("HalfCheetah-v5", "Hopper-v5", "Ant-v5", "Swimmer-v5", "NoiseWorld1");

    @Spec private CommandSpec command;

    /** What can be measured by itself. */
    enum Part {
        workers,
        candidate,
        endless,
        steps,
        bridge
    }

    @Option(
            names = "--part",
            paramLabel = "PART",
            description = "${COMPLETION-CANDIDATES}; repeatable. Default: all.")
    private List<Part> parts = List.of(Part.values());

    @Option(
            names = "--environment",
            paramLabel = "ID",
            description = "Of the steps; repeatable. Default: all that have a target.")
    private List<String> environments = List.of();

    @Option(
            names = "--pairs",
            defaultValue = "7",
            description = "How often what is compared takes turns. Default: ${DEFAULT-VALUE}.")
    private int pairs;

    /**
     * One line of the table.
     *
     * @param atMost whether the target is the highest value that will do, or the lowest
     */
    record Measure(
            String name,
            String unit,
            double median,
            double lowest,
            double highest,
            int count,
            double target,
            boolean atMost,
            String detail) {

        boolean reached() {
            return atMost ? median <= target : median >= target;
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        for (String id : environments) {
            if (!TIMED.contains(id)) {
                throw new ParameterException(
                        command.commandLine(),
                        "--environment is one of " + String.join(", ", TIMED) + "; it was " + id);
            }
        }
        PrintWriter out = command.commandLine().getOut();
        out.printf(
                Locale.ROOT,
                "%d processors, load %.1f; medians, from lowest to highest%n",
                Runtime.getRuntime().availableProcessors(),
                load());
        out.flush();
        List<Measure> measures = new ArrayList<>();
        if (parts.stream().anyMatch(part -> part != Part.bridge)) {
            measures.addAll(inPython(out));
        }
        if (parts.contains(Part.bridge)) {
            measures.addAll(BridgeBenchmark.run());
        }
        print(measures, out);
        out.printf(Locale.ROOT, "Load at the end %.1f%n", load());
        out.flush();
        return ExitCodes.OK;
    }

    /** Each is also written as soon as it is known: all together take some minutes. */
    private List<Measure> inPython(PrintWriter out) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>();
        line.add(PythonInstallation.find().interpreter().toString());
        line.addAll(List.of("-m", MODULE, "--pairs", Integer.toString(pairs)));
        environments.forEach(id -> line.addAll(List.of("--environment", id)));
        parts.stream().filter(part -> part != Part.bridge).map(Part::name).forEach(line::add);
        Process python =
                new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        List<Measure> found = new ArrayList<>();
        try (BufferedReader lines = python.inputReader()) {
            for (String text = lines.readLine(); text != null; text = lines.readLine()) {
                Measure measure = measure(new ObjectMapper().readTree(text));
                found.add(measure);
                out.println(
                        "... "
                                + measure.name()
                                + ": "
                                + number(measure.median())
                                + " "
                                + measure.unit());
                out.flush();
            }
            if (python.waitFor() != 0) {
                throw new IllegalStateException(
                        "the measurements in Python ended early: see what they wrote above");
            }
        } finally {
            // Its pool ends with it.
            python.destroyForcibly();
        }
        return found;
    }

    private static Measure measure(JsonNode json) {
        return new Measure(
                json.path("measure").asText(),
                json.path("unit").asText(),
                json.path("median").asDouble(),
                json.path("lowest").asDouble(),
                json.path("highest").asDouble(),
                json.path("count").asInt(),
                json.path("target").asDouble(),
                json.path("at_most").asBoolean(),
                json.path("detail").asText());
    }

    private static void print(List<Measure> measures, PrintWriter out) {
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"measure", "median", "range", "", "of", "target", "reached", ""});
        for (Measure measure : measures) {
            rows.add(
                    new String[] {
                        measure.name(),
                        number(measure.median()),
                        number(measure.lowest()) + " to " + number(measure.highest()),
                        measure.unit(),
                        Integer.toString(measure.count()),
                        (measure.atMost() ? "at most " : "at least ") + number(measure.target()),
                        measure.reached() ? "yes" : "no",
                        measure.detail()
                    });
        }
        TextTable.print(rows, Set.of(1, 4), out);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.1f", value);
    }

    private static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }
}
