package dev.promptpo.llm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.model.chat.ChatModel;
import dev.promptpo.llm.ModelReply.Reason;

/**
 * A provider's format on the wire. The library writes the requests. Replies are read here: the
 * library joins the parts of a text with blank lines, mixes thoughts in, fails on what a server may
 * leave out, and does not tell all the ways apart in which a reply can end.
 */
interface Wire {

    /** The library's model for one request; retries off, everything through this client. */
    ChatModel chatModel(String model, String baseUrl, ModelRequest request, HttpClientBuilder http);

    /** The name of the header that carries the key. */
    String keyHeader();

    /** What stands before the key in that header. */
    default String keyPrefix() {
        return "";
    }

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
