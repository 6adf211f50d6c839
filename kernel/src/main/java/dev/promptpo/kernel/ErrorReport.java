package dev.promptpo.kernel;

import java.util.ArrayList;
import java.util.List;

/**
 * A failed cell in the protocol's three parts.
 *
 * @param name the exception's class, or {@code CompileError}, or {@code Interrupted}
 * @param value its message
 * @param traceback lines for a reader, with terminal colours
 */
record ErrorReport(String name, String value, List<String> traceback) {
    private static final String RED = "\u001b[1;31m";
    private static final String GREEN = "\u001b[32m";
    private static final String RESET = "\u001b[0m";

    /** A trace longer than this is shown without its middle. */
    private static final int LONGEST_TRACE = 40;

    private static final int KEPT_AT_EACH_END = 15;

    ErrorReport {
        traceback = List.copyOf(traceback);
    }

    static ErrorReport of(Outcome.NotCompiled failure) {
        List<String> lines = new ArrayList<>();
        for (Outcome.Problem problem : failure.problems()) {
            lines.addAll(excerpt(failure.cell(), problem));
        }
        String first = failure.problems().getFirst().message().lines().findFirst().orElse("");
        return new ErrorReport("CompileError", first, lines);
    }

    static ErrorReport of(Outcome.Threw failure) {
        List<String> lines = new ArrayList<>();
        for (Outcome.Link link : failure.chain()) {
            String prefix = lines.isEmpty() ? "" : "Caused by: ";
            lines.add(RED + prefix + link.text() + RESET);
            addFrames(lines, link.frames());
        }
        Outcome.Link first = failure.chain().getFirst();
        String name = first.type().substring(first.type().lastIndexOf('.') + 1);
        return new ErrorReport(name, first.message(), lines);
    }

    static ErrorReport of(Outcome.Interrupted failure) {
        List<String> lines = new ArrayList<>();
        lines.add(RED + "Interrupted: the cell was stopped; the session is as it was." + RESET);
        addFrames(lines, failure.frames());
        return new ErrorReport("Interrupted", "the cell was stopped", lines);
    }

    /** For a failure of something else than a cell's own code. */
    static ErrorReport of(Throwable failure) {
        String text = String.valueOf(failure.getMessage());
        return new ErrorReport(
                failure.getClass().getSimpleName(),
                text,
                List.of(RED + failure.getClass().getName() + ": " + text + RESET));
    }

    private static List<String> excerpt(Cell cell, Outcome.Problem problem) {
        int line = cell.lineAt(problem.start());
        int lineStart = cell.lineStart(problem.start());
        String text = cell.line(line);
        int column = Math.min(problem.start() - lineStart, text.length());
        int width = Math.max(1, Math.min(problem.end() - problem.start(), text.length() - column));
        String[] message = problem.message().split("\n", -1);
        List<String> lines = new ArrayList<>();
        lines.add(RED + "In [" + cell.number() + "], line " + line + ": " + message[0] + RESET);
        lines.add("    " + text.replace('\t', ' '));
        lines.add("    " + " ".repeat(column) + RED + "^".repeat(width) + RESET);
        for (int i = 1; i < message.length; i++) {
            // A cell has no place of its own to speak of.
            if (!message[i].isBlank() && !message[i].strip().equals("location: class")) {
                lines.add(message[i]);
            }
        }
        return lines;
    }

    private static void addFrames(List<String> lines, List<Outcome.Frame> frames) {
        boolean excerptShown = false;
        for (int i = 0; i < frames.size(); i++) {
            if (frames.size() > LONGEST_TRACE && i == KEPT_AT_EACH_END) {
                int left = frames.size() - 2 * KEPT_AT_EACH_END;
                lines.add("    ... " + left + " more frames ...");
                i = frames.size() - KEPT_AT_EACH_END;
            }
            switch (frames.get(i)) {
                case Outcome.CellFrame frame -> {
                    String in = frame.method().isEmpty() ? "" : ", in " + frame.method();
                    lines.add(
                            "    at "
                                    + GREEN
                                    + "In ["
                                    + frame.cell().number()
                                    + "], line "
                                    + frame.line()
                                    + RESET
                                    + in);
                    if (!excerptShown) {
                        excerptShown = true;
                        lines.add("        > " + frame.cell().line(frame.line()).strip());
                    }
                }
                case Outcome.LibraryFrame frame -> lines.add("    at " + frame.element());
            }
        }
    }
}
