package dev.promptpo.llm;

import dev.promptpo.llm.RelayModel.Stamp;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The page in a relay's folder that lists what is asked and what is answered. */
final class RelayStatus {
    enum State {
        PENDING,
        ANSWERED,
        LATE
    }

    private record Line(State state, Instant since, String note) {}

    private record Taken(Path answer, Stamp stamp) {}

    private static final System.Logger LOG = System.getLogger(RelayStatus.class.getName());

    private final Path page;
    private final RunContext run;
    private final Map<String, Line> lines = new TreeMap<>(Role.ORDER);
    private final Map<String, Taken> taken = new TreeMap<>();
    private boolean closed;

    RelayStatus(Path page, RunContext run) {
        this.page = page;
        this.run = run;
    }

    synchronized void set(String role, State state, String note) throws IOException {
        lines.put(role, new Line(state, Instant.now().truncatedTo(ChronoUnit.SECONDS), note));
        write();
    }

    synchronized void answered(String role, Path answer, Stamp stamp) throws IOException {
        taken.put(role, new Taken(answer, stamp));
        set(role, State.ANSWERED, "");
    }

    synchronized void close() {
        closed = true;
        try {
            write();
        } catch (IOException e) {
            // The page is for reading only; what was answered is not lost with it.
            LOG.log(Level.WARNING, "the relay's status page {0} cannot be written: {1}", page, e);
        }
    }

    synchronized void write() throws IOException {
        noteChangedAnswers();
        StringBuilder text = new StringBuilder();
        text.append("# Relay for ")
                .append(Recording.Header.of(run).summary())
                .append("\n\n")
                .append(count(State.PENDING))
                .append(" pending, ")
                .append(count(State.ANSWERED))
                .append(" answered, ")
                .append(count(State.LATE))
                .append(" no longer waited for. ")
                .append(closed ? "The run has let go of this folder. " : "")
                .append("Written ")
                .append(Instant.now().truncatedTo(ChronoUnit.SECONDS))
                .append(".\n\n| request | state | since | note |\n|---|---|---|---|\n");
        lines.forEach((role, line) ->
                text.append("| ")
                        .append(role)
                        .append(" | ")
                        .append(line.state().name().toLowerCase(Locale.ROOT))
                        .append(" | ")
                        .append(line.since())
                        .append(" | ")
                        .append(line.note().replace("|", "\\|"))
                        .append(" |\n"));
        AtomicFiles.write(page, text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** An answer that changes after it was taken comes too late; say so instead of hiding it. */
    private void noteChangedAnswers() throws IOException {
        for (Map.Entry<String, Taken> one : taken.entrySet()) {
            Taken answer = one.getValue();
            Optional<Stamp> now = Stamp.of(answer.answer());
            Line line = lines.get(one.getKey());
            if (line != null && now.isPresent() && !now.get().equals(answer.stamp())) {
                lines.put(
                        one.getKey(),
                        new Line(
                                line.state(),
                                line.since(),
                                "changed after it was taken: the change is ignored"));
            }
        }
    }

    private long count(State state) {
        return lines.values().stream().filter(line -> line.state() == state).count();
    }
}
