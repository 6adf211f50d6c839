package dev.promptpo.film;

import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.environment.EnvironmentSpec.ActionSpace;
import dev.promptpo.environment.EnvironmentSpec.ObservationField;
import dev.promptpo.rollout.Trace;
import java.util.function.IntToDoubleFunction;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** An episode's steps as a table; {@link Episode#table} says which columns. */
final class EpisodeTable {
    private EpisodeTable() {}

    static Table of(Episode episode) {
        EnvironmentSpec spec = episode.spec();
        Trace trace = episode.trace();
        int length = episode.length();
        Table table = Table.create(episode.stamped(episode.title()));
        IntColumn step = IntColumn.create("step");
        for (int i = 0; i < length; i++) {
            step.append(i + 1);
        }
        table.addColumns(step);
        for (ObservationField field : spec.observation()) {
            // Fields of a preset that this trace was made without lie beyond its frame.
            for (int at = field.start(); at < Math.min(field.stop(), trace.observation()); at++) {
                String name =
                        field.shape().isEmpty()
                                ? field.name()
                                : field.name() + "[" + (at - field.start()) + "]";
                int column = at;
                table.addColumns(numbers(name, length, i -> trace.value(0, i, column)));
            }
        }
        addActions(table, spec.action(), trace, length);
        int reward = trace.observation() + trace.action();
        table.addColumns(numbers("reward", length, i -> trace.value(0, i, reward)));
        double[] sum = {0};
        table.addColumns(
                numbers("return_so_far", length, i -> sum[0] += trace.value(0, i, reward)));
        return table;
    }

    private static void addActions(Table table, ActionSpace space, Trace trace, int length) {
        int first = trace.observation();
        if (space.discrete()) {
            StringColumn names = StringColumn.create("action");
            for (int i = 0; i < length; i++) {
                int action = (int) trace.value(0, i, first);
                names.append(
                        action >= 0 && action < space.names().size()
                                ? space.names().get(action)
                                : String.valueOf(action));
            }
            table.addColumns(names);
            return;
        }
        for (int k = 0; k < trace.action(); k++) {
            int column = first + k;
            table.addColumns(numbers("action[" + k + "]", length, i -> trace.value(0, i, column)));
        }
    }

    private static DoubleColumn numbers(String name, int length, IntToDoubleFunction value) {
        DoubleColumn column = DoubleColumn.create(name);
        for (int i = 0; i < length; i++) {
            column.append(value.applyAsDouble(i));
        }
        return column;
    }
}
