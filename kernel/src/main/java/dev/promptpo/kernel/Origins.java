package dev.promptpo.kernel;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import jdk.jshell.Snippet;

/** Which piece of which cell each of JShell's snippets was made of. */
final class Origins {
    private final Map<String, Origin> byId = new ConcurrentHashMap<>();
    private Origin current = new Origin(new Cell(0, ""), new Unit("", 0, true));

    /** A piece of a cell. */
    record Origin(Cell cell, Unit unit) {
        /** The offset in the cell of an offset in a snippet that was made of the unit. */
        int offsetInCell(String snippetSource, long offset) {
            int within = Math.max(0, unit.source().indexOf(snippetSource));
            return Math.min(unit.offsetInCell(within + (int) offset), cell.source().length());
        }
    }

    /** Snippets that are made from now on are made of this. */
    void enter(Origin origin) {
        current = origin;
    }

    Origin current() {
        return current;
    }

    /** Names a new snippet; JShell calls it before the snippet runs. */
    String register(Snippet snippet, int number) {
        String id = String.valueOf(number);
        byId.put(id, current);
        return id;
    }

    /** The origin of a snippet that JShell has made. */
    Origin of(Snippet snippet) {
        return Objects.requireNonNull(byId.get(snippet.id()), "snippet of no cell");
    }

    /** The origin of the snippet with this id, if it is one. */
    Optional<Origin> of(String id) {
        return Optional.ofNullable(byId.get(id));
    }
}
