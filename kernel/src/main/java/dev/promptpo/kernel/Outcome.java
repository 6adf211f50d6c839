package dev.promptpo.kernel;

import java.util.List;
import java.util.Optional;

/** How a cell ended. */
public sealed interface Outcome {

    /**
     * The cell ran to its end and its last piece is an expression; {@code value} empty for null.
     */
    record Value(Optional<Object> value) implements Outcome {}

    /** The cell ran to its end and its last piece has no value: a declaration, an assignment. */
    record Done() implements Outcome {}

    /** The cell did not come to its end. */
    sealed interface Failure extends Outcome {}

    /** A piece of the cell was refused by the compiler; the pieces before it have run. */
    record NotCompiled(Cell cell, List<Problem> problems) implements Failure {
        public NotCompiled {
            problems = List.copyOf(problems);
            if (problems.isEmpty()) {
                throw new IllegalArgumentException("no problem");
            }
        }
    }

    /** The cell threw: the exception first, then its causes. */
    record Threw(List<Link> chain) implements Failure {
        public Threw {
            chain = List.copyOf(chain);
        }
    }

    /**
     * The cell was interrupted, at these frames where it was running code.
     *
     * @param leftBehind whether that code did not end in time and still runs, on its own thread
     */
    record Interrupted(List<Frame> frames, boolean leftBehind) implements Failure {
        public Interrupted {
            frames = List.copyOf(frames);
        }
    }

    /**
     * What the compiler says about a place in a cell.
     *
     * @param start offset in the cell of the first character that is meant
     * @param end offset after the last one
     */
    record Problem(int start, int end, String message) {}

    /** One exception of a chain of causes: its class, its {@code toString()}, its frames. */
    record Link(String type, String message, String text, List<Frame> frames) {
        public Link {
            frames = List.copyOf(frames);
        }
    }

    /** A frame of a stack trace. */
    sealed interface Frame {}

    /** A line of a cell; {@code method} is empty for code outside of methods. */
    record CellFrame(Cell cell, int line, String method) implements Frame {}

    /** A line of a library. */
    record LibraryFrame(StackTraceElement element) implements Frame {}
}
