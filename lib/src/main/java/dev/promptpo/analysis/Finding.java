package dev.promptpo.analysis;

/**
 * What a run's numbers say, in words.
 *
 * @param text one or a few sentences
 */
public record Finding(String text) {
    @Override
    public String toString() {
        return text;
    }
}
