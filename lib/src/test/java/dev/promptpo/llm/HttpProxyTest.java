package dev.promptpo.llm;

import static dev.promptpo.llm.Asking.request;
import static dev.promptpo.llm.Asking.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.promptpo.ledger.Children;
import dev.promptpo.llm.FaultServer.Play;
import dev.promptpo.llm.ModelReply.Answer;
import dev.promptpo.llm.ModelReply.NoAnswer;
import dev.promptpo.llm.ModelReply.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Proxies that the environment names, against real ones on loopback. */
@Timeout(30)
class HttpProxyTest {
    private static final String KEY = "secret-0123456789-abcdef";
    private static final RetryPolicy ONCE =
            new RetryPolicy(1, Duration.ZERO, Duration.ZERO, Duration.ofMinutes(1));

    @TempDir private static Path folder;

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                // the server, the environment, the variable that counts
                "https://api.example.com/v1, HTTPS_PROXY=http://p:1, HTTPS_PROXY",
                "https://api.example.com/v1, HTTPS_PROXY=p:1, HTTPS_PROXY",
                "https://api.example.com/v1, HTTPS_PROXY=http://u:w@p:1/, HTTPS_PROXY",
                "https://api.example.com/v1, HTTPS_PROXY=http://[fd00::1]:1, HTTPS_PROXY",
                "https://api.example.com/v1, https_proxy=p:1;HTTPS_PROXY=q:2, https_proxy",
                "https://api.example.com/v1, HTTP_PROXY=p:1, none",
                "https://api.example.com/v1, ALL_PROXY=p:1, ALL_PROXY",
                "https://api.example.com/v1, all_proxy=p:1;HTTPS_PROXY=q:2, HTTPS_PROXY",
                "https://api.example.com/v1, '', none",
                "https://api.example.com/v1, 'HTTPS_PROXY= ', none",
                "http://gpu:8000/v1, HTTP_PROXY=p:1;HTTPS_PROXY=q:2, HTTP_PROXY",
                "http://gpu:8000/v1, HTTPS_PROXY=q:2, none",
                // this machine
                "http://localhost:8000/v1, HTTP_PROXY=p:1, none",
                "https://LOCALHOST.:8000/v1, HTTPS_PROXY=p:1, none",
                "http://127.8.9.1:8000/v1, ALL_PROXY=p:1, none",
                "http://[::1]:8000/v1, ALL_PROXY=p:1, none",
                "http://127.evil.org:8000/v1, ALL_PROXY=p:1, ALL_PROXY",
                "https://localhost.evil.org/v1, ALL_PROXY=p:1, ALL_PROXY",
                "https://[::2]/v1, ALL_PROXY=p:1, ALL_PROXY",
                // exceptions
                "https://api.example.com/v1, ALL_PROXY=p:1;NO_PROXY=*, none",
                "https://api.example.com/v1, ALL_PROXY=p:1;NO_PROXY=api.example.com, none",
                "https://api.example.com/v1, ALL_PROXY=p:1;NO_PROXY=a.org b.org example.com, none",
                "https://API.example.com/v1, ALL_PROXY=p:1;NO_PROXY=.Example.com, none",
                "https://api.example.com/v1, ALL_PROXY=p:1;NO_PROXY=*.example.com, none",
                "https://api.example.com/v1, ALL_PROXY=p:1;NO_PROXY=example.com:443, none",
                "https://api.example.com/v1, ALL_PROXY=p:1;NO_PROXY=example.com:8443, ALL_PROXY",
                "https://api.example.com/v1, ALL_PROXY=p:1;NO_PROXY=ample.com, ALL_PROXY",
                "https://api.example.com/v1, ALL_PROXY=p:1;NO_PROXY=., ALL_PROXY",
                "https://api.example.com/v1, ALL_PROXY=p:1;no_proxy=a.org;NO_PROXY=*, ALL_PROXY",
                "http://10.1.2.3:8000/v1, ALL_PROXY=p:1;NO_PROXY=10.0.0.0/8, none",
                "http://11.1.2.3:8000/v1, ALL_PROXY=p:1;NO_PROXY=10.0.0.0/8, ALL_PROXY",
                "http://10.1.2.3:8000/v1, ALL_PROXY=p:1;NO_PROXY=10.1.2.3, none",
                "http://10.1.2.3:8000/v1, ALL_PROXY=p:1;NO_PROXY=2.3, ALL_PROXY",
                "http://10.1.2.3:8000/v1, ALL_PROXY=p:1;NO_PROXY=10.0.0.0/x, ALL_PROXY",
                "http://[fd00::7]:8000/v1, ALL_PROXY=p:1;NO_PROXY=fd00::/8, none",
                "http://[fd00::7]:8000/v1, ALL_PROXY=p:1;NO_PROXY=[fd00:0::7]:8000, none",
            })
    void theEnvironmentNamesTheProxyOfAServer(String server, String set, String variable) {
        Map<String, String> environment =
                Stream.of(set.split(";"))
                        .filter(one -> !one.isBlank())
                        .map(one -> one.split("=", 2))
                        .collect(java.util.stream.Collectors.toMap(one -> one[0], one -> one[1]));

        Optional<HttpProxy> proxy = HttpProxy.of(server, environment::get);

        assertThat(proxy.map(HttpProxy::toString).orElse("none"))
                .matches(
                        variable == null
                                ? "none"
                                : "the proxy .*:1 \\("
                                        + variable
                                        + "\\)|"
                                        + "the proxy q:2 \\("
                                        + variable
                                        + "\\)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://proxy",
                "https://secret@proxy:3128",
                "socks5://secret@proxy:1080",
                "http://secret@proxy:99999",
                "http://secret@proxy:0",
                "http://proxy:3128/secret",
                "secret"
            })
    void whatIsNoProxyIsRefusedInOneLineThatDoesNotQuoteIt(String text) {
        assertThatThrownBy(() ->
                        Models.gemini("m")
                                .withEnvironment(and(Map.of("HTTPS_PROXY", text)))
                                .open(run("NoiseWorld1", 1, 1)))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageStartingWith("HTTPS_PROXY ")
                .hasMessageContaining("expected http://host:port")
                .hasMessageNotContaining("secret")
                .hasMessageNotContaining("\n");
    }

    @Test
    void aPasswordIsInNoTextForm() {
        HttpProxy proxy =
                HttpProxy.of(
                                "https://api.example.com",
                                Map.of("HTTPS_PROXY", "http://u:p%40s+s@proxy:1")::get)
                        .orElseThrow();

        // u:p@s+s
        assertThat(proxy.authorization()).contains("Basic dTpwQHMrcw==");
        assertThat(proxy + proxy.refusal()).doesNotContain("p@s+s", "p%40s", "dTpw");
    }

    /** The tunnel is a proxy's only part in it: the key goes to the server, encrypted. */
    @ParameterizedTest
    @EnumSource(ProviderKind.class)
    void aServerWithTlsIsAskedThroughATunnelThatSeesNoKey(ProviderKind kind) throws Exception {
        Sample sample = Sample.of(kind);
        List<String> keys = new ArrayList<>();
        HttpsServer server = tlsServer(sample.good("text"), keys);
        ByteArrayOutputStream passed = new ByteArrayOutputStream();
        try (FaultServer proxy = new FaultServer(tunnel(server.getAddress(), passed));
                LiveModel model =
                        model(
                                kind,
                                "https://provider.example",
                                Map.of("HTTPS_PROXY", proxy.url()),
                                HttpClient.newBuilder().sslContext(trusting()))) {
            Answer answer = (Answer) model.ask(request("policy/1/1", "the prompt"));

            assertThat(answer.text()).isEqualTo("text");
            assertThat(keys).hasSize(1).first().asString().endsWith(KEY);
            assertThat(proxy.received()).hasSize(1);
            FaultServer.Received connect = proxy.received().getFirst();
            assertThat(connect.line()).isEqualTo("CONNECT provider.example:443 HTTP/1.1");
            assertThat(connect.headers()).noneMatch(header -> header.contains(KEY));
            assertThat(passed.size()).isGreaterThan(500);
            assertThat(passed.toString(StandardCharsets.ISO_8859_1))
                    .doesNotContain(KEY, "the prompt");
        } finally {
            server.stop(0);
        }
    }

    @ParameterizedTest
    @EnumSource(ProviderKind.class)
    void thisMachineIsAskedWithoutAProxy(ProviderKind kind) throws Exception {
        Sample sample = Sample.of(kind);
        try (FaultServer server = new FaultServer(c -> c.json(200, sample.good("text")));
                FaultServer proxy = new FaultServer(c -> c.json(502, ""));
                LanguageModel model =
                        open(
                                kind,
                                server.url(),
                                Map.of("ALL_PROXY", proxy.url(), "HTTP_PROXY", proxy.url()))) {
            assertThat(model.ask(request("policy/1/1", "p"))).isInstanceOf(Answer.class);
            assertThat(server.received()).hasSize(1);
            assertThat(proxy.received()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(ProviderKind.class)
    void aServerWithoutTlsIsAskedThroughAProxyWithoutAKey(ProviderKind kind) throws Exception {
        Sample sample = Sample.of(kind);
        try (FaultServer proxy = new FaultServer(c -> c.json(200, sample.good("text")));
                LanguageModel model =
                        open(kind, "http://gpu.invalid:8000", Map.of("HTTP_PROXY", proxy.url()))) {
            assertThat(model.ask(request("policy/1/1", "p"))).isInstanceOf(Answer.class);
            FaultServer.Received received = proxy.received().getFirst();
            assertThat(received.line()).startsWith("POST http://gpu.invalid:8000/");
            assertThat(received.toString()).doesNotContain(KEY);
        }
    }

    private record Fault(String name, Duration deadline, Play play, Reason reason, String said) {
        @Override
        public String toString() {
            return name;
        }
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("faults")
    void aFaultOfAProxyIsATypedResultThatNamesIt(ProviderKind kind, Fault fault) throws Exception {
        try (FaultServer proxy = new FaultServer(fault.play());
                LanguageModel model =
                        open(
                                kind,
                                "https://provider.example",
                                Map.of("HTTPS_PROXY", proxy.url()))) {
            NoAnswer none = ask(model, fault.deadline());

            assertThat(none.reason()).as(none.message()).isEqualTo(fault.reason());
            assertThat(none.message())
                    .contains(fault.said(), "the proxy localhost:", "(HTTPS_PROXY)")
                    .doesNotContain("\n", KEY);
            assertThat(proxy.received())
                    .isNotEmpty()
                    .allMatch(one -> one.line().startsWith("CONNECT "))
                    .noneMatch(one -> one.toString().contains(KEY));
        }
    }

    static Stream<Arguments> faults() {
        Duration enough = Duration.ofSeconds(10);
        List<Fault> faults =
                List.of(
                        new Fault(
                                "407",
                                enough,
                                c ->
                                        c.respond(
                                                407,
                                                "text/html",
                                                "<html>".getBytes(StandardCharsets.UTF_8),
                                                "Proxy-Authenticate: Basic realm=\"x\""),
                                Reason.BAD_REQUEST,
                                "wants a user and a password"),
                        new Fault(
                                "403",
                                enough,
                                c -> c.json(403, ""),
                                Reason.BAD_REQUEST,
                                "status 403: does it let this server through?"),
                        new Fault(
                                "502",
                                enough,
                                c -> c.json(502, "{}"),
                                Reason.UNREACHABLE,
                                "status 502"),
                        new Fault(
                                "504",
                                enough,
                                c -> c.json(504, ""),
                                Reason.UNREACHABLE,
                                "status 504"),
                        new Fault(
                                "closed without a word",
                                enough,
                                c -> {},
                                Reason.UNREACHABLE,
                                "broke off"),
                        new Fault(
                                "reset",
                                enough,
                                FaultServer.Connection::reset,
                                Reason.UNREACHABLE,
                                "broke off"),
                        new Fault(
                                "a tunnel to something without TLS",
                                enough,
                                c -> {
                                    c.send(ESTABLISHED);
                                    // What is not read would come back as a reset.
                                    c.socket().getInputStream().read(new byte[8192]);
                                    c.send("SSH-2.0-server\r\n".getBytes(StandardCharsets.UTF_8));
                                    c.stall();
                                },
                                Reason.UNREACHABLE,
                                "no secure connection"),
                        new Fault(
                                "silence",
                                Duration.ofMillis(400),
                                FaultServer.Connection::stall,
                                Reason.TIMEOUT,
                                "nothing came"),
                        new Fault(
                                "silence in the tunnel",
                                Duration.ofMillis(400),
                                c -> {
                                    c.send(ESTABLISHED);
                                    c.stall();
                                },
                                Reason.TIMEOUT,
                                "nothing came"));
        return Stream.of(ProviderKind.values())
                .flatMap(kind -> faults.stream().map(fault -> Arguments.of(kind, fault)));
    }

    @ParameterizedTest
    @EnumSource(ProviderKind.class)
    void aProxyThatIsNotThereIsNamed(ProviderKind kind) throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        NoAnswer refused = through(kind, "http://localhost:" + port);
        assertThat(refused.reason()).isEqualTo(Reason.UNREACHABLE);
        assertThat(refused.message())
                .startsWith("the proxy localhost:" + port + " (HTTPS_PROXY) refuses connections");

        NoAnswer nowhere = through(kind, "http://no-such-proxy.invalid:3128");
        assertThat(nowhere.reason()).isEqualTo(Reason.UNREACHABLE);
        assertThat(nowhere.message()).contains("no-such-proxy.invalid:3128", "is not found");
    }

    /** In a process of its own, since Java reads the property that allows it once. */
    @Test
    void aPasswordGoesToTheProxyAndNowhereElse() throws Exception {
        String printed = Children.run(AskThroughPassword.class);

        assertThat(printed).contains("proxy got: Basic dXNlcjpwYXNz").contains("refused: true");
    }

    /** Asks once through a proxy that wants a password and refuses this one. */
    static final class AskThroughPassword {
        private AskThroughPassword() {}

        public static void main(String[] arguments) throws Exception {
            try (FaultServer proxy =
                            new FaultServer(
                                    c -> c.json(407, "", "Proxy-Authenticate: Basic realm=\"x\""));
                    LanguageModel model =
                            open(
                                    ProviderKind.OPENAI,
                                    "https://provider.example",
                                    Map.of(
                                            "HTTPS_PROXY",
                                            proxy.url().replace("//", "//user:pass@")))) {
                NoAnswer none = ask(model, Duration.ofSeconds(10));
                System.out.println(
                        "proxy got: " + proxy.received().getFirst().header("Proxy-Authorization"));
                System.out.println(
                        "refused: "
                                + (none.message().contains("does not accept the user")
                                        && !none.message().contains("pass@")));
            }
        }
    }

    private static final byte[] ESTABLISHED =
            "HTTP/1.1 200 Established\r\n\r\n".getBytes(StandardCharsets.UTF_8);

    private static NoAnswer through(ProviderKind kind, String proxy) throws Exception {
        try (LanguageModel model =
                open(kind, "https://provider.example", Map.of("HTTPS_PROXY", proxy))) {
            return ask(model, Duration.ofSeconds(10));
        }
    }

    private static NoAnswer ask(LanguageModel model, Duration deadline)
            throws InterruptedException {
        ModelRequest request = request("policy/1/1", "p");
        return (NoAnswer)
                model.ask(
                        new ModelRequest(
                                request.role(),
                                request.prompt(),
                                new ModelSettings(
                                        request.settings().temperature(), 512, deadline)));
    }

    private static LanguageModel open(
            ProviderKind kind, String url, Map<String, String> environment) {
        return ProviderSource.of(kind, "m", url + Sample.of(kind).path())
                .withEnvironment(and(environment))
                .withRetries(ONCE)
                .open(run("NoiseWorld1", 1, 1));
    }

    private static LiveModel model(
            ProviderKind kind,
            String url,
            Map<String, String> environment,
            HttpClient.Builder client) {
        String baseUrl = url + Sample.of(kind).path();
        UnaryOperator<String> variables = and(environment);
        // Ollama has no key of its own; a server of its form behind TLS may have one.
        ProviderKind keyed = kind == ProviderKind.OLLAMA ? ProviderKind.OPENAI : kind;
        return new LiveModel(
                kind,
                "m",
                baseUrl,
                ApiKey.find(keyed, variables),
                new Transport(HttpProxy.of(baseUrl, variables), client));
    }

    private static UnaryOperator<String> and(Map<String, String> environment) {
        return name -> environment.getOrDefault(name, Asking.keys(KEY).apply(name));
    }

    /** Connects whoever asks to one server, whatever name is asked for, and keeps what is sent. */
    private static Play tunnel(InetSocketAddress server, ByteArrayOutputStream passed) {
        return c -> {
            try (Socket there = new Socket(server.getAddress(), server.getPort())) {
                c.send(ESTABLISHED);
                Thread back =
                        Thread.ofVirtual()
                                .start(() -> {
                                    try {
                                        there.getInputStream()
                                                .transferTo(c.socket().getOutputStream());
                                    } catch (IOException e) {
                                        // One of the two has left.
                                    }
                                });
                InputStream in = c.socket().getInputStream();
                byte[] buffer = new byte[8192];
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    synchronized (passed) {
                        passed.write(buffer, 0, read);
                    }
                    there.getOutputStream().write(buffer, 0, read);
                }
                back.join();
            }
        };
    }

    private static HttpsServer tlsServer(String reply, List<String> keys) throws Exception {
        KeyStore store = keyStore();
        KeyManagerFactory managers =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        HttpsServer server =
                HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext(
                "/",
                exchange -> {
                    exchange.getRequestHeaders()
                            .forEach((name, values) -> {
                                if (List.of("authorization", "x-api-key", "x-goog-api-key")
                                        .contains(name.toLowerCase(Locale.ROOT))) {
                                    keys.addAll(values);
                                }
                            });
                    exchange.getRequestBody().readAllBytes();
                    byte[] body = reply.getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        server.start();
        return server;
    }

    private static final String PASSWORD = "of-this-test";

    /** A certificate of {@code provider.example} that nobody signed but itself. */
    private static KeyStore keyStore() throws Exception {
        Path file = folder.resolve("server.p12");
        if (!Files.exists(file)) {
            Process keytool =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "keytool")
                                            .toString(),
                                    "-genkeypair",
                                    "-keyalg",
                                    "EC",
                                    "-dname",
                                    "CN=provider.example",
                                    "-ext",
                                    "san=dns:provider.example",
                                    "-storetype",
                                    "PKCS12",
                                    "-keystore",
                                    file.toString(),
                                    "-storepass",
                                    PASSWORD)
                            .redirectErrorStream(true)
                            .start();
            String said =
                    new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(keytool.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(keytool.exitValue()).as(said).isZero();
        }
        return KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
    }

    private static SSLContext trusting() throws Exception {
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        KeyStore server = keyStore();
        own.setCertificateEntry("server", server.getCertificate(server.aliases().nextElement()));
        trust.init(own);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
