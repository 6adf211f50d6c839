package dev.promptpo.llm;

import java.time.Duration;
import java.util.Optional;

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
     * @param drift how far the prompt that a recording answered differs from this one; empty: not
     *     at all
     */
    record Answer(
            String text,
            String model,
            TokenUsage usage,
            Duration latency,
            byte[] raw,
            Optional<Drift> drift)
            implements ModelReply {

        /** An answer of which nothing but the text is known. */
        public static Answer of(String text) {
            return new Answer(
                    text,
                    "unknown",
                    TokenUsage.UNKNOWN,
                    Duration.ZERO,
                    new byte[0],
                    Optional.empty());
        }

        /** Whether a recording answered a prompt that differs in what was measured. */
        public boolean drifted() {
            return drift.isPresent();
        }
    }

    /**
     * A recording answers a prompt with the same fixed text, in which something measured differs.
     *
     * @param extent numbers only, or words too
     * @param difference one line: what was recorded, what is asked now
     */
    record Drift(Extent extent, String difference) {
        /** How much differs. */
        public enum Extent {
            /** The same words around other numbers: another processor, another library version. */
            NUMBERS,
            /**
             * Other words too, such as the source of another policy: the reply was given to another
             * history.
             */
            TEXT
        }
    }

    /**
     * No usable text.
     *
     * @param message one line: what was expected, what came, what to do
     * @param partialText what came of the text, may be empty
     * @param raw the provider's reply as it came; empty where there is none
     * @param retryAfter how long the provider asks to wait; empty where it does not say
     */
    record NoAnswer(
            Reason reason,
            String message,
            String partialText,
            TokenUsage usage,
            Duration latency,
            byte[] raw,
            Optional<Duration> retryAfter)
            implements ModelReply {

        /** No answer, and nothing came of it. */
        public static NoAnswer of(Reason reason, String message) {
            return new NoAnswer(
                    reason,
                    message,
                    "",
                    TokenUsage.UNKNOWN,
                    Duration.ZERO,
                    new byte[0],
                    Optional.empty());
        }
    }

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
        /** 5xx (529 too), 409 and 425: not now. */
        OVERLOADED(Effect.RETRY),
        /** Refused, reset, no route, name not found. */
        UNREACHABLE(Effect.RETRY),
        /** 401, 403, no key. */
        UNAUTHORIZED(Effect.STOPS_RUN),
        /** 400, 404, a redirect and the like: asking again cannot help. */
        BAD_REQUEST(Effect.STOPS_RUN),
        /** 402, an empty account. */
        UNPAID(Effect.STOPS_RUN),
        /** The run's budget does not cover the worst case of this call: it was not made. */
        BUDGET(Effect.ENDS_RUN),
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
        STOPS_RUN,
        /** The run ends with what it has. */
        ENDS_RUN
    }
}
