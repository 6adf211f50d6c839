package dev.promptpo.llm;

import dev.promptpo.llm.ModelReply.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLException;

/**
 * Sends one HTTP request and brings back all of its bytes, within one deadline over the whole of
 * it. Follows no redirect, so that a key goes to the named server alone; repeats nothing. To a
 * server with TLS a proxy is asked for a tunnel (CONNECT, RFC 9110, 9.3.6), and sees no more than
 * the server's name.
 */
final class Transport implements AutoCloseable {
    /** No reply of a model comes near; a server that sends more is broken. */
    static final int MAX_BODY = 8 << 20;

    private static final Duration CONNECT = Duration.ofSeconds(20);

    private static final Pattern TUNNEL = Pattern.compile("Tunnel failed, got: (\\d{3})");

    private final Optional<HttpProxy> proxy;
    private final HttpClient client;

    /**
     * @param proxy empty: this machine is asked directly, others as Java's own settings say
     */
    Transport(Optional<HttpProxy> proxy) {
        this(proxy, HttpClient.newBuilder());
    }

    Transport(Optional<HttpProxy> proxy, HttpClient.Builder builder) {
        this.proxy = proxy;
        proxy.filter(named -> named.authorization().isPresent())
                .ifPresent(named -> HttpProxy.allowPasswords());
        client =
                builder.followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(CONNECT)
                        .proxy(HttpProxy.selector(proxy))
                        .build();
    }

    /** What came of a request. */
    sealed interface Result {
        /** A whole response, of whatever status. */
        record Response(int status, HttpHeaders headers, byte[] body) implements Result {}

        /**
         * No whole response.
         *
         * @param received what came of the body
         */
        record Fault(Reason reason, String message, byte[] received) implements Result {}
    }

    private record Stage(int status, CappedBody body) {}

