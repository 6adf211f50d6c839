package dev.promptpo.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server with OpenAI's interface on this machine that answers each request after a time. */
final class SlowServer implements AutoCloseable {
    /** Requests that may wait to be accepted. */
    private static final int BACKLOG = 256;

    private static final String POLICY =
            """
            ```python
            class %s:
                def act(self, obs):
                    return 0
            ```
            """;

    private static final String FEEDBACK =
            """
            ```python
            class Feedback:
                def summarize_trajectory(self, traj):
                    return f"{len(traj)} steps"
            ```
            """;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Duration latency;
    private final String policyClass;
    private int requests;
    private int inFlight;
    private int most;

    SlowServer(Duration latency, String policyClass) throws IOException {
        this.latency = latency;
        this.policyClass = policyClass;
        server =
                HttpServer.create(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    /** The base URL. */
    String url() {
        return "http://localhost:" + server.getAddress().getPort() + "/v1";
    }

    /** Requests that came since the last reset. */
    synchronized int requests() {
        return requests;
    }

    /** How many of them were here at one moment, at most. */
    synchronized int mostAtOnce() {
        return most;
    }

    synchronized void reset() {
        requests = 0;
        most = inFlight;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String prompt =
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        enter();
        try {
            Thread.sleep(latency);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        } finally {
            leave();
        }
        boolean feedback = prompt.contains("class `Feedback`");
        byte[] body =
                ("{\"model\":\"slow\",\"choices\":[{\"message\":{\"content\":"
                                + new ObjectMapper()
                                        .writeValueAsString(
                                                feedback ? FEEDBACK : POLICY.formatted(policyClass))
                                + "},\"finish_reason\":\"stop\"}]}")
                        .getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private synchronized void enter() {
        requests++;
        inFlight++;
        most = Math.max(most, inFlight);
    }

    private synchronized void leave() {
        inFlight--;
    }
}
