package dev.promptpo.llm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.model.anthropic.AnthropicChatModel;
import dev.langchain4j.model.chat.ChatModel;
import dev.promptpo.llm.ModelReply.Reason;

/** Anthropic's messages. */
record AnthropicWire() implements Wire {

    @Override
    public ChatModel library(String baseUrl, HttpClientBuilder http) {
        return AnthropicChatModel.builder()
                .httpClientBuilder(http)
                .baseUrl(baseUrl)
                .apiKey(WireCall.NO_KEY)
                .maxRetries(0)
                .build();
    }

    @Override
    public String keyHeader() {
        return "x-api-key";
    }

    @Override
    public String keyPrefix() {
        return "";
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
        // Its input tokens leave out what the cache gave and took.
        return new TokenUsage(
                usage.path("input_tokens").asLong()
                        + cached
                        + usage.path("cache_creation_input_tokens").asLong(),
                cached,
                usage.path("output_tokens").asLong());
    }

    @Override
    public String model(JsonNode body) {
        return body.path("model").asText("");
    }
}
