package dev.promptpo.llm;

import static dev.promptpo.llm.Asking.request;
import static dev.promptpo.llm.Asking.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import dev.promptpo.llm.FaultServer.Play;
import dev.promptpo.llm.ModelReply.Answer;
import dev.promptpo.llm.ModelReply.NoAnswer;
import dev.promptpo.llm.ModelReply.Reason;
import dev.promptpo.prompt.Prompt;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each provider's format against a real server on loopback, in good and in bad shape. */
@Timeout(30)
class LiveModelTest {
    private static final String KEY = "secret-0123456789-abcdef";
    private static final String TEXT = "```python\nclass P:\n    pass  # é 漢\n```\n";
    private static final Duration SHORT = Duration.ofMillis(400);
    private static final Duration LONG = Duration.ofSeconds(10);
    private static final RunContext RUN = run("NoiseWorld1", 10, 2);
    private static final RetryPolicy ONCE =
            new RetryPolicy(1, Duration.ZERO, Duration.ZERO, Duration.ofMinutes(1));

    /** A way in which asking fails, and what is said of it. */
    private record Fault(String name, Duration deadline, Play play, Reason reason, String said) {
        @Override
        public String toString() {
            return name;
        }
    }

    @ParameterizedTest
    @EnumSource(ProviderKind.class)
    void aGoodReplyComesBackWholeWithItsCost(ProviderKind kind) throws Exception {
        Sample sample = Sample.of(kind);
        try (FaultServer server = new FaultServer(c -> c.json(200, sample.good(TEXT)))) {
            Answer answer = (Answer) ask(kind, server.url(), LONG);

            assertThat(answer.text()).isEqualTo(TEXT);
            assertThat(answer.model()).isEqualTo("m-1");
            assertThat(answer.usage())
                    .isEqualTo(
                            switch (kind) {
                                case GEMINI, OPENAI -> new TokenUsage(1200, 1024, 40);
                                case ANTHROPIC -> new TokenUsage(1200, 1024, 40, 100);
                                case OLLAMA -> new TokenUsage(1200, 0, 40);
                            });
            assertThat(answer.raw()).asString(StandardCharsets.UTF_8).isEqualTo(sample.good(TEXT));
            assertThat(answer.drifted()).isFalse();
            assertThat(answer.latency()).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource(ProviderKind.class)
    void theRequestCarriesThePromptTheSettingsAndTheKeyInItsHeader(ProviderKind kind)
            throws Exception {
        Sample sample = Sample.of(kind);
        String prompt = "Write a policy.\r\n\"Quoted\" é \\ end";
        try (FaultServer server = new FaultServer(c -> c.json(200, sample.good(TEXT)));
                LanguageModel model = open(kind, server.url())) {
            model.ask(
                    new ModelRequest(
                            "policy/1/1",
                            Prompt.of("policy/1", prompt, prompt),
                            new ModelSettings(OptionalDouble.of(0.25), 777, LONG)));

            FaultServer.Received received = server.received().getFirst();
            JsonNode body = new JsonMapper().readTree(received.body());
            String sent =
                    switch (kind) {
                        case GEMINI -> body.at("/contents/0/parts/0/text").asText();
                        case OPENAI, OLLAMA -> body.at("/messages/0/content").asText();
                        case ANTHROPIC -> body.at("/messages/0/content/0/text").asText();
                    };
            assertThat(sent).isEqualTo(prompt);
            String asked =
                    switch (kind) {
                        case GEMINI -> received.line().replaceAll(".*/models/|:gen.*", "");
                        case OPENAI, ANTHROPIC, OLLAMA -> body.path("model").asText();
                    };
            assertThat(asked).isEqualTo("m");
            assertThat(received.line())
                    .contains(
                            switch (kind) {
                                case GEMINI -> " /v1beta/models/m:generateContent ";
                                case OPENAI -> " /v1/chat/completions ";
                                case ANTHROPIC -> " /v1/messages ";
                                case OLLAMA -> " /api/chat ";
                            });
            String options =
                    switch (kind) {
                        case GEMINI -> "/generationConfig";
                        case OPENAI, ANTHROPIC -> "";
                        case OLLAMA -> "/options";
                    };
            assertThat(body.at(options + "/temperature").asDouble()).isEqualTo(0.25);
            String limit =
                    switch (kind) {
                        case GEMINI -> "/maxOutputTokens";
                        case OPENAI, ANTHROPIC -> "/max_tokens";
                        case OLLAMA -> "/num_predict";
                    };
            assertThat(body.at(options + limit).asInt()).isEqualTo(777);
            assertThat(body.path("tools").isEmpty()).isTrue();
            assertThat(received.body()).doesNotContain(KEY);
            assertThat(received.line()).doesNotContain(KEY);
            String header =
                    switch (kind) {
                        case GEMINI -> received.header("x-goog-api-key");
                        case OPENAI -> received.header("Authorization").replace("Bearer ", "");
                        case ANTHROPIC -> received.header("x-api-key");
                        case OLLAMA -> KEY;
                    };
            assertThat(header).isEqualTo(KEY);
        }
    }

    @Test
    void openAiItselfIsGivenItsLimitUnderItsOwnName() {
        OpenAiChatRequestParameters parameters =
                (OpenAiChatRequestParameters)
                        ProviderKind.OPENAI
                                .wire()
                                .parameters(
                                        "m",
                                        ProviderKind.OPENAI.baseUrl(),
                                        request("policy/1/1", "p"));

        assertThat(parameters.maxCompletionTokens()).isEqualTo(Asking.SETTINGS.maxOutputTokens());
        assertThat(parameters.maxOutputTokens()).isNull();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("faults")
    void aFaultIsATypedResultWithinTheDeadline(ProviderKind kind, Fault fault) throws Exception {
        List<String> logged = Collections.synchronizedList(new ArrayList<>());
        Handler ear = ear(logged);
        Logger root = Logger.getLogger("");
        root.addHandler(ear);
        try (FaultServer server = new FaultServer(fault.play())) {
            long start = System.nanoTime();
            ModelReply reply = ask(kind, server.url(), fault.deadline());
            Duration took = Duration.ofNanos(System.nanoTime() - start);

            assertThat(reply).isInstanceOf(NoAnswer.class);
            NoAnswer none = (NoAnswer) reply;
            assertThat(none.reason()).as(none.message()).isEqualTo(fault.reason());
            assertThat(none.message()).contains(fault.said()).doesNotContain("\n");
            assertThat(took).isLessThan(fault.deadline().plusSeconds(5));
            assertThat(server.received()).hasSize(1);
            assertNoKey(none);
            assertThat(logged).noneMatch(line -> line.contains(KEY));
        } finally {
            root.removeHandler(ear);
        }
    }

    static Stream<Arguments> faults() {
        return Stream.of(ProviderKind.values())
                .flatMap(kind ->
                        faultsOf(Sample.of(kind)).stream().map(fault -> Arguments.of(kind, fault)));
    }

    private static List<Fault> faultsOf(Sample sample) {
        String good = sample.good(TEXT);
        byte[] goodBytes = good.getBytes(StandardCharsets.UTF_8);
        List<Fault> faults = new ArrayList<>();
        // The connection.
        faults.add(
                fault("reset before a response", Reason.UNREACHABLE, "broke off", c -> c.reset()));
        faults.add(fault("closed before a response", Reason.UNREACHABLE, "broke off", c -> {}));
        faults.add(
                fault(
                        "reset within the head",
                        Reason.UNREACHABLE,
                        "broke off",
                        c -> {
                            c.send("HTTP/1.1 200 OK\r\nConte".getBytes(StandardCharsets.UTF_8));
                            c.reset();
                        }));
        faults.add(
                fault(
                        "closed within the body",
                        Reason.UNREACHABLE,
                        "broke off after",
                        c -> {
                            c.head(200, "application/json", goodBytes.length);
                            c.send(java.util.Arrays.copyOf(goodBytes, 50));
                        }));
        faults.add(
                fault(
                        "reset after the head",
                        Reason.UNREACHABLE,
                        "broke off",
                        c -> {
                            c.head(200, "application/json", goodBytes.length);
                            c.reset();
                        }));
        faults.add(
                fault(
                        "reset within the body",
                        Reason.UNREACHABLE,
                        "broke off",
                        c -> {
                            c.head(200, "application/json", goodBytes.length);
                            c.send(java.util.Arrays.copyOf(goodBytes, 50));
                            c.reset();
                        }));
        faults.add(
                fault(
                        "no HTTP at all",
                        Reason.UNREACHABLE,
                        "broke off",
                        c -> c.send("SSH-2.0-server\r\n\r\n".getBytes(StandardCharsets.UTF_8))));
        faults.add(late("stall before the head", "nothing came", c -> c.stall()));
        faults.add(
                late(
                        "stall within the head",
                        "nothing came",
                        c -> {
                            c.send("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.UTF_8));
                            c.stall();
                        }));
        faults.add(
                late(
                        "stall after the head",
                        "status 200 and 0 bytes",
                        c -> {
                            c.head(200, "application/json", goodBytes.length);
                            c.stall();
                        }));
        faults.add(
                late(
                        "stall within the body",
                        "status 200 and 60 bytes",
                        c -> {
                            c.head(200, "application/json", goodBytes.length);
                            c.send(java.util.Arrays.copyOf(goodBytes, 60));
                            c.stall();
                        }));
        faults.add(
                late(
                        "slow drip",
                        "did not answer in whole",
                        c -> {
                            c.head(200, "application/json", goodBytes.length);
                            for (byte one : goodBytes) {
                                c.send(new byte[] {one});
                                Thread.sleep(20);
                            }
                        }));
        // Statuses.
        faults.add(status(sample, 400, Reason.BAD_REQUEST));
        faults.add(status(sample, 401, Reason.UNAUTHORIZED));
        faults.add(status(sample, 402, Reason.UNPAID));
        faults.add(status(sample, 403, Reason.UNAUTHORIZED));
        faults.add(status(sample, 404, Reason.BAD_REQUEST));
        faults.add(status(sample, 408, Reason.TIMEOUT));
        faults.add(status(sample, 409, Reason.OVERLOADED));
        faults.add(status(sample, 413, Reason.BAD_REQUEST));
        faults.add(status(sample, 422, Reason.BAD_REQUEST));
        faults.add(status(sample, 429, Reason.RATE_LIMITED));
        faults.add(status(sample, 500, Reason.OVERLOADED));
        faults.add(status(sample, 502, Reason.OVERLOADED));
        faults.add(status(sample, 529, Reason.OVERLOADED));
        faults.add(
                fault(
                        "503 with a page",
                        Reason.OVERLOADED,
                        "status 503: <html> <body>Service Unavailable",
                        c ->
                                c.respond(
                                        503,
                                        "text/html",
                                        "<html>\n<body>Service Unavailable</body></html>"
                                                .getBytes(StandardCharsets.UTF_8))));
        faults.add(
                fault("504 without a body", Reason.OVERLOADED, "status 504", c -> c.json(504, "")));
        faults.add(
                fault(
                        "407 from a proxy",
                        Reason.BAD_REQUEST,
                        "",
                        c ->
                                c.respond(
                                        407,
                                        "text/plain",
                                        "Proxy".getBytes(StandardCharsets.UTF_8),
                                        "Proxy-Authenticate: Basic realm=\"x\"")));
        // Bodies that are no reply.
        faults.add(
                malformed("truncated JSON", "sent no JSON", good.substring(0, good.length() / 2)));
        faults.add(malformed("empty body", "the body is empty", ""));
        faults.add(malformed("JSON and then some", "sent no JSON", good + "}"));
        faults.add(
                malformed("duplicate keys", "Duplicate", "{\"error\":null," + "\"error\":null}"));
        faults.add(
                malformed(
                        "a good reply with a key twice",
                        "Duplicate",
                        "{\"x\":1,\"x\":2," + good.substring(1)));
        faults.add(malformed("an array", "no object", "[" + good + "]"));
        faults.add(malformed("JSON of another service", "has no", sample.foreign()));
        faults.add(
                fault(
                        "a page in place of JSON",
                        Reason.MALFORMED,
                        "(status 200, text/html)",
                        c ->
                                c.respond(
                                        200,
                                        "text/html",
                                        "<html>Sign in</html>".getBytes(StandardCharsets.UTF_8))));
        faults.add(
                fault(
                        "broken UTF-8",
                        Reason.MALFORMED,
                        "not UTF-8",
                        c -> c.respond(200, "application/json", brokenUtf8(sample.good("ab~cd")))));
        faults.add(
                fault(
                        "another charset",
                        Reason.MALFORMED,
                        "not UTF-8",
                        c ->
                                c.respond(
                                        200,
                                        "application/json; charset=ISO-8859-1",
                                        sample.good("é").getBytes(StandardCharsets.ISO_8859_1))));
        faults.add(
                fault(
                        "UTF-16",
                        Reason.MALFORMED,
                        "sent ",
                        c ->
                                c.respond(
                                        200,
                                        "application/json; charset=UTF-16",
                                        good.getBytes(StandardCharsets.UTF_16))));
        faults.add(
                fault(
                        "gzip that breaks off",
                        Reason.MALFORMED,
                        "gzip",
                        c ->
                                c.respond(
                                        200,
                                        "application/json",
                                        java.util.Arrays.copyOf(gzip(good), 60),
                                        "Content-Encoding: gzip")));
        faults.add(
                fault(
                        "10 MB in a small gzip",
                        Reason.MALFORMED,
                        "gzip body that cannot be unpacked: the body is larger than",
                        c ->
                                c.respond(
                                        200,
                                        "application/json",
                                        gzip(sample.good("x".repeat(10 << 20))),
                                        "Content-Encoding: gzip")));
        faults.add(
                fault(
                        "an encoding that was not asked for",
                        Reason.MALFORMED,
                        "in the encoding br",
                        c ->
                                c.respond(
                                        200,
                                        "application/json",
                                        goodBytes,
                                        "Content-Encoding: br")));
        faults.add(
                fault(
                        "broken gzip",
                        Reason.MALFORMED,
                        "gzip",
                        c ->
                                c.respond(
                                        200,
                                        "application/json",
                                        goodBytes,
                                        "Content-Encoding: gzip")));
        faults.add(
                fault(
                        "10 MB",
                        Reason.MALFORMED,
                        "more than a reply can be",
                        c -> {
                            byte[] large =
                                    sample.good("x".repeat(10 << 20))
                                            .getBytes(StandardCharsets.UTF_8);
                            c.respond(200, "application/json", large);
                        }));
        // Replies that are none.
        faults.add(
                fault(
                        "an empty list",
                        Reason.EMPTY,
                        "the reply",
                        c -> c.json(200, sample.empty())));
        faults.add(
                fault(
                        "null text",
                        Reason.EMPTY,
                        "holds no text",
                        c -> c.json(200, sample.noText())));
        faults.add(
                fault(
                        "blank text",
                        Reason.EMPTY,
                        "holds no text",
                        c -> c.json(200, sample.good(" \n"))));
        faults.add(
                fault(
                        "the token limit",
                        Reason.TRUNCATED,
                        "limit of output tokens",
                        c -> c.json(200, sample.atTheTokenLimit("class P"))));
        if (sample.kind() != ProviderKind.OLLAMA) {
            faults.add(fault("a filter", Reason.FILTERED, "", c -> c.json(200, sample.filtered())));
            faults.add(fault("a refusal", Reason.FILTERED, "", c -> c.json(200, sample.refused())));
        }
        // Errors that come as success.
        faults.add(
                fault(
                        "200 with an error",
                        sample.kind() == ProviderKind.OLLAMA ? Reason.MALFORMED : Reason.OVERLOADED,
                        "sent an error with status 200: too much " + ApiKey.REMOVED,
                        c ->
                                c.json(
                                        200,
                                        sample.error(
                                                switch (sample.kind()) {
                                                    case GEMINI -> "UNAVAILABLE";
                                                    case OPENAI, OLLAMA -> "server_error";
                                                    case ANTHROPIC -> "overloaded_error";
                                                },
                                                "too much " + key(sample)))));
        return faults.stream().map(f -> withoutKeyWhereNoneIs(sample, f)).toList();
    }

    /** Ollama is asked without a key, so none can come back. */
    private static Fault withoutKeyWhereNoneIs(Sample sample, Fault fault) {
        return sample.kind() == ProviderKind.OLLAMA
                ? new Fault(
                        fault.name(),
                        fault.deadline(),
                        fault.play(),
                        fault.reason(),
                        fault.said().replace(" " + ApiKey.REMOVED, ""))
                : fault;
    }

    private static String key(Sample sample) {
        return sample.kind() == ProviderKind.OLLAMA ? "" : KEY;
    }

    /** An error with this status whose message sends the key back. */
    private static Fault status(Sample sample, int status, Reason reason) {
        return fault(
                "status " + status,
                reason,
                "status " + status + ": bad " + ApiKey.REMOVED,
                c -> c.json(status, sample.error("some_error", "bad\n" + key(sample))));
    }

    private static Fault malformed(String name, String said, String body) {
        return fault(name, Reason.MALFORMED, said, c -> c.json(200, body));
    }

    private static Fault fault(String name, Reason reason, String said, Play play) {
        return new Fault(name, LONG, play, reason, said);
    }

    private static Fault late(String name, String said, Play play) {
        return new Fault(name, SHORT, play, Reason.TIMEOUT, said);
    }

    @ParameterizedTest
    @EnumSource(ProviderKind.class)
    void nobodyListening(ProviderKind kind) throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        NoAnswer none = (NoAnswer) ask(kind, "http://localhost:" + port, LONG);

        assertThat(none.reason()).isEqualTo(Reason.UNREACHABLE);
        assertThat(none.message()).contains("localhost:" + port, "refuses connections");
    }

    @ParameterizedTest
    @EnumSource(ProviderKind.class)
    void aNameThatIsNowhere(ProviderKind kind) throws Exception {
        NoAnswer none = (NoAnswer) ask(kind, "https://no-such-host.invalid", LONG);

        assertThat(none.reason()).isEqualTo(Reason.UNREACHABLE);
        assertThat(none.message()).contains("the name of no-such-host.invalid is not found");
        assertNoKey(none);
    }

    @ParameterizedTest
    @EnumSource(ProviderKind.class)
    void aConnectionThatIsResetBeforeTheRequestIsRead(ProviderKind kind) throws Exception {
        try (FaultServer server = FaultServer.deaf(FaultServer.Connection::reset)) {
            NoAnswer none = (NoAnswer) ask(kind, server.url(), LONG);

            assertThat(none.reason()).isEqualTo(Reason.UNREACHABLE);
            assertThat(none.message()).contains("broke off before a response");
            assertNoKey(none);
        }
    }

    /** What the bytes are counts, not what they are called. */
    @ParameterizedTest
    @EnumSource(ProviderKind.class)
    void aGoodReplyUnderAnotherContentTypeIsAReply(ProviderKind kind) throws Exception {
        byte[] good = Sample.of(kind).good(TEXT).getBytes(StandardCharsets.UTF_8);
        for (String type : List.of("text/html", "application/json; charset=ISO-8859-1", "")) {
            try (FaultServer server = new FaultServer(c -> c.respond(200, type, good))) {
                assertThat(((Answer) ask(kind, server.url(), LONG)).text()).isEqualTo(TEXT);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("redirects")
    void aRedirectIsNotFollowed(ProviderKind kind, int status) throws Exception {
        try (FaultServer elsewhere = new FaultServer(c -> c.json(200, "{}"));
                FaultServer server =
                        new FaultServer(
                                c -> c.json(status, "", "Location: " + elsewhere.url() + "/v1"))) {
            NoAnswer none = (NoAnswer) ask(kind, server.url(), LONG);

            assertThat(none.reason()).isEqualTo(Reason.BAD_REQUEST);
            assertThat(none.message()).contains("redirects to " + elsewhere.url());
            assertThat(elsewhere.received()).isEmpty();
        }
    }

    static Stream<Arguments> redirects() {
        return Stream.of(ProviderKind.values())
                .flatMap(kind ->
                        Stream.of(301, 302, 303, 307, 308)
                                .map(status -> Arguments.of(kind, status)));
    }

    @ParameterizedTest
    @EnumSource(ProviderKind.class)
    void whatTheTokenLimitLeftIsKept(ProviderKind kind) throws Exception {
        Sample sample = Sample.of(kind);
        try (FaultServer server =
                new FaultServer(c -> c.json(200, sample.atTheTokenLimit("class P")))) {
            NoAnswer none = (NoAnswer) ask(kind, server.url(), LONG);

            assertThat(none.partialText()).isEqualTo("class P");
            assertThat(none.usage().output()).isEqualTo(40);
        }
    }

    @ParameterizedTest
    @EnumSource(ProviderKind.class)
    void unknownFieldsAndAPackedBodyAreNoFault(ProviderKind kind) throws Exception {
        byte[] packed = gzip(Sample.of(kind).withUnknownFields(TEXT));
        try (FaultServer server =
                new FaultServer(c ->
                        c.respond(200, "application/json", packed, "Content-Encoding: gzip"))) {
            assertThat(((Answer) ask(kind, server.url(), LONG)).text()).isEqualTo(TEXT);
        }
    }

    @ParameterizedTest
    @EnumSource(ProviderKind.class)
    void theWaitThatAServerAsksForIsRead(ProviderKind kind) throws Exception {
        String date =
                DateTimeFormatter.RFC_1123_DATE_TIME.format(
                        ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(3600));
        Map<String, Duration> headers =
                Map.of(
                        "Retry-After: 17",
                        Duration.ofSeconds(17),
                        "retry-after-ms: 1500",
                        Duration.ofMillis(1500),
                        "Retry-After: 0",
                        Duration.ZERO,
                        "Retry-After: Wed, 21 Oct 2015 07:28:00 GMT",
                        Duration.ZERO);
        String body = Sample.of(kind).error("some_error", "slow down");
        for (Map.Entry<String, Duration> header : headers.entrySet()) {
            assertThat(retryAfter(kind, body, header.getKey())).contains(header.getValue());
        }
        assertThat(retryAfter(kind, body, "Retry-After: " + date).orElseThrow())
                .isBetween(Duration.ofSeconds(3500), Duration.ofSeconds(3600));
        assertThat(retryAfter(kind, body, "Retry-After: soon")).isEmpty();
        assertThat(retryAfter(kind, body, "X: y")).isEmpty();
        assertThat(
                        retryAfter(
                                kind,
                                "{\"error\":{\"code\":429,\"details\":[{\"retryDelay\":\"39s\"}]}}",
                                "X: y"))
                .contains(Duration.ofSeconds(39));
    }

    @Test
    void anEmptyAccountIsNotARateLimit() throws Exception {
        try (FaultServer server =
                new FaultServer(c ->
                        c.json(
                                429,
                                "{\"error\":{\"message\":\"quota\",\"type\":"
                                        + "\"insufficient_quota\"}}"))) {
            assertThat(((NoAnswer) ask(ProviderKind.OPENAI, server.url(), LONG)).reason())
                    .isEqualTo(Reason.UNPAID);
        }
    }

    @Test
    void aWrongKeyOfGoogleComesAsABadRequestAndIsNotOne() throws Exception {
        try (FaultServer server =
                new FaultServer(c ->
                        c.json(
                                400,
                                "{\"error\":{\"code\":400,\"message\":\"API key not"
                                        + " valid\",\"status\":\"INVALID_ARGUMENT\","
                                        + "\"details\":[{\"reason\":"
                                        + "\"API_KEY_INVALID\"}]}}"))) {
            NoAnswer none = (NoAnswer) ask(ProviderKind.GEMINI, server.url(), LONG);
            assertThat(none.reason()).isEqualTo(Reason.UNAUTHORIZED);
            assertThat(none.message()).contains("check the key in GEMINI_API_KEY");
        }
    }

    @Test
    void whatARefusalOfOpenAiSaysIsTold() throws Exception {
        String refused = Sample.of(ProviderKind.OPENAI).refused();
        try (FaultServer server = new FaultServer(c -> c.json(200, refused))) {
            NoAnswer none = (NoAnswer) ask(ProviderKind.OPENAI, server.url(), LONG);
            assertThat(none.message()).contains("I cannot");
        }
    }

    @ParameterizedTest
    @EnumSource(ProviderKind.class)
    void thoughtsAreNotPartOfAReplyAndWhatIsOptionalMayBeMissing(ProviderKind kind)
            throws Exception {
        try (FaultServer server = new FaultServer(c -> c.json(200, Sample.of(kind).bare(TEXT)))) {
            ModelReply reply = ask(kind, server.url(), LONG);
            assertThat(reply).isInstanceOf(Answer.class);
            assertThat(((Answer) reply).text()).isEqualTo(TEXT);
            assertThat(((Answer) reply).model()).isEqualTo("unknown");
            assertThat(reply.usage()).isEqualTo(TokenUsage.UNKNOWN);
        }
    }

    @ParameterizedTest
    @EnumSource(ProviderKind.class)
    void askingIsInterruptible(ProviderKind kind) throws Exception {
        try (FaultServer server = new FaultServer(c -> c.stall());
                ExecutorService askers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> asked = askers.submit(() -> ask(kind, server.url(), Duration.ofMinutes(5)));
            while (server.received().isEmpty()) {
                Thread.onSpinWait();
            }
            asked.cancel(true);
            // Closing the executor waits for the asker: the test's time limit is the assertion.
        }
    }

    @Test
    void aRoundOfTenIsAskedAtOnce() throws Exception {
        CountDownLatch ten = new CountDownLatch(10);
        Sample sample = Sample.of(ProviderKind.OPENAI);
        try (FaultServer server =
                        new FaultServer(c -> {
                            ten.countDown();
                            // Nobody is answered before all have asked.
                            ten.await();
                            c.json(200, sample.good(TEXT));
                        });
                LanguageModel model = open(ProviderKind.OPENAI, server.url());
                ExecutorService askers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<ModelReply>> replies = new ArrayList<>();
            for (int k = 1; k <= 10; k++) {
                ModelRequest request = request("policy/1/" + k, "p");
                replies.add(askers.submit(() -> model.ask(request)));
            }
            for (Future<ModelReply> reply : replies) {
                assertThat(reply.get()).isInstanceOf(Answer.class);
            }
        }
    }

    @Test
    void withoutAKeyNothingIsOpened() {
        for (ProviderSource source :
                List.of(Models.gemini("m"), Models.openai("m"), Models.anthropic("m"))) {
            assertThatThrownBy(() -> source.withEnvironment(Asking.keys(" ")).open(RUN))
                    .isInstanceOf(ModelUnavailableException.class)
                    .hasMessageStartingWith("no key for " + source.name())
                    .hasMessageContaining("_API_KEY in the environment")
                    .hasMessageNotContaining("\n");
        }
    }

    @Test
    void aKeyThatCannotBeOneIsNotQuoted() {
        assertThatThrownBy(() ->
                        Models.openai("m").withEnvironment(Asking.keys(KEY + "\nX: y")).open(RUN))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageContaining("OPENAI_API_KEY holds blanks")
                .hasMessageNotContaining(KEY);
    }

    @Test
    void noTextFormShowsTheKey() {
        ProviderSource source = Models.openai("m").withEnvironment(Asking.keys(KEY));
        try (LanguageModel model = source.open(RUN)) {
            assertThat(source + " " + source.name() + model + model.identity()).doesNotContain(KEY);
            assertThat(ApiKey.find(ProviderKind.OPENAI, name -> KEY)).hasToString("a key");
        }
    }

    @Test
    void aKeyDoesNotTravelInTheOpenToAnotherMachine() {
        for (String open :
                List.of("http://gpu:8000/v1", "http://10.0.0.7/v1", "http://127.evil.org")) {
            assertThat(ProviderSource.readable(open)).as(open).isTrue();
        }
        for (String safe :
                List.of(
                        "https://gpu:8000/v1",
                        "http://localhost:8000/v1",
                        "http://127.0.0.1:8000/v1",
                        "http://[::1]:8000/v1")) {
            assertThat(ProviderSource.readable(safe)).as(safe).isFalse();
        }
    }

    private static java.util.Optional<Duration> retryAfter(
            ProviderKind kind, String body, String header) throws Exception {
        try (FaultServer server = new FaultServer(c -> c.json(429, body, header))) {
            NoAnswer none = (NoAnswer) ask(kind, server.url(), LONG);
            assertThat(none.reason()).isEqualTo(Reason.RATE_LIMITED);
            return none.retryAfter();
        }
    }

    private static ModelReply ask(ProviderKind kind, String url, Duration deadline)
            throws InterruptedException {
        try (LanguageModel model = open(kind, url)) {
            return model.ask(
                    new ModelRequest(
                            "policy/1/1",
                            Prompt.of("policy/1", "the prompt", "the prompt"),
                            new ModelSettings(OptionalDouble.empty(), 512, deadline)));
        }
    }

    private static LanguageModel open(ProviderKind kind, String url) {
        return ProviderSource.of(kind, "m", url + Sample.of(kind).path())
                .withEnvironment(Asking.keys(KEY))
                .withRetries(ONCE)
                .open(RUN);
    }

    private static void assertNoKey(NoAnswer none) {
        assertThat(none.toString()).doesNotContain(KEY);
        assertThat(new String(none.raw(), StandardCharsets.ISO_8859_1)).doesNotContain(KEY);
    }

    /** The tilde becomes the first byte of a character whose second never comes. */
    private static byte[] brokenUtf8(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        bytes[text.indexOf('~')] = (byte) 0xc3;
        return bytes;
    }

    private static byte[] gzip(String text) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    private static Handler ear(List<String> logged) {
        Handler handler =
                new Handler() {
                    @Override
                    public void publish(LogRecord record) {
                        logged.add(record.getMessage() + record.getThrown());
                    }

                    @Override
                    public void flush() {}

                    @Override
                    public void close() {}
                };
        handler.setLevel(Level.ALL);
        return handler;
    }
}
