package dev.promptpo.policy;

/** What a reply held. */
public sealed interface Extraction {
    /** Source code, ready to be run; it may still fail to compile. */
    record Found(String source) implements Extraction {}

    /**
     * No code.
     *
     * @param message one line: what was expected and what came
     */
    record Missing(String message) implements Extraction {}
}
