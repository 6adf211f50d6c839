package dev.promptpo.llm;

import java.time.Duration;

/** What came back. */
public sealed interface ModelReply {
    TokenUsage usage();

    /** Wall time of the call. */
    Duration latency();

    /**
     * A whole, non-empty text.
     *
     * @param model the model that answered, as the provider names it, else {@code unknown}
     * @param raw the provider's reply as it came; empty where there is none
     * @param drifted whether a recording answered a prompt whose measured numbers differ
     */
    record Answer(
            String text,
            String model,
            TokenUsage usage,
            Duration latency,
            byte[] raw,
            boolean drifted)
            implements ModelReply {}

    /**
     * No usable text.
     *
     * @param message one line: what was expected, what came, what to do
     * @param partialText what came of the text, may be empty
     * @param raw the provider's reply as it came; empty where there is none
     */
    record NoAnswer(
            Reason reason,
            String message,
            String partialText,
            TokenUsage usage,
            Duration latency,
            byte[] raw)
            implements ModelReply {}

    /** Why there is no answer. */
    enum Reason {
        /** The token limit cut it off. */
        TRUNCATED(Effect.COSTS_CANDIDATE),
        /** A content filter or a refusal. */
        FILTERED(Effect.COSTS_CANDIDATE),
        /** A reply without text. */
        EMPTY(Effect.RETRY),
        /** A body that is not what the provider's interface promises. */
        MALFORMED(Effect.RETRY),
        /** The deadline passed. */
        TIMEOUT(Effect.RETRY),
        /** 429. */
        RATE_LIMITED(Effect.RETRY),
        /** 5xx and 529. */
        OVERLOADED(Effect.RETRY),
        /** Refused, reset, no route, name not found. */
        UNREACHABLE(Effect.RETRY),
        /** 401, 403, no key. */
        UNAUTHORIZED(Effect.STOPS_RUN),
        /** 400, 404 and the like: asking again cannot help. */
        BAD_REQUEST(Effect.STOPS_RUN),
        /** The budget does not cover the worst case of this call. */
        BUDGET(Effect.STOPS_RUN),
        /** The recording has no reply for this role. */
        NOT_RECORDED(Effect.STOPS_RUN),
        /** The recording was made with another prompt. */
        OTHER_PROMPT(Effect.STOPS_RUN);

        private final Effect effect;

        Reason(Effect effect) {
            this.effect = effect;
        }

        public Effect effect() {
            return effect;
        }
    }

    /** What a missing answer means to a run. */
    enum Effect {
        /** Worth asking again; once retries are spent the run stops and can be resumed. */
        RETRY,
        /** This candidate is lost, the run goes on. */
        COSTS_CANDIDATE,
        /** The run stops where it is and can be resumed. */
        STOPS_RUN
    }
}
