package dev.promptpo.figures;

import dev.promptpo.python.PythonException;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** What Python raised in a cell, with the lines of the cell that it came through. */
final class PythonCellException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final Pattern FRAME =
            Pattern.compile("File \"<cell>\", line (\\d+)(?:, in (\\S+))?");

    private PythonCellException(String message, PythonException raised) {
        super(message, raised);
    }

    static PythonCellException of(PythonException raised, String source) {
        List<String> lines = source.lines().toList();
        StringBuilder message = new StringBuilder(raised.getMessage());
        FRAME.matcher(raised.traceback())
                .results()
                .forEach(frame -> message.append(place(frame, lines)));
        return new PythonCellException(message.toString(), raised);
    }

    /** As Python shows it: its own type stands in the message. */
    @Override
    public String toString() {
        return getMessage();
    }

    private static String place(MatchResult frame, List<String> lines) {
        int line = Integer.parseInt(frame.group(1));
        String in =
                frame.group(2) == null || frame.group(2).equals("<module>") ? "" : frame.group(2);
        String text = line <= lines.size() ? lines.get(line - 1).strip() : "";
        return "\n    line " + line + (in.isEmpty() ? "" : ", in " + in) + ": " + text;
    }
}
