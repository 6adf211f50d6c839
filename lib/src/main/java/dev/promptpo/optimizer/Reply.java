package dev.promptpo.optimizer;

/** What a run keeps of a model's reply. */
sealed interface Reply {
    /** The text to work with. */
    record Text(String text) implements Reply {}

    /** The model answered in a way that costs the candidate; one line says why. */
    record Lost(String message) implements Reply {}
}
