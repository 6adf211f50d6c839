package dev.promptpo.optimizer;

import dev.promptpo.ledger.LedgerReader;
import dev.promptpo.ledger.RunDocument;
import dev.promptpo.ledger.RunDocument.Parent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where a run comes from: its parents, as far as their folders lie beside it.
 *
 * @param generations the run itself first, then its parent, and so on
 */
public record Lineage(List<Generation> generations) {

    /**
     * One of them.
     *
     * @param run name of its folder
     * @param directory its folder; empty where it does not lie beside its branch
     * @param parent what it is a branch of; empty for the first of all, or where it is not known
     * @param interventions what a person did in it, what it took over included
     */
    public record Generation(
            String run,
            Optional<Path> directory,
            Optional<Parent> parent,
            List<Intervention> interventions) {
        public Generation {
            interventions = List.copyOf(interventions);
        }
    }

    public Lineage {
        generations = List.copyOf(generations);
    }

    static Lineage of(Path directory) {
        List<Generation> found = new ArrayList<>();
        Set<Path> seen = new HashSet<>();
        Path at = directory.toAbsolutePath().normalize();
        while (seen.add(at)) {
            RunDocument document = LedgerReader.open(at).run();
            found.add(
                    new Generation(
                            at.getFileName().toString(),
                            Optional.of(at),
                            document.parent(),
                            Run.look(at).interventions()));
            if (document.parent().isEmpty()) {
                break;
            }
            Parent from = document.parent().get();
            at = at.resolveSibling(from.run());
            if (!Files.exists(at.resolve("run.json"))) {
                found.add(
                        new Generation(from.run(), Optional.empty(), Optional.empty(), List.of()));
                break;
            }
        }
        return new Lineage(found);
    }

    /** A line a generation, with what was done in it. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Generation one : generations) {
            text.append(one.run());
            one.parent()
                    .ifPresent(from ->
                            text.append(": after round ")
                                    .append(from.round())
                                    .append(" of ")
                                    .append(from.run())
                                    .append(from.edit().isEmpty() ? "" : ", " + from.edit()));
            if (one.directory().isEmpty()) {
                text.append(": its folder does not lie beside its branch");
            }
            text.append('\n');
            one.interventions().forEach(done -> text.append("  ").append(done).append('\n'));
        }
        return text.toString().stripTrailing();
    }
}
