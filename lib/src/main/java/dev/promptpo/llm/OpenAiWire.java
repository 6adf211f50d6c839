package dev.promptpo.llm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import dev.promptpo.llm.ModelReply.Reason;

/** Chat completions of OpenAI, vLLM, llama.cpp and others. */
record OpenAiWire() implements Wire {

    @Override
    public ChatModel library(String baseUrl, HttpClientBuilder http) {
        return OpenAiChatModel.builder()
                .httpClientBuilder(http)
                .baseUrl(baseUrl)
                .maxRetries(0)
                .build();
    }

    /** OpenAI's newer models refuse max_tokens; other servers know nothing else. */
    @Override
    public ChatRequestParameters parameters(String model, String baseUrl, ModelRequest request) {
        ChatRequestParameters common = Wire.super.parameters(model, baseUrl, request);
        return baseUrl.equals(ProviderKind.OPENAI.baseUrl())
                ? OpenAiChatRequestParameters.builder()
                        .modelName(model)
                        .temperature(common.temperature())
                        .maxCompletionTokens(common.maxOutputTokens())
                        .build()
                : common;
    }

    @Override
    public Ending ending(JsonNode body) {
        JsonNode choices = body.path("choices");
        if (!choices.isArray()) {
            return Ending.cut(Reason.MALFORMED, "the reply has no \"choices\"");
        }
        if (choices.isEmpty()) {
            return Ending.cut(Reason.EMPTY, "the reply's \"choices\" are empty");
        }
        JsonNode choice = choices.get(0);
        JsonNode refusal = choice.path("message").path("refusal");
        if (refusal.isTextual() && !refusal.textValue().isBlank()) {
            return Ending.cut(Reason.FILTERED, "the model refused: " + refusal.textValue());
        }
        return switch (choice.path("finish_reason").asText("")) {
            case "length" -> Ending.atLimit();
            case "content_filter" ->
                    Ending.cut(Reason.FILTERED, "the provider's content filter cut the reply");
            case "tool_calls", "function_call" -> Ending.toolCall();
            case "error" -> Ending.cut(Reason.OVERLOADED, "the server broke off the reply");
            default -> Ending.complete();
        };
    }

    @Override
    public String text(JsonNode body) {
        JsonNode content = body.path("choices").path(0).path("message").path("content");
        if (content.isTextual()) {
            return content.textValue();
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode part : content) {
            if (part.path("type").asText().equals("text") && part.path("text").isTextual()) {
                text.append(part.path("text").textValue());
            }
        }
        return text.toString();
    }

    @Override
    public TokenUsage usage(JsonNode body) {
        JsonNode usage = body.path("usage");
        return new TokenUsage(
                usage.path("prompt_tokens").asLong(),
                usage.path("prompt_tokens_details").path("cached_tokens").asLong(),
                usage.path("completion_tokens").asLong());
    }

    @Override
    public String model(JsonNode body) {
        return body.path("model").asText("");
    }
}
