package dev.promptpo.llm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import dev.promptpo.llm.ModelReply.Reason;
import dev.promptpo.prompt.Prompt;
import java.util.List;

/**
 * A provider's format on the wire. The library writes the requests. Replies are read here: the
 * library joins the parts of a text with blank lines, mixes thoughts in, fails on what a server may
 * leave out, and does not tell all the ways apart in which a reply can end.
 */
interface Wire {

    /** The library's model; retries off, everything through this client, whose deadline counts. */
    ChatModel library(String baseUrl, HttpClientBuilder http);

    /**
     * The prompt as the library is to send it.
     *
     * @param earlier knows how earlier prompts of the run began
     */
    default List<ChatMessage> messages(Prompt prompt, RepeatedBeginnings earlier) {
        return List.of(UserMessage.from(prompt.text()));
    }

    /** The settings as the library is to send them. */
    default ChatRequestParameters parameters(String model, String baseUrl, ModelRequest request) {
        return common(DefaultChatRequestParameters.builder(), model, request.settings());
    }

    /** What all providers are told in the same words. */
    static ChatRequestParameters common(
            DefaultChatRequestParameters.Builder<?> parameters,
            String model,
            ModelSettings settings) {
        parameters.modelName(model);
        parameters.maxOutputTokens(settings.maxOutputTokens());
        settings.temperature().ifPresent(parameters::temperature);
        return parameters.build();
    }

    /** The header that carries the key: most take a bearer token (RFC 6750). */
    default KeyHeader keyHeader() {
        return new KeyHeader("Authorization", "Bearer ");
    }

    /**
     * A header for a key.
     *
     * @param prefix stands before the key
     */
    record KeyHeader(String name, String prefix) {}

    /** How a reply without an error ended. */
    Ending ending(JsonNode body);

    /** The text of a reply, thoughts left out; empty where there is none. */
    String text(JsonNode body);

    TokenUsage usage(JsonNode body);

    /** Who answered, as the provider names it; empty where it does not say. */
    String model(JsonNode body);

    /** How a reply ended. */
    sealed interface Ending {
        /** As it should: its text counts if there is any. */
        record Complete() implements Ending {}

        /** Otherwise: its text, if any, is only a part. */
        record Cut(Reason reason, String message) implements Ending {}

        static Ending complete() {
            return new Complete();
        }

        static Ending cut(Reason reason, String message) {
            return new Cut(reason, message);
        }

        /** The token limit cut it off. */
        static Ending atLimit() {
            return cut(
                    Reason.TRUNCATED,
                    "the reply reached the limit of output tokens and is cut off: allow more");
        }

        /** It calls a tool, and none was offered. */
        static Ending toolCall() {
            return cut(Reason.MALFORMED, "the model called a tool, and none was offered");
        }
    }
}
