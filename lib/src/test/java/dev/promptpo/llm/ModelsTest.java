package dev.promptpo.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelsTest {

    @ParameterizedTest
    @ValueSource(strings = {"replay", "replay:some/file.json", "relay:answers"})
    void aNameIsReadBack(String name) {
        assertThat(Models.parse(name).name()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gpt", "relay", "relay:", "replay:", "openai", "Replay", ":x"})
    void anythingElseIsRefusedInOneLine(String name) {
        assertThatThrownBy(() -> Models.parse(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("expected a model such as replay")
                .hasMessageNotContaining("\n");
    }
}
