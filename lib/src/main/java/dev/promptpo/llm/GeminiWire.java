package dev.promptpo.llm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.googleai.GoogleAiGeminiChatModel;
import dev.promptpo.llm.ModelReply.Reason;

/** Gemini's {@code generateContent}. */
record GeminiWire() implements Wire {

    @Override
    public ChatModel library(String baseUrl, HttpClientBuilder http) {
        return GoogleAiGeminiChatModel.builder()
                .httpClientBuilder(http)
                .baseUrl(baseUrl)
                .apiKey(WireCall.NO_KEY)
                .maxRetries(0)
                .build();
    }

    @Override
    public KeyHeader keyHeader() {
        return new KeyHeader("x-goog-api-key", "");
    }

    @Override
    public Ending ending(JsonNode body) {
        String blocked = body.path("promptFeedback").path("blockReason").asText("");
        if (!blocked.isEmpty()) {
            return Ending.cut(Reason.FILTERED, "the provider blocked the prompt: " + blocked);
        }
        JsonNode candidates = body.path("candidates");
        if (!candidates.isArray()) {
            return Ending.cut(Reason.MALFORMED, "the reply has no \"candidates\"");
        }
        if (candidates.isEmpty()) {
            return Ending.cut(Reason.EMPTY, "the reply's \"candidates\" are empty");
        }
        String reason = candidates.get(0).path("finishReason").asText("");
        return switch (reason) {
            case "", "STOP", "FINISH_REASON_UNSPECIFIED" -> Ending.complete();
            case "MAX_TOKENS" -> Ending.atLimit();
            case "MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS" ->
                    Ending.toolCall();
            case "SAFETY",
                    "RECITATION",
                    "LANGUAGE",
                    "BLOCKLIST",
                    "PROHIBITED_CONTENT",
                    "SPII",
                    "IMAGE_SAFETY" ->
                    Ending.cut(Reason.FILTERED, "the provider's filter cut the reply: " + reason);
            default -> Ending.cut(Reason.MALFORMED, "the reply ended with " + reason);
        };
    }

    @Override
    public String text(JsonNode body) {
        StringBuilder text = new StringBuilder();
        for (JsonNode part : body.path("candidates").path(0).path("content").path("parts")) {
            if (!part.path("thought").asBoolean() && part.path("text").isTextual()) {
                text.append(part.path("text").textValue());
            }
        }
        return text.toString();
    }

    @Override
    public TokenUsage usage(JsonNode body) {
        JsonNode usage = body.path("usageMetadata");
        return new TokenUsage(
                usage.path("promptTokenCount").asLong(),
                usage.path("cachedContentTokenCount").asLong(),
                usage.path("candidatesTokenCount").asLong()
                        + usage.path("thoughtsTokenCount").asLong());
    }

    @Override
    public String model(JsonNode body) {
        return body.path("modelVersion").asText("");
    }
}
