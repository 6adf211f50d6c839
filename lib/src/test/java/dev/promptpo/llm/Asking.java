package dev.promptpo.llm;

import dev.promptpo.prompt.Prompt;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.function.UnaryOperator;

/** Runs and requests for tests. */
final class Asking {
    static final ModelSettings SETTINGS =
            new ModelSettings(OptionalDouble.empty(), 512, Duration.ofSeconds(5));

    private Asking() {}

    /** An environment in which every provider's key is this one, and no proxy is named. */
    static UnaryOperator<String> keys(String key) {
        return name -> name.endsWith("_API_KEY") ? key : null;
    }

    static RunContext run(String environment, int candidates, int rounds) {
        return new RunContext(environment, "paper", candidates, rounds, 5, 0, "episode");
    }

    static ModelRequest request(String role, String text) {
        return new ModelRequest(role, Prompt.of("policy/1", text, text), SETTINGS);
    }

    static ModelRequest request(String role, String text, String fixedText) {
        return new ModelRequest(role, Prompt.of("policy/1", text, fixedText), SETTINGS);
    }
}
