package dev.promptpo.llm;

import java.util.List;
import java.util.Locale;

/** The live providers: where they are and which environment variables hold their key. */
enum ProviderKind {
    GEMINI(
            "https://generativelanguage.googleapis.com/v1beta",
            List.of("GEMINI_API_KEY", "GOOGLE_API_KEY"),
            new GeminiWire()),
    OPENAI("https://api.openai.com/v1", List.of("OPENAI_API_KEY"), new OpenAiWire()),
    ANTHROPIC("https://api.anthropic.com/v1", List.of("ANTHROPIC_API_KEY"), new AnthropicWire()),
    OLLAMA("http://localhost:11434", List.of(), new OllamaWire());

    private final String baseUrl;
    private final List<String> keyVariables;
    private final Wire wire;

    ProviderKind(String baseUrl, List<String> keyVariables, Wire wire) {
        this.baseUrl = baseUrl;
        this.keyVariables = keyVariables;
        this.wire = wire;
    }

    /** As a command line writes it. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    String baseUrl() {
        return baseUrl;
    }

    /** The first that is set holds the key; empty where the provider needs none. */
    List<String> keyVariables() {
        return keyVariables;
    }

    Wire wire() {
        return wire;
    }
}
