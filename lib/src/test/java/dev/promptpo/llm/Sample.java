package dev.promptpo.llm;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;

/**
 * Bodies as each provider sends them, after its interface's public reference.
 *
 * @param path appended to the server's address to make the base URL
 */
record Sample(ProviderKind kind, String path) {

    static Sample of(ProviderKind kind) {
        return new Sample(
                kind,
                switch (kind) {
                    case GEMINI -> "/v1beta";
                    case OPENAI, ANTHROPIC -> "/v1";
                    case OLLAMA -> "";
                });
    }

    /** 1200 tokens in, 1024 of them from a cache (where the format can say so), 40 out. */
    String good(String text) {
        return ended(
                json(text),
                switch (kind) {
                    case GEMINI -> "STOP";
                    case OPENAI, OLLAMA -> "stop";
                    case ANTHROPIC -> "end_turn";
                });
    }

    /** Null in place of the text; Anthropic and Gemini leave the part out. */
    String noText() {
        return ended(
                "null",
                switch (kind) {
                    case GEMINI -> "STOP";
                    case OPENAI, OLLAMA -> "stop";
                    case ANTHROPIC -> "end_turn";
                });
    }

    String atTheTokenLimit(String text) {
        return ended(
                json(text),
                switch (kind) {
                    case GEMINI -> "MAX_TOKENS";
                    case OPENAI, OLLAMA -> "length";
                    case ANTHROPIC -> "max_tokens";
                });
    }

    /** The list of replies without one; Ollama has no list, so its message is missing. */
    String empty() {
        return switch (kind) {
            case GEMINI -> "{\"candidates\":[],\"modelVersion\":\"m-1\"}";
            case OPENAI -> "{\"id\":\"1\",\"model\":\"m-1\",\"choices\":[]}";
            case ANTHROPIC ->
                    "{\"id\":\"1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m-1\","
                            + "\"content\":[],\"stop_reason\":\"end_turn\",\"usage\":"
                            + "{\"input_tokens\":1,\"output_tokens\":0}}";
            case OLLAMA ->
                    "{\"model\":\"m-1\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},"
                            + "\"done\":true,\"done_reason\":\"load\"}";
        };
    }

    /** A filter, or a refusal in the middle where there is no filter; Ollama has neither. */
    String filtered() {
        return switch (kind) {
            case GEMINI -> "{\"candidates\":[{\"finishReason\":\"SAFETY\",\"index\":0}]}";
            case OPENAI -> ended("null", "content_filter");
            case ANTHROPIC -> ended(json("I"), "refusal");
            case OLLAMA -> throw new IllegalStateException("Ollama filters nothing");
        };
    }

    /** The model's own refusal, or that of the prompt as a whole; Ollama has neither. */
    String refused() {
        return switch (kind) {
            case GEMINI ->
                    "{\"promptFeedback\":{\"blockReason\":\"PROHIBITED_CONTENT\"},"
                            + "\"modelVersion\":\"m-1\"}";
            case OPENAI ->
                    "{\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":null,"
                            + "\"refusal\":\"I cannot\"},\"finish_reason\":\"stop\"}]}";
            case ANTHROPIC -> ended("null", "refusal");
            case OLLAMA -> throw new IllegalStateException("Ollama refuses nothing");
        };
    }

    /** Valid JSON of some other service. */
    String foreign() {
        return "{\"hello\":\"world\"}";
    }

    /** With members that the format does not have, one of them deep. */
    String withUnknownFields(String text) {
        String good = good(text);
        return "{\"x_new\":{\"deep\":[1,{\"a\":null}]}," + good.substring(1);
    }

