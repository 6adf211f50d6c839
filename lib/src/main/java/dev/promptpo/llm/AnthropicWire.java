package dev.promptpo.llm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.model.anthropic.AnthropicChatModel;
import dev.langchain4j.model.chat.ChatModel;
import dev.promptpo.llm.ModelReply.Reason;
import dev.promptpo.prompt.Prompt;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Anthropic's messages. */
record AnthropicWire() implements Wire {
    /** As many as Anthropic takes in one request. */
    private static final int MARKS = 4;

    @Override
    public ChatModel library(String baseUrl, HttpClientBuilder http) {
        return AnthropicChatModel.builder()
                .httpClientBuilder(http)
                .baseUrl(baseUrl)
                .apiKey(WireCall.NO_KEY)
                .maxRetries(0)
                .build();
    }

    /**
     * Asks for the beginning of the prompt to be kept, as far as it repeats an earlier one, since
     * Anthropic keeps nothing unless asked. A mark stands at the end of a message, so the prompt
     * goes as several messages of the user; consecutive ones are one turn to Anthropic.
     */
    @Override
    public List<ChatMessage> messages(Prompt prompt, RepeatedBeginnings earlier) {
        List<String> parts = earlier.parts(prompt);
        List<ChatMessage> messages = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            boolean repeated = i < parts.size() - 1;
            UserMessage.Builder message =
                    UserMessage.builder().addContent(TextContent.from(parts.get(i)));
            if (repeated && i >= parts.size() - 1 - MARKS) {
                message.attributes(Map.of("cache_control", "ephemeral"));
            }
            messages.add(message.build());
        }
        return messages;
    }

    @Override
    public KeyHeader keyHeader() {
        return new KeyHeader("x-api-key", "");
    }

    @Override
    public Ending ending(JsonNode body) {
        JsonNode content = body.path("content");
        if (!content.isArray()) {
            return Ending.cut(Reason.MALFORMED, "the reply has no \"content\"");
        }
        String reason = body.path("stop_reason").asText("");
        return switch (reason) {
            case "", "end_turn", "stop_sequence" -> Ending.complete();
            case "max_tokens", "model_context_window_exceeded" -> Ending.atLimit();
            case "refusal" -> Ending.cut(Reason.FILTERED, "the model refused");
            case "tool_use", "pause_turn" -> Ending.toolCall();
            default -> Ending.cut(Reason.MALFORMED, "the reply ended with " + reason);
        };
    }

    @Override
    public String text(JsonNode body) {
        StringBuilder text = new StringBuilder();
        for (JsonNode block : body.path("content")) {
            if (block.path("type").asText().equals("text") && block.path("text").isTextual()) {
                text.append(block.path("text").textValue());
            }
        }
        return text.toString();
    }

    @Override
    public TokenUsage usage(JsonNode body) {
        JsonNode usage = body.path("usage");
        long cached = usage.path("cache_read_input_tokens").asLong();
        long written = usage.path("cache_creation_input_tokens").asLong();
        // Its input tokens leave out what the cache gave and took.
        return new TokenUsage(
                usage.path("input_tokens").asLong() + cached + written,
                cached,
                usage.path("output_tokens").asLong(),
                written);
    }

    @Override
    public String model(JsonNode body) {
        return body.path("model").asText("");
    }
}
