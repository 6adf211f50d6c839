package dev.promptpo.kernel;

import dev.promptpo.kernel.magic.Timing;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.dflib.jjava.jupyter.kernel.display.Renderer;
import org.dflib.jjava.jupyter.kernel.display.mime.MIMEType;
import org.dflib.jjava.jupyter.kernel.magic.MagicParser;

/** Runs a cell from its text to what is shown for it: magics, Java, rendering. */
final class CellRunner {
    private final Session session;
    private final Renderer renderer;
    private final MagicParser magics;
    private final PrintStream err;

    CellRunner(Session session, Renderer renderer, MagicParser magics, PrintStream err) {
        this.session = session;
        this.renderer = renderer;
        this.magics = magics;
        this.err = err;
    }

    /**
     * What a cell gave.
     *
     * @param shown its result; empty for a cell that has none or failed
     * @param error its failure
     * @param expressions what the client asked for besides, in the protocol's form
     */
    record Answer(
            Optional<DisplayData> shown,
            Optional<ErrorReport> error,
            Map<String, Object> expressions) {

        static Answer failed(ErrorReport report) {
            return new Answer(Optional.empty(), Optional.of(report), Map.of());
        }

        /** The result as text; empty where there is none. */
        String text() {
            return shown.map(data -> String.valueOf(data.getData(MIMEType.TEXT_PLAIN))).orElse("");
        }
    }

    /** Stops the cell that runs. */
    void interrupt() {
        session.interrupt();
    }

    Session session() {
        return session;
    }

    /** Whether this thread runs the user's code, so that what it evaluates is part of its cell. */
    boolean isUserThread() {
        return session.isUserThread();
    }

    /** Runs a cell and, where it succeeds, the expressions that its client wants to know. */
    Answer run(Cell cell, Map<String, String> expressions) {
        return session.asCell(() -> {
            Answer answer = answer(cell);
            if (answer.error().isPresent() || expressions.isEmpty()) {
                return answer;
            }
            Map<String, Object> values = new LinkedHashMap<>();
            expressions.forEach((name, source) ->
                    values.put(name, expression(new Cell(cell.number(), source))));
            return new Answer(answer.shown(), answer.error(), values);
        });
    }

    private Object expression(Cell cell) {
        Answer answer = answer(cell);
        return answer.error()
                .map(Replies::failure)
                .orElseGet(() -> Replies.value(answer.shown().orElse(new DisplayData())));
    }

    private Answer answer(Cell cell) {
        try {
            return switch (evaluate(cell)) {
                case Outcome.Value value -> shown(value.value().orElse(null));
                case Outcome.Done done -> new Answer(Optional.empty(), Optional.empty(), Map.of());
                case Outcome.Failure failure -> Answer.failed(ErrorReport.of(failure));
            };
        } catch (Exception | Error e) {
            return Answer.failed(ErrorReport.of(session.failure(e)));
        }
    }

    private Answer shown(Object value) throws Exception {
        if (value instanceof DisplayHandle) {
            return new Answer(Optional.empty(), Optional.empty(), Map.of());
        }
        DisplayData data = session.asUserCode(() -> show(value, List.of()));
        return new Answer(Optional.of(data), Optional.empty(), Map.of());
    }

    /**
     * Evaluates a cell's source, magics included; in the midst of another cell it is part of that.
     */
    Outcome evaluate(Cell cell) {
        Optional<String> timed = Timing.timed(cell.source());
        if (timed.isPresent()) {
            Timing timing = Timing.start();
            Outcome outcome = evaluate(new Cell(cell.number(), timed.get()));
            System.out.println(timing.text());
            return outcome;
        }
        return session.evaluateUnits(new Cell(cell.number(), withoutMagics(cell.source())));
    }

    // A % is looked at only where it keeps the cell from being Java: in a string or as an operator
    // it is no magic.
    private String withoutMagics(String source) {
        if (!source.contains("%")) {
            return source;
        }
        List<Unit> units = Unit.split(session.analysis(), source);
        return units.isEmpty() || units.getLast().complete()
                ? source
                : magics.resolveMagics(source.strip());
    }

    /**
     * A value in the forms in which it is shown; in the given MIME types where there are any. A
     * renderer that fails costs the value its other forms: it is shown as text then, and what
     * happened is printed.
     */
    DisplayData show(Object value, List<String> mimeTypes) {
        try {
            if (value instanceof DisplayData data) {
                return data;
            }
            if (value instanceof Throwable thrown && mimeTypes.isEmpty()) {
                return new DisplayData(trace(thrown));
            }
            return mimeTypes.isEmpty()
                    ? renderer.render(value)
                    : renderer.renderAs(value, mimeTypes.toArray(String[]::new));
        } catch (Exception | Error e) {
            if (session.isInterrupted()) {
                throw e;
            }
            err.println("Cannot show a " + nameOf(value) + ": " + e);
            return new DisplayData(textOf(value));
        }
    }

    /** An exception that is looked at, as one that is thrown: with causes and places. */
    private String trace(Throwable thrown) {
        Thrown.hold(thrown);
        return session.evaluateUnits(new Cell(0, Thrown.AGAIN)) instanceof Outcome.Failure failure
                ? String.join("\n", ErrorReport.of(failure).traceback())
                : textOf(thrown);
    }

    private static String textOf(Object value) {
        try {
            return ValueText.of(value);
        } catch (Exception | Error e) {
            return nameOf(value) + " (its toString failed: " + e.getClass().getName() + ")";
        }
    }

    private static String nameOf(Object value) {
        return Traces.cellName(value.getClass().getName());
    }
}
