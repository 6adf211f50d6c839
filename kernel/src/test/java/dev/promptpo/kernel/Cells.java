package dev.promptpo.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

/** A session to test with: cells get their numbers, notices are kept. */
final class Cells implements AutoCloseable {
    private final List<String> notices = new ArrayList<>();
    private final Session session =
            new Session(
                    Cells.class.getClassLoader(),
                    System.getProperty("java.class.path"),
                    notices::add);
    private int number;

    Session session() {
        return session;
    }

    List<String> notices() {
        return notices;
    }

    /** The number of the last cell. */
    int number() {
        return number;
    }

    /** Evaluates the next cell. */
    Outcome run(String source) {
        return session.evaluate(new Cell(++number, source));
    }

    /** The value of the next cell, which must have one. */
    Object value(String source) {
        Outcome outcome = run(source);
        assertThat(outcome).isInstanceOf(Outcome.Value.class);
        return ((Outcome.Value) outcome).value().orElse(null);
    }

    /** What a reader of the failed cell sees, without colours. */
    List<String> failure(String source) {
        ErrorReport report =
                switch (run(source)) {
                    case Outcome.Failure failure -> ErrorReport.of(failure);
                    case Outcome.Value value -> throw new AssertionError("gave " + value);
                    case Outcome.Done done -> throw new AssertionError("did not fail");
                };
        return report.traceback().stream()
                .map(line -> line.replaceAll("\u001b\\[[0-9;]*m", ""))
                .toList();
    }

    @Override
    public void close() {
        session.close();
    }
}
