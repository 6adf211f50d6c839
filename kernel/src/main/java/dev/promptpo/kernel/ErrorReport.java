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
    /** Bold rather than red: pages show errors on a red ground, where red cannot be read. */
    private static final String BOLD = "\u001b[1m";

    private static final String GREEN = "\u001b[32m";
    private static final String RESET = "\u001b[0m";

    private static final String INTERRUPTED = "Interrupted";

    /** A trace longer than this is shown without its middle. */
    private static final int LONGEST_TRACE = 40;

    private static final int KEPT_AT_EACH_END = 15;

    /** How the framework begins the message of an exception around what a magic threw. */
    private static final String OF_A_MAGIC = "Exception occurred while running ";

    /** What the framework writes in place of a magic; nothing that a reader has written. */
    private static final String CALL_OF_A_MAGIC = "BaseNotebookStatics.";

    /** How Java names a class whose static initialiser has failed before. */
    private static final String NOT_STARTED = "Could not initialize class ";

    private static final String START_AGAIN =
            "Java starts a class only once: run the cell that declares it again;"
                    + " for a library's, restart the kernel.";

    ErrorReport {
        traceback = List.copyOf(traceback);
    }

    static ErrorReport of(Outcome.Failure failure) {
        return switch (failure) {
            case Outcome.NotCompiled notCompiled -> compileError(notCompiled);
            case Outcome.Threw threw -> exception(threw);
            case Outcome.Interrupted interrupted -> interruption(interrupted);
        };
    }

    private static ErrorReport compileError(Outcome.NotCompiled failure) {
        List<String> lines = new ArrayList<>();
        for (Outcome.Problem problem : failure.problems()) {
            lines.addAll(excerpt(failure.cell(), problem));
        }
        String first = failure.problems().getFirst().message().lines().findFirst().orElse("");
        return new ErrorReport("CompileError", first, lines);
    }

    private static ErrorReport exception(Outcome.Threw failure) {
        List<String> lines = new ArrayList<>();
        List<Outcome.Link> chain = telling(failure.chain());
        for (Outcome.Link link : chain) {
            String prefix = lines.isEmpty() ? "" : "Caused by: ";
            lines.add(BOLD + prefix + link.text() + RESET);
            addFrames(lines, link.frames());
        }
        if (chain.stream().anyMatch(link -> link.message().startsWith(NOT_STARTED))) {
            lines.add(START_AGAIN);
        }
        Outcome.Link first = chain.getFirst();
        String name = first.type().substring(first.type().lastIndexOf('.') + 1);
        return new ErrorReport(name, first.message(), lines);
    }

    /**
     * The links that tell a reader something: the first, and each cause that says what none before
     * it said, or happened at another place of a cell.
     */
    private static List<Outcome.Link> telling(List<Outcome.Link> chain) {
        List<Outcome.Link> telling = new ArrayList<>();
        boolean wrapped = chain.size() > 1 && chain.getFirst().message().startsWith(OF_A_MAGIC);
        for (Outcome.Link link : wrapped ? chain.subList(1, chain.size()) : chain) {
            boolean said =
                    telling.stream()
                            .anyMatch(before ->
                                    repeats(link.message(), before.message())
                                            && cellFrames(before).containsAll(cellFrames(link)));
            if (!said) {
                telling.add(link);
            }
        }
        return telling;
    }

    private static boolean repeats(String message, String before) {
        return !message.isBlank()
                && !before.isBlank()
                && (before.contains(message) || message.endsWith(before));
    }

    private static List<Outcome.Frame> cellFrames(Outcome.Link link) {
        return link.frames().stream().filter(Outcome.CellFrame.class::isInstance).toList();
    }

    /** The same of a cell that the kernel has stopped since it left no memory: it is told why. */
    ErrorReport ofMemory() {
        if (!name.equals(INTERRUPTED)) {
            return this;
        }
        String told = "the kernel stopped the cell: it had used up all memory, and went on";
        List<String> lines = new ArrayList<>(traceback);
        lines.set(0, BOLD + "OutOfMemoryError: " + told + RESET);
        return new ErrorReport("OutOfMemoryError", told, lines);
    }

    private static ErrorReport interruption(Outcome.Interrupted failure) {
        List<String> lines = new ArrayList<>();
        lines.add(BOLD + "Interrupted: the cell was stopped; the session is as it was." + RESET);
        if (failure.leftBehind()) {
            lines.add(
                    "Its code did not end in time: it was left behind, on a thread of its own, here:");
        }
        addFrames(lines, failure.frames());
        return new ErrorReport(INTERRUPTED, "the cell was stopped", lines);
    }

    /** For a failure of something else than a cell's own code. */
    static ErrorReport of(Throwable failure) {
        String text = String.valueOf(failure.getMessage());
        return new ErrorReport(
                failure.getClass().getSimpleName(),
                text,
                List.of(BOLD + failure.getClass().getName() + ": " + text + RESET));
    }

    private static List<String> excerpt(Cell cell, Outcome.Problem problem) {
        int line = cell.lineAt(problem.start());
        int lineStart = cell.lineStart(problem.start());
        String text = cell.line(line);
        int column = Math.min(problem.start() - lineStart, text.length());
        int width = Math.max(1, Math.min(problem.end() - problem.start(), text.length() - column));
        String[] message = problem.message().split("\n", -1);
        List<String> lines = new ArrayList<>();
        lines.add(BOLD + "In [" + cell.number() + "], line " + line + ": " + message[0] + RESET);
        lines.add("    " + text.replace('\t', ' '));
        lines.add("    " + " ".repeat(column) + BOLD + "^".repeat(width) + RESET);
        for (int i = 1; i < message.length; i++) {
            // A cell has no place of its own to speak of.
            if (!message[i].isBlank() && !message[i].strip().equals("location: class")) {
                lines.add(message[i]);
            }
        }
        return lines;
    }

    private static void addFrames(List<String> lines, List<Outcome.Frame> frames) {
        List<String> shown = new ArrayList<>();
        boolean excerptShown = false;
        int kept = frames.stream().anyMatch(Outcome.CellFrame.class::isInstance) ? 1 : 3;
        for (int i = 0; i < frames.size(); ) {
            int library = libraryFramesFrom(frames, i);
            if (library > kept + 1) {
                frames.subList(i, i + kept).forEach(frame -> shown.add("    at " + text(frame)));
                shown.add("    ... " + (library - kept) + " more in libraries");
                i += library;
                continue;
            }
            int times = 1;
            while (i + times < frames.size() && frames.get(i + times).equals(frames.get(i))) {
                times++;
            }
            shown.add(
                    "    at " + text(frames.get(i)) + (times > 1 ? " (" + times + " times)" : ""));
            if (!excerptShown
                    && frames.get(i) instanceof Outcome.CellFrame frame
                    && !frame.cell().line(frame.line()).contains(CALL_OF_A_MAGIC)) {
                excerptShown = true;
                shown.add("        > " + frame.cell().line(frame.line()).strip());
            }
            i += times;
        }
        if (shown.size() > LONGEST_TRACE) {
            lines.addAll(shown.subList(0, KEPT_AT_EACH_END));
            lines.add("    ... " + (shown.size() - 2 * KEPT_AT_EACH_END) + " more lines ...");
            lines.addAll(shown.subList(shown.size() - KEPT_AT_EACH_END, shown.size()));
        } else {
            lines.addAll(shown);
        }
    }

    /** How many frames of libraries follow each other from here on. */
    private static int libraryFramesFrom(List<Outcome.Frame> frames, int start) {
        int end = start;
        while (end < frames.size() && frames.get(end) instanceof Outcome.LibraryFrame) {
            end++;
        }
        return end - start;
    }

    private static String text(Outcome.Frame frame) {
        return switch (frame) {
            case Outcome.CellFrame cell -> {
                String place = "In [" + cell.cell().number() + "], line " + cell.line();
                String in = cell.method().isEmpty() ? "" : ", in " + cell.method();
                yield GREEN + place + RESET + in;
            }
            case Outcome.LibraryFrame library -> library.element().toString();
        };
    }
}
