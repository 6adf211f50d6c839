package dev.promptpo.kernel;

/**
 * Something that has been displayed and can be replaced. As the last value of a cell it shows
 * nothing: what it stands for is there already.
 *
 * @param id the display's id in the protocol
 */
public record DisplayHandle(String id) {
    /** Shows a value in this display's place, wherever that is. */
    public void update(Object value, String... mimeTypes) {
        Notebook.updateDisplay(id, value, mimeTypes);
    }
}
