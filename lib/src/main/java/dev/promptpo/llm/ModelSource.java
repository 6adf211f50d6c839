package dev.promptpo.llm;

/** Where a model comes from; {@link Models} makes them. Immutable, holds no key. */
public interface ModelSource {

    /**
     * How a command line names it, for example {@code replay}, {@code relay:answers} or {@code
     * openai:NAME@http://localhost:8000/v1}; {@link Models#parse} reads it back.
     */
    String name();

    /**
     * What a run's settings call it: no more than tells one model from another, so that a run is
     * the same wherever the model's files lie. Its {@link #name} unless that holds a path.
     *
     * @throws ModelUnavailableException when that cannot be told, since a file is missing
     */
    default String label() {
        return name();
    }

    /**
     * How many requests it is asked at once, at most.
     *
     * @param candidates of a round; its Feedback class is asked for beside them
     */
    default int atOnce(int candidates) {
        return candidates + 1;
    }

    /**
     * Opens it for a run. Nothing is asked and nothing spent yet; a missing key and a recording
     * that does not fit are found here.
     *
     * @throws ModelUnavailableException with one line that says what is missing and what to do
     */
    LanguageModel open(RunContext run);
}
