package dev.promptpo.rollout;

import dev.promptpo.environment.EnvironmentFiles;
import dev.promptpo.python.PythonException;
import dev.promptpo.python.PythonInstallation;
import dev.promptpo.python.PythonObject;
import dev.promptpo.python.PythonTask;
import dev.promptpo.python.PythonThread;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;

/**
 * One pool of Python processes and the client that talks to it. Used from one thread at a time.
 *
 * <p>Every method throws {@link RolloutEngineException} when the pool is gone.
 */
final class PoolConnection {
    private static final String CLIENT_MODULE = "promptpo_rollout.client";
    private static final String POOL_IS_GONE = CLIENT_MODULE + ".RolloutError";
    private static final String REGISTER = "{\"type\": \"register\"}";
    private static final double START_SECONDS = 60;

    private final PythonObject client;
    private final long processId;
    private final SortedMap<String, String> versions;
    private final Set<String> learned = new HashSet<>();

    private PoolConnection(
            PythonObject client, long processId, SortedMap<String, String> versions) {
        this.client = client;
        this.processId = processId;
        this.versions = versions;
    }

    /** A document and the bytes that came with it. */
    record Message(String json, byte[] blob) {}

    /** Starts a pool and waits until its level of isolation is proven. */
    static PoolConnection start(RolloutOptions options) {
        String interpreter = PythonInstallation.find().interpreter().toString();
        return ask(python -> {
            // The package's own start, imported once: its class is the callable.
            PythonObject type =
                    python.call(PythonObject.class, "importlib", "import_module", CLIENT_MODULE)
                            .attribute(PythonObject.class, "Client");
            PythonObject client =
                    type.call(
                            PythonObject.class,
                            "start",
                            interpreter,
                            options.workers(),
                            options.isolation().id(),
                            START_SECONDS);
            PythonObject hello = client.attribute(PythonObject.class, "hello");
            return new PoolConnection(
                    client,
                    hello.call(Long.class, "get", "pid"),
                    RolloutJson.texts(client.call(String.class, "versions")));
        });
    }

    /** Process id of the pool. */
    long processId() {
        return processId;
    }

    /** What its numbers depend on, by name. */
    SortedMap<String, String> versions() {
        return versions;
    }

    /** Gives the workers a user's own environment, once. */
    void learn(EnvironmentFiles files) {
        if (learned.add(files.digest())) {
            submit(REGISTER, files.text().getBytes(StandardCharsets.UTF_8));
        }
    }

    /**
     * Sends a request.
     *
     * @return the id that its documents carry
     */
    long submit(String json, byte[] blob) {
        return ask(python -> client.call(Long.class, "submit", json, blob));
    }

    /** What has come; waits for it, in the kernel, at most so long. */
    List<Message> poll(double seconds) {
        return ask(python -> {
            List<Message> messages = new ArrayList<>();
            for (Object pair : client.call(List.class, "poll", seconds)) {
                List<?> parts = (List<?>) pair;
                messages.add(new Message((String) parts.get(0), (byte[]) parts.get(1)));
            }
            return messages;
        });
    }

    /** Asks to end a request; its last document still comes. */
    void cancel(long id) {
        ask(python -> {
            client.call(Void.class, "cancel", id);
            return id;
        });
    }

    /** Ends the pool with everything that runs in it. */
    void close() {
        ask(python -> {
            client.call(Void.class, "close");
            client.close();
            return processId;
        });
    }

    private static <T> T ask(PythonTask<T> task) {
        try {
            return PythonThread.rollout().run(task);
        } catch (PythonException e) {
            throw new RolloutEngineException(
                    e.type().equals(POOL_IS_GONE) ? e.detail() : e.getMessage(), e);
        }
    }
}
