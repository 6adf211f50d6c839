package dev.promptpo.llm;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;

/**
 * How many tokens a text takes, near enough for an estimate: counted with OpenAI's {@code
 * o200k_base}. Other models split text in other ways, so their counts differ.
 */
public final class TokenCount {
    private TokenCount() {}

    /** Tokens of a text. */
    public static int approximate(String text) {
        return Tokenizer.ENCODING.countTokensOrdinary(text);
    }

    /** Read on first use: the vocabulary takes a moment. */
    private static final class Tokenizer {
        private static final Encoding ENCODING =
                Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.O200K_BASE);
    }
}