    /**
     * @throws InterruptedException when interrupted; the request is cancelled
     */
    Result send(HttpRequest request, Duration deadline) throws InterruptedException {
        AtomicReference<Stage> stage = new AtomicReference<>();
        CompletableFuture<HttpResponse<byte[]>> response =
                client.sendAsync(
                        proxied(request),
                        head -> {
                            CappedBody body = new CappedBody(MAX_BODY);
                            stage.set(new Stage(head.statusCode(), body));
                            return body;
                        });
        String server =
                request.uri().getAuthority()
                        + proxy.map(through -> " through " + through).orElse("");
        try {
            HttpResponse<byte[]> whole = response.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
            return proxy.isPresent() && whole.statusCode() == 407
                    ? new Result.Fault(Reason.BAD_REQUEST, proxy.get().refusal(), new byte[0])
                    : unpacked(whole, server);
        } catch (TimeoutException e) {
            response.cancel(true);
            return fault(Reason.TIMEOUT, stage.get(), timeout(server, deadline, stage.get()));
        } catch (ExecutionException e) {
            return failed(e.getCause(), stage.get(), server);
        } catch (InterruptedException e) {
            response.cancel(true);
            throw e;
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }

    /** The client hands this header to the proxy alone. */
    private HttpRequest proxied(HttpRequest request) {
        return proxy.flatMap(HttpProxy::authorization)
                .map(user ->
                        HttpRequest.newBuilder(request, (name, value) -> true)
                                .header("Proxy-Authorization", user)
                                .build())
                .orElse(request);
    }

    private static Result unpacked(HttpResponse<byte[]> response, String server) {
        String encoding = response.headers().firstValue("Content-Encoding").orElse("identity");
        // Java gives none with a refusal of a proxy that it found by itself.
        byte[] body = Objects.requireNonNullElse(response.body(), new byte[0]);
        return switch (encoding.toLowerCase(java.util.Locale.ROOT)) {
            case "identity", "" ->
                    new Result.Response(response.statusCode(), response.headers(), body);
            case "gzip", "x-gzip" -> {
                try {
                    yield new Result.Response(
                            response.statusCode(), response.headers(), gunzip(body));
                } catch (IOException e) {
                    yield new Result.Fault(
                            Reason.MALFORMED,
                            server + " sent a gzip body that cannot be unpacked: " + oneLine(e),
                            body);
                }
            }
            default ->
                    new Result.Fault(
                            Reason.MALFORMED,
                            server
                                    + " sent a body in the encoding "
                                    + encoding
                                    + ", which was not asked for",
                            body);
        };
    }

    private static byte[] gunzip(byte[] packed) throws IOException {
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                plain.write(buffer, 0, read);
                if (plain.size() > MAX_BODY) {
                    throw new CappedBody.TooLarge(MAX_BODY);
                }
            }
        }
        return plain.toByteArray();
    }

    private Result failed(Throwable cause, Stage stage, String server) {
        String first = proxy.map(HttpProxy::toString).orElse(server);
        Throwable root = cause;
        for (Throwable at = cause; at != null; at = at.getCause()) {
            root = at;
            if (at instanceof CappedBody.TooLarge) {
                return fault(
                        Reason.MALFORMED,
                        stage,
                        server + " sent more than a reply can be: " + at.getMessage());
            }
            if (at instanceof UnresolvedAddressException || at instanceof UnknownHostException) {
                return fault(
                        Reason.UNREACHABLE,
                        stage,
                        "the name of "
                                + first
                                + " is not found: check the address and the network");
            }
            Matcher refused = TUNNEL.matcher(oneLine(at));
            if (refused.find()) {
                return tunnel(Integer.parseInt(refused.group(1)), server);
            }
            if (at instanceof SSLException) {
                return fault(
                        Reason.UNREACHABLE,
                        stage,
                        "no secure connection to " + server + ": " + oneLine(at));
            }
            if (at instanceof HttpTimeoutException) {
                return fault(
                        Reason.TIMEOUT, stage, "no connection to " + server + " within " + CONNECT);
            }
            if (at instanceof ConnectException connecting && refused(connecting)) {
                return fault(
                        Reason.UNREACHABLE,
                        stage,
                        first
                                + " refuses connections: is "
                                + (proxy.isPresent() ? "a proxy" : "the server")
                                + " running there?");
            }
        }
        return fault(
                Reason.UNREACHABLE,
                stage,
                "the connection to "
                        + server
                        + " broke off "
                        + (stage == null
                                ? "before a response"
                                : "after "
                                        + stage.body().soFar().length
                                        + " bytes of the body (status "
                                        + stage.status()
                                        + ")")
                        + ": "
                        + oneLine(root));
    }

    /**
     * Whether nobody listens. Java wraps a name that is not found in the same exception, and a
     * connection that is reset as soon as it is made.
     */
    private static boolean refused(ConnectException e) {
        return e.getMessage() == null
                ? !(e.getCause() instanceof UnresolvedAddressException)
                : e.getMessage().contains("refused");
    }

    /** What a proxy says where it does not connect. */
    private static Result tunnel(int status, String server) {
        boolean passes =
                switch (ErrorBody.ofStatus(status)) {
                    case TIMEOUT, OVERLOADED, RATE_LIMITED -> true;
                    default -> false;
                };
        return new Result.Fault(
                passes ? Reason.UNREACHABLE : Reason.BAD_REQUEST,
                "no connection to "
                        + server
                        + ", which answers with status "
                        + status
                        + (passes ? "" : ": does it let this server through?"),
                new byte[0]);
    }

    private static String timeout(String server, Duration deadline, Stage stage) {
        return server
                + " did not answer in whole within "
                + deadline.toMillis() / 1000.0
                + " s: "
                + (stage == null
                        ? "nothing came"
                        : "status "
                                + stage.status()
                                + " and "
                                + stage.body().soFar().length
                                + " bytes of the body came");
    }

    private static Result.Fault fault(Reason reason, Stage stage, String message) {
        return new Result.Fault(
                reason, message, stage == null ? new byte[0] : stage.body().soFar());
    }

    private static String oneLine(Throwable e) {
        String text = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return text.replaceAll("\\s+", " ").strip();
    }
}
