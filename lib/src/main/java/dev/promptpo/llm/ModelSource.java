package dev.promptpo.llm;

/** Where a model comes from; {@link Models} makes them. Immutable, holds no key. */
public interface ModelSource {

    /**
     * How a command line names it, for example {@code replay}, {@code relay:answers} or {@code
     * openai:NAME@http://localhost:8000/v1}; {@link Models#parse} reads it back.
     */
    String name();

    /**
     * Opens it for a run. Nothing is asked and nothing spent yet; a missing key and a recording
     * that does not fit are found here.
     *
     * @throws ModelUnavailableException with one line that says what is missing and what to do
     */
    LanguageModel open(RunContext run);
}
