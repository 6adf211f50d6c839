package dev.promptpo.kernel;

import java.util.Arrays;
import java.util.Objects;
import java.util.UUID;
import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;

/** What every cell can call without an import. */
public final class Notebook {
    private Notebook() {}

    /**
     * Shows a value below the cell, as the last value of a cell would be shown.
     *
     * @return for {@link DisplayHandle#update(Object, String...)}
     */
    public static DisplayHandle display(Object value) {
        return display(value, new String[0]);
    }

    /**
     * Shows a value in the given forms, for example {@code display(text, "text/html")}.
     *
     * @param mimeTypes the wanted MIME types; none for what the value's type prefers
     * @return for {@link DisplayHandle#update(Object, String...)}
     */
    public static DisplayHandle display(Object value, String... mimeTypes) {
        DisplayData data = render(value, mimeTypes);
        String id = Objects.requireNonNullElseGet(data.getDisplayId(), Notebook::newId);
        data.setDisplayId(id);
        kernel().display(data);
        return new DisplayHandle(id);
    }

    /** Shows a value in place of what was displayed under this id, wherever that is. */
    public static void updateDisplay(String id, Object value, String... mimeTypes) {
        kernel().getIO().display.updateDisplay(id, render(value, mimeTypes));
    }

    /** Shows a value in place of what was displayed before. */
    public static void updateDisplay(DisplayHandle display, Object value, String... mimeTypes) {
        updateDisplay(display.id(), value, mimeTypes);
    }

    /**
     * Shows a value as text in the client's pager, where it has one, when the cell has ended: what
     * is long and need not stay in the notebook.
     */
    public static void page(Object value) {
        kernel().page(render(value, "text/plain"));
    }

    /** Removes what the running cell has shown so far. */
    public static void clearOutput() {
        clearOutput(false);
    }

    /**
     * Removes what the running cell has shown so far.
     *
     * @param wait true to do so only when there is something new to show, which does not flicker
     */
    public static void clearOutput(boolean wait) {
        kernel().clearOutput(wait);
    }

    /** A value in the forms in which a notebook would show it. */
    public static DisplayData render(Object value, String... mimeTypes) {
        return kernel().show(value, Arrays.asList(mimeTypes));
    }

    private static JavaKernel kernel() {
        if (BaseKernel.notebookKernel() instanceof JavaKernel kernel) {
            return kernel;
        }
        throw new IllegalStateException(
                "dev.promptpo.kernel.Notebook works in its own kernel only; in another, use what"
                        + " that kernel offers");
    }

    private static String newId() {
        return UUID.randomUUID().toString();
    }
}
