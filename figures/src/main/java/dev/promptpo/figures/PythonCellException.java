package dev.promptpo.figures;

import dev.promptpo.python.PythonException;
import java.util.regex.Pattern;

/**
 * What Python raised in a cell. Its text is Python's own traceback, without the frames of what runs
 * the cell; its message is the last line of that.
 */
final class PythonCellException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The name, in Python's tracebacks, of the code that runs cells. */
    static final String MACHINERY = "<promptpo>";

    /**
     * A frame of that code, of the bridge to Java, or of the parser that they call: the line that
     * names it, and those that show its source.
     */
    private static final Pattern MACHINERY_FRAME =
            Pattern.compile(
                    "(?m)^ {2}File \"(?:<promptpo>|<promptpo bridge>|<expression>|.*/ast\\.py)\", line"
                            + " \\d+, in .*\\R(?: {4}.*\\R)*");

    private final String traceback;

    private PythonCellException(String message, String traceback) {
        // Where in Java it was thrown tells a reader nothing.
        super(message, null, false, false);
        this.traceback = traceback;
    }

    static PythonCellException of(PythonException raised) {
        String traceback = MACHINERY_FRAME.matcher(raised.traceback()).replaceAll("");
        return new PythonCellException(
                raised.getMessage(),
                // Nothing of the cell is in it: what was handed over could not be.
                traceback.contains("  File ") ? traceback.stripTrailing() : raised.getMessage());
    }

    /** As Python shows it. */
    @Override
    public String toString() {
        return traceback;
    }
}
