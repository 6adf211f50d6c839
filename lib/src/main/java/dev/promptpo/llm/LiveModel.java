package dev.promptpo.llm;

import dev.langchain4j.model.chat.request.ChatRequest;
import dev.promptpo.llm.ModelReply.Answer;
import dev.promptpo.llm.ModelReply.NoAnswer;
import dev.promptpo.llm.ModelReply.Reason;
import dev.promptpo.llm.Wire.Ending;
import java.time.Duration;
import java.util.Optional;

/** One provider's model, asked over the network, once for each request. */
final class LiveModel implements LanguageModel {
    private final ProviderKind kind;
    private final String name;
    private final String baseUrl;
    private final ApiKey key;
    private final Transport transport;
    private final RepeatedBeginnings earlier = new RepeatedBeginnings(Waiting.REAL);

    /**
     * @param transport closed with this
     */
    LiveModel(ProviderKind kind, String name, String baseUrl, ApiKey key, Transport transport) {
        this.kind = kind;
        this.name = name;
        this.baseUrl = baseUrl;
        this.key = key;
        this.transport = transport;
    }

    @Override
    public ModelReply ask(ModelRequest request) throws InterruptedException {
        long start = System.nanoTime();
        Wire wire = kind.wire();
        WireCall call = new WireCall(transport, wire, key, request.settings().deadline());
        try {
            wire.library(baseUrl, call)
                    .chat(
                            ChatRequest.builder()
                                    .messages(wire.messages(request.prompt(), earlier))
                                    .parameters(wire.parameters(name, baseUrl, request))
                                    .build());
        } catch (RuntimeException stopped) {
            if (call.interrupted()) {
                throw new InterruptedException("interrupted while asking " + name);
            }
            if (call.fault().isPresent()) {
                return unanswered(call, start);
            }
            if (call.body().isMissingNode()) {
                return none(
                        call,
                        Reason.BAD_REQUEST,
                        "the request cannot be made: " + stopped.getMessage(),
                        "",
                        start);
            }
        }
        return read(call, wire, start);
    }

    @Override
    public ModelIdentity identity() {
        String where = baseUrl.equals(kind.baseUrl()) ? "" : " at " + baseUrl;
        return new ModelIdentity(kind.word(), name, "tools and web search off" + where);
    }

    @Override
    public void close() {
        transport.close();
    }

    private ModelReply read(WireCall call, Wire wire, long start) {
        String text = key.removedFrom(wire.text(call.body()));
        return switch (wire.ending(call.body())) {
            case Ending.Cut(Reason reason, String message) ->
                    none(call, reason, message, text, start);
            case Ending.Complete() -> {
                if (text.isBlank()) {
                    yield none(call, Reason.EMPTY, "the reply holds no text", "", start);
                }
                String model = wire.model(call.body());
                yield new Answer(
                        text,
                        model.isBlank() ? "unknown" : model,
                        wire.usage(call.body()),
                        since(start),
                        call.raw(),
                        Optional.empty());
            }
        };
    }

    private NoAnswer unanswered(WireCall call, long start) {
        WireCall.Fault fault = call.fault().orElseThrow();
        String message = fault.message();
        if (fault.reason() == Reason.UNAUTHORIZED) {
            message +=
                    key.present()
                            ? "; check the key in " + variables()
                            : "; set " + variables() + " to a key";
        }
        return new NoAnswer(
                fault.reason(),
                message,
                "",
                kind.wire().usage(call.body()),
                since(start),
                call.raw(),
                fault.retryAfter());
    }

    private String variables() {
        return kind.keyVariables().isEmpty()
                ? "the server"
                : String.join(" or ", kind.keyVariables());
    }

    private NoAnswer none(
            WireCall call, Reason reason, String message, String partial, long start) {
        return new NoAnswer(
                reason,
                key.removedFrom(message.replaceAll("\\s+", " ")),
                partial,
                kind.wire().usage(call.body()),
                since(start),
                call.raw(),
                Optional.empty());
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
