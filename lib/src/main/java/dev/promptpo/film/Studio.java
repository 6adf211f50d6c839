package dev.promptpo.film;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.environment.Environments;
import dev.promptpo.environment.RenderException;
import dev.promptpo.python.PythonException;
import dev.promptpo.python.PythonInterruptedException;
import dev.promptpo.python.PythonObject;
import dev.promptpo.python.PythonTask;
import dev.promptpo.python.PythonThread;
import dev.promptpo.rollout.Trace;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/** A process that draws episodes of one environment; it ends when this is closed. */
public final class Studio implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    // The client's thread serves rollouts too: no wait on it may be long.
    private static final double POLL_SECONDS = 0.01;

    private final EnvironmentSpec spec;
    private final PythonObject client;

    private Studio(EnvironmentSpec spec, PythonObject client) {
        this.spec = spec;
        this.client = client;
    }

    /**
     * Starts the process and has it draw the environment once, so that it is known before anything
     * is rolled out whether it can.
     *
     * @throws RenderException where it cannot; the message says why
     * @throws PythonInterruptedException when interrupted
     */
    public static Studio open(EnvironmentSpec spec) {
        PythonObject client =
                ask(python ->
                        python.call(PythonObject.class, "promptpo_render.client", "RenderClient"));
        Studio studio = new Studio(spec, client);
        try {
            studio.answer(
                    studio.request("picture", FilmSettings.DEFAULT, 0)
                            .put("scene", 1)
                            .put("from", 0),
                    new byte[0]);
            return studio;
        } catch (RuntimeException e) {
            studio.close();
            throw e;
        }
    }

    /**
     * Films an episode of the environment.
     *
     * @throws RenderException where that fails, or where the same actions came to another return
     *     than in the rollout: then it would be the film of another episode
     * @throws PythonInterruptedException when interrupted
     */
    public Film film(Episode episode, FilmSettings settings) {
        ObjectNode request =
                request("film", settings, episode.seed())
                        .put("most", settings.frames())
                        .put("video", settings.video().id());
        Answer answer = answer(request, actions(episode.trace()));
        double shown = answer.json().path("return").asDouble();
        if (Double.compare(shown, episode.episodeReturn()) != 0) {
            throw new RenderException(
                    spec.id()
                            + " does not repeat itself: the same seed and actions came to a return"
                            + " of "
                            + shown
                            + " where they are drawn, and of "
                            + episode.episodeReturn()
                            + " in the rollout; so there is no film of that episode");
        }
        return film(episode, answer);
    }

    private static Film film(Episode episode, Answer answer) {
        JsonNode json = answer.json();
        List<byte[]> parts = new ArrayList<>();
        int from = 0;
        for (JsonNode length : json.path("parts")) {
            parts.add(Arrays.copyOfRange(answer.blob(), from, from + length.asInt()));
            from += length.asInt();
        }
        return new Film(
                episode,
                json.path("states").valueStream().map(JsonNode::asInt).toList(),
                parts.subList(1, parts.size()),
                new Film.Video(parts.getFirst(), json.path("video").asText()),
                new Film.Timing(
                        json.path("seconds").asDouble(),
                        json.path("speed").isNumber()
                                ? OptionalDouble.of(json.path("speed").asDouble())
                                : OptionalDouble.empty(),
                        json.path("steps_per_second").asDouble(),
                        json.path("renderer").asText(),
                        json.path("drawing").path("first_s").asDouble(),
                        json.path("drawing").path("others_s").asDouble(),
                        json.path("drawing").path("others_cpu_s").asDouble()),
                json.path("width").asInt(),
                json.path("height").asInt());
    }

    /** The actions of a trace's only episode, little-endian float64. */
    private static byte[] actions(Trace trace) {
        int steps = trace.rows().getFirst();
        ByteBuffer actions =
                ByteBuffer.allocate(steps * trace.action() * Double.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN);
        for (int step = 0; step < steps; step++) {
            for (int i = 0; i < trace.action(); i++) {
                actions.putDouble(trace.value(0, step, trace.observation() + i));
            }
        }
        return actions.array();
    }

    private ObjectNode request(String type, FilmSettings settings, long seed) {
        ObjectNode request =
                JSON.createObjectNode()
                        .put("type", type)
                        .put("environment", spec.reference())
                        .put("preset", spec.preset())
                        .put("width", settings.width())
                        .put("height", settings.height())
                        .put("seed", seed);
        Environments.files(spec.reference()).ifPresent(own -> request.put("files", own.text()));
        return request;
    }

    private record Answer(JsonNode json, byte[] blob) {}

    private Answer answer(ObjectNode request, byte[] blob) {
        String text = request.toString();
        ask(python -> {
            client.call(Void.class, "submit", text, blob);
            return true;
        });
        while (true) {
            List<?> parts = ask(python -> client.call(List.class, "poll", POLL_SECONDS));
            if (!parts.isEmpty()) {
                try {
                    return new Answer(JSON.readTree((String) parts.get(0)), (byte[]) parts.get(1));
                } catch (JsonProcessingException e) {
                    throw new RenderException("the process that draws sent what is no JSON", e);
                }
            }
        }
    }

    /** Ends the process. */
    @Override
    public void close() {
        // An interrupt that ended a film must not keep its process from being ended.
        boolean interrupted = Thread.interrupted();
        try {
            ask(python -> {
                client.call(Void.class, "close");
                client.close();
                return true;
            });
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static <T> T ask(PythonTask<T> task) {
        try {
            return PythonThread.rollout().run(task);
        } catch (PythonException e) {
            throw switch (e.type()) {
                case "promptpo_render.errors.RenderUnavailable", "LookupError" ->
                        new RenderException(e.detail(), e);
                default -> e;
            };
        }
    }
}
