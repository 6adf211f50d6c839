package dev.promptpo.cli;

import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.environment.EnvironmentSpec.ActionSpace;
import dev.promptpo.environment.EnvironmentSpec.ObservationField;
import dev.promptpo.environment.EnvironmentSpec.Reference;
import dev.promptpo.environment.Environments;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists the environments, or shows one. */
@Command(
        name = "environments",
        description = "List the environments, or show one with its observation table.",
        mixinStandardHelpOptions = true)
final class EnvironmentsCommand implements Callable<Integer> {
    @Spec private CommandSpec command;

    @Parameters(
            arity = "0..1",
            paramLabel = "ID",
            description =
                    "Environment to show, for example NoiseWorld1,"
                            + EnvironmentArgument.OR_A_FILE
                            + ".")
    private Optional<String> id;

    @Option(
            names = "--preset",
            defaultValue = "paper",
            paramLabel = "PRESET",
            description = "paper or release: whose rules to show. Default: ${DEFAULT-VALUE}.")
    private String preset;

    @Option(names = "--json", description = "Print one JSON document and nothing else.")
    private boolean json;

    @Override
    public Integer call() {
        PrintWriter out = command.commandLine().getOut();
        if (id.isPresent()) {
            String known = EnvironmentArgument.id(id.get());
            if (json) {
                out.println(Environments.document(known, preset));
            } else {
                show(Environments.spec(known, preset), out);
            }
        } else if (json) {
            out.println(Environments.listDocument());
        } else {
            list(out);
        }
        out.flush();
        return ExitCodes.OK;
    }

    private static void list(PrintWriter out) {
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"id", "family", "horizon", "title"});
        Environments.list()
                .forEach(e ->
                        rows.add(
                                new String[] {
                                    e.id(), e.family(), String.valueOf(e.horizon()), e.title()
                                }));
        TextTable.print(rows, out);
        out.println();
        out.println("Show one: ./promptpo environments ID");
    }

    private static void show(EnvironmentSpec spec, PrintWriter out) {
        out.printf("%s: %s (preset %s)%n", spec.id(), spec.title(), spec.preset());
        out.printf(
                "Gymnasium id %s; at most %d steps; a policy object lives for one %s%n%n",
                spec.gymnasiumId(),
                spec.horizon(),
                spec.lifetime().name().toLowerCase(Locale.ROOT));
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"obs.", "index", "shape", "unit", "low", "high", "meaning"});
        for (ObservationField field : spec.observation()) {
            rows.add(
                    new String[] {
                        field.name(),
                        field.extra()
                                ? "extra"
                                : field.shape().isEmpty()
                                        ? String.valueOf(field.start())
                                        : field.start() + ":" + field.stop(),
                        field.shape().isEmpty() ? "" : field.shape().toString(),
                        field.unit(),
                        field.low().isPresent() ? number(field.low().getAsDouble()) : "",
                        field.high().isPresent() ? number(field.high().getAsDouble()) : "",
                        field.meaning()
                    });
        }
        TextTable.print(rows, out);
        out.println();
        action(spec.action(), out);
        out.println("Reward: " + spec.reward().text().strip());
        out.println("Ends: " + spec.termination().strip());
        reference("Random policy", spec.references().random(), out);
        reference("Best known", spec.references().best(), out);
    }

    private static void action(ActionSpace action, PrintWriter out) {
        if (action.discrete()) {
            List<String> names = new ArrayList<>();
            for (int i = 0; i < action.names().size(); i++) {
                names.add(i + " " + action.names().get(i));
            }
            out.println("Action: one of " + String.join(", ", names));
            return;
        }
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"action", "name", "unit", "low", "high"});
        for (int i = 0; i < action.names().size(); i++) {
            rows.add(
                    new String[] {
                        String.valueOf(i),
                        action.names().get(i),
                        i < action.units().size() ? action.units().get(i) : "",
                        number(action.low().get(i)),
                        number(action.high().get(i))
                    });
        }
        TextTable.print(rows, out);
        out.println();
    }

    private static void reference(String name, Optional<Reference> reference, PrintWriter out) {
        reference.ifPresent(r ->
                out.printf(
                        Locale.ROOT,
                        "%s: return %.3f (%s, %s)%n",
                        name,
                        r.value(),
                        r.kind(),
                        r.source()));
    }

    private static String number(double value) {
        return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
    }
}
