package dev.promptpo.llm;

import java.util.List;

/**
 * A language model, or what stands in for one. Blocking; called from virtual threads, many at once.
 */
public interface LanguageModel extends AutoCloseable {

    /**
     * Asks once.
     *
     * @return an {@link ModelReply.Answer}, or why there is none: faults of the model, the network
     *     and the budget are results, not exceptions
     * @throws InterruptedException when the calling thread is interrupted
     */
    ModelReply ask(ModelRequest request) throws InterruptedException;

    /** Who is asked: stamped on runs and recordings. Holds no key. */
    ModelIdentity identity();

    /** What a person did by hand in the run that this one repeats; empty for all but recordings. */
    default List<Recording.Steered> steered() {
        return List.of();
    }

    @Override
    default void close() {}
}
