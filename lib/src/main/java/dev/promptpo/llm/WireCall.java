package dev.promptpo.llm;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.http.client.sse.ServerSentEventParser;
import dev.promptpo.llm.ModelReply.Reason;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One request of the library, on its way through {@link Transport}. The library is stopped where it
 * would read the response: that is left here, as a body that is a JSON object and no error, or as a
 * typed fault. The key is put in here, so that the library never holds it.
 */
final class WireCall implements HttpClient, HttpClientBuilder {
    /** What the library is told where it insists on a key. */
    static final String NO_KEY = "the-key-is-added-later";

    private static final int QUOTED = 300;
    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    /** Why there is no reply to read. */
    record Fault(Reason reason, String message, Optional<Duration> retryAfter) {}

    /** Stops the library; what happened is in {@link #fault} or {@link #body}. */
    static final class Stopped extends RuntimeException {
        Stopped() {
            super("read elsewhere", null, false, false);
        }
    }

    private final Transport transport;
    private final Wire wire;
    private final ApiKey key;
    private final Duration deadline;
    private Optional<Fault> fault = Optional.empty();
    private boolean interrupted;
    private byte[] raw = {};
    private JsonNode body = MissingNode.getInstance();

    WireCall(Transport transport, Wire wire, ApiKey key, Duration deadline) {
        this.transport = transport;
        this.wire = wire;
        this.key = key;
        this.deadline = deadline;
    }

    Optional<Fault> fault() {
        return fault;
    }

    boolean interrupted() {
        return interrupted;
    }

    /** The body as it came, without the key. */
    byte[] raw() {
        return raw;
    }

    /** The body, missing where it is no JSON. */
    JsonNode body() {
        return body;
    }

    @Override
    public SuccessfulHttpResponse execute(HttpRequest request) {
        Transport.Result result;
        try {
            result = transport.send(outgoing(request), deadline);
        } catch (InterruptedException e) {
            interrupted = true;
            throw new Stopped();
        }
        switch (result) {
            case Transport.Result.Fault(Reason reason, String message, byte[] received) -> {
                raw = key.removedFrom(received);
                throw stop(reason, message, Optional.empty());
            }
            case Transport.Result.Response response -> throw received(response, request);
        }
    }

    private Stopped received(Transport.Result.Response response, HttpRequest request) {
        raw = key.removedFrom(response.body());
        int status = response.status();
        String server = URI.create(request.url()).getAuthority();
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(raw)).toString();
        } catch (CharacterCodingException e) {
            return status >= 300
                    ? failed(response, server, "")
                    : stop(
                            Reason.MALFORMED,
                            server + " sent a reply that is not UTF-8",
                            Optional.empty());
        }
        Optional<String> notJson = parse(text);
        if (status >= 300) {
            return failed(response, server, text);
        }
        if (notJson.isPresent()) {
            return stop(
                    Reason.MALFORMED,
                    server
                            + " sent no JSON (status "
                            + status
                            + ", "
                            + response.headers().firstValue("Content-Type").orElse("no type given")
                            + "): "
                            + notJson.get(),
                    Optional.empty());
        }
        Optional<ErrorBody> error = ErrorBody.in(body);
        if (error.isPresent()) {
            return stop(
                    error.get().reason().orElse(Reason.MALFORMED),
                    server
                            + " sent an error with status "
                            + status
                            + ": "
                            + quote(error.get().message()),
                    RetryAfter.of(response.headers(), body, Instant.now()));
        }
        if (!body.isObject()) {
            return stop(
                    Reason.MALFORMED,
                    server + " sent JSON that is no object: " + quote(text),
                    Optional.empty());
        }
        return new Stopped();
    }

    private Stopped failed(Transport.Result.Response response, String server, String text) {
        int status = response.status();
        if (status < 400) {
            String to =
                    response.headers()
                            .firstValue("Location")
                            .map(location -> " to " + quote(location))
                            .orElse("");
            return stop(
                    Reason.BAD_REQUEST,
                    server
                            + " redirects"
                            + to
                            + " (status "
                            + status
                            + "), and a key goes nowhere but where it was sent: correct the base"
                            + " URL",
                    Optional.empty());
        }
        Optional<ErrorBody> error = ErrorBody.in(body);
        Reason reason = ErrorBody.ofStatus(status);
        if (error.isPresent() && error.get().keyAtFault()) {
            reason = Reason.UNAUTHORIZED;
        } else if (error.isPresent() && error.get().spent()) {
            reason = Reason.UNPAID;
        }
        String said = error.map(ErrorBody::message).filter(m -> !m.isBlank()).orElse(text);
        return stop(
                reason,
                server
                        + " answered with status "
                        + status
                        + (said.isBlank() ? "" : ": " + quote(said)),
                RetryAfter.of(response.headers(), body, Instant.now()));
    }

    private java.net.http.HttpRequest outgoing(HttpRequest request) {
        java.net.http.HttpRequest.Builder outgoing =
                java.net.http.HttpRequest.newBuilder(URI.create(request.url()));
        if (request.url().startsWith("http:")) {
            // The JDK would ask plain servers to change to HTTP/2, which confuses some of them.
            outgoing.version(java.net.http.HttpClient.Version.HTTP_1_1);
        }
        request.headers()
                .forEach((name, values) -> {
                    if (!name.equalsIgnoreCase(wire.keyHeader().name())) {
                        values.forEach(value -> outgoing.header(name, value));
                    }
                });
        outgoing.header("Accept", "application/json");
        if (key.present()) {
            outgoing.header(wire.keyHeader().name(), key.header(wire.keyHeader().prefix()));
        }
        return outgoing.method(
                        request.method().name(),
                        request.body() == null
                                ? java.net.http.HttpRequest.BodyPublishers.noBody()
                                : java.net.http.HttpRequest.BodyPublishers.ofString(request.body()))
                .build();
    }

    /** Why the text is no JSON; empty, and the body set, where it is. */
    private Optional<String> parse(String text) {
        if (text.isBlank()) {
            return Optional.of("the body is empty");
        }
        try {
            body = JSON.readTree(text);
            return Optional.empty();
        } catch (JacksonException e) {
            return Optional.of(quote(e.getOriginalMessage()) + "; it begins " + quote(text));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("a text in memory", e);
        }
    }

    private Stopped stop(Reason reason, String message, Optional<Duration> retryAfter) {
        fault = Optional.of(new Fault(reason, key.removedFrom(message), retryAfter));
        return new Stopped();
    }

    private static String quote(String text) {
        String line = text.replaceAll("\\s+", " ").strip();
        return line.length() <= QUOTED ? line : line.substring(0, QUOTED) + "…";
    }

    @Override
    public void execute(
            HttpRequest request, ServerSentEventParser parser, ServerSentEventListener listener) {
        throw new UnsupportedOperationException("replies are asked for whole, not streamed");
    }

    // The builder's half: the library asks for a builder where it means a client.

    @Override
    public HttpClient build() {
        return this;
    }

    @Override
    public Duration connectTimeout() {
        return deadline;
    }

    @Override
    public HttpClientBuilder connectTimeout(Duration timeout) {
        return this;
    }

    @Override
    public Duration readTimeout() {
        return deadline;
    }

    @Override
    public HttpClientBuilder readTimeout(Duration timeout) {
        return this;
    }
}
