package dev.promptpo.llm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.ollama.OllamaChatModel;
import dev.langchain4j.model.ollama.OllamaChatRequestParameters;
import dev.promptpo.llm.ModelReply.Reason;

/** Ollama's own chat. */
record OllamaWire() implements Wire {
    private static final int CONTEXT_STEP = 8192;

    @Override
    public ChatModel library(String baseUrl, HttpClientBuilder http) {
        return OllamaChatModel.builder()
                .httpClientBuilder(http)
                .baseUrl(baseUrl)
                .maxRetries(0)
                .build();
    }

    @Override
    public ChatRequestParameters parameters(String model, String baseUrl, ModelRequest request) {
        return Wire.common(
                OllamaChatRequestParameters.builder().numCtx(context(request)),
                model,
                request.settings());
    }

    /**
     * Room for the prompt and the reply. Ollama drops the beginning of a prompt that does not fit,
     * and says nothing; three characters a token is on the safe side. In steps, since another size
     * loads the model again.
     */
    static int context(ModelRequest request) {
        long tokens = request.prompt().text().length() / 3L + request.settings().maxOutputTokens();
        long steps = (tokens + CONTEXT_STEP - 1) / CONTEXT_STEP;
        return Math.toIntExact(Math.max(1, steps) * CONTEXT_STEP);
    }

    @Override
    public Ending ending(JsonNode body) {
        if (!body.path("message").isObject()) {
            return Ending.cut(Reason.MALFORMED, "the reply has no \"message\"");
        }
        if (!body.path("done").asBoolean()) {
            return Ending.cut(Reason.MALFORMED, "the reply is not \"done\"");
        }
        String reason = body.path("done_reason").asText("");
        return switch (reason) {
            case "", "stop" -> Ending.complete();
            case "length" -> Ending.atLimit();
            default -> Ending.cut(Reason.EMPTY, "the reply ended with " + reason);
        };
    }

    @Override
    public String text(JsonNode body) {
        JsonNode content = body.path("message").path("content");
        return content.isTextual() ? content.textValue() : "";
    }

    @Override
    public TokenUsage usage(JsonNode body) {
        return new TokenUsage(
                body.path("prompt_eval_count").asLong(), 0, body.path("eval_count").asLong());
    }

    @Override
    public String model(JsonNode body) {
        return body.path("model").asText("");
    }
}
