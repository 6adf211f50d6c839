package dev.promptpo.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "replay",
                "replay:some/file.json",
                "relay:answers",
                "gemini:gemini-3-pro",
                "openai:gpt-5",
                "anthropic:claude@2026",
                "ollama:qwen3:8b",
                "openai:org/name@http://localhost:8000/v1",
                "ollama:qwen3:8b@http://gpu:11434"
            })
    void aNameIsReadBack(String name) {
        assertThat(Models.parse(name).name()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "gpt", "relay", "relay:", "replay:", "openai", "openai:", "Replay", ":x"
            })
    void anythingElseIsRefusedInOneLine(String name) {
        assertThatThrownBy(() -> Models.parse(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("expected a model such as replay")
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "openai:@http://localhost/v1",
                "openai:m@http://",
                "openai:m@http://user:secret@host/v1",
                "openai:m@http://host/v1?key=secret"
            })
    void aBadNameOrUrlIsRefusedWithoutQuotingIt(String name) {
        assertThatThrownBy(() -> Models.parse(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("expected a ")
                .hasMessageNotContaining("secret")
                .hasMessageNotContaining("\n");
    }
}