    /**
     * No more than a text, in two parts where the format has parts: what is optional is left out,
     * and a thought stands before it.
     */
    String bare(String text) {
        String rest = json(text.substring(9));
        String start = json(text.substring(0, 9));
        return switch (kind) {
            case GEMINI ->
                    "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"hm\",\"thought\":true},"
                            + "{\"text\":"
                            + start
                            + "},{\"text\":"
                            + rest
                            + ",\"thoughtSignature\":\"s\"}]}}]}";
            case OPENAI ->
                    "{\"choices\":[{\"message\":{\"content\":[{\"type\":\"text\",\"text\":"
                            + start
                            + "},{\"type\":\"text\",\"text\":"
                            + rest
                            + "}],\"reasoning_content\":\"hm\"}}]}";
            case ANTHROPIC ->
                    "{\"content\":[{\"type\":\"thinking\",\"thinking\":\"hm\",\"signature\":\"s\"},"
                            + "{\"type\":\"redacted_thinking\",\"data\":\"x\"},"
                            + "{\"type\":\"text\",\"text\":"
                            + start
                            + "},{\"type\":\"text\",\"text\":"
                            + rest
                            + "}]}";
            case OLLAMA ->
                    "{\"message\":{\"content\":"
                            + json(text)
                            + ",\"thinking\":\"hm\"},\"done\":true}";
        };
    }

    String error(String type, String message) {
        return switch (kind) {
            case GEMINI ->
                    "{\"error\":{\"code\":400,\"message\":"
                            + json(message)
                            + ",\"status\":"
                            + json(type)
                            + "}}";
            case OPENAI ->
                    "{\"error\":{\"message\":" + json(message) + ",\"type\":" + json(type) + "}}";
            case ANTHROPIC ->
                    "{\"type\":\"error\",\"error\":{\"type\":"
                            + json(type)
                            + ",\"message\":"
                            + json(message)
                            + "}}";
            case OLLAMA -> "{\"error\":" + json(message) + "}";
        };
    }

    private String ended(String text, String reason) {
        boolean none = text.equals("null");
        return switch (kind) {
            case GEMINI ->
                    "{\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":["
                            + (none ? "" : "{\"text\":" + text + "}")
                            + "]},\"finishReason\":"
                            + json(reason)
                            + ",\"index\":0}],\"usageMetadata\":{\"promptTokenCount\":1200,"
                            + "\"cachedContentTokenCount\":1024,\"candidatesTokenCount\":30,"
                            + "\"thoughtsTokenCount\":10,\"totalTokenCount\":1240},"
                            + "\"modelVersion\":\"m-1\",\"responseId\":\"r\"}";
            case OPENAI ->
                    "{\"id\":\"c1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m-1\","
                            + "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
                            + "\"content\":"
                            + text
                            + ",\"refusal\":null},\"logprobs\":null,\"finish_reason\":"
                            + json(reason)
                            + "}],\"usage\":{\"prompt_tokens\":1200,\"completion_tokens\":40,"
                            + "\"total_tokens\":1240,\"prompt_tokens_details\":"
                            + "{\"cached_tokens\":1024}}}";
            case ANTHROPIC ->
                    "{\"id\":\"m1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m-1\","
                            + "\"content\":["
                            + (none ? "" : "{\"type\":\"text\",\"text\":" + text + "}")
                            + "],\"stop_reason\":"
                            + json(reason)
                            + ",\"stop_sequence\":null,\"usage\":{\"input_tokens\":76,"
                            + "\"cache_creation_input_tokens\":100,"
                            + "\"cache_read_input_tokens\":1024,\"output_tokens\":40}}";
            case OLLAMA ->
                    "{\"model\":\"m-1\",\"created_at\":\"2026-01-01T00:00:00Z\",\"message\":"
                            + "{\"role\":\"assistant\",\"content\":"
                            + text
                            + "},\"done\":true,\"done_reason\":"
                            + json(reason)
                            + ",\"total_duration\":1,\"prompt_eval_count\":1200,"
                            + "\"eval_count\":40}";
        };
    }

    private static String json(String text) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        return node.set("x", TextNode.valueOf(text)).get("x").toString();
    }
}
