package dev.promptpo.environment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.promptpo.python.PythonArray;
import dev.promptpo.python.PythonException;
import dev.promptpo.python.PythonInterruptedException;
import dev.promptpo.python.PythonObject;
import dev.promptpo.python.PythonTask;
import dev.promptpo.python.PythonThread;
import java.awt.image.BufferedImage;
import java.util.List;

/**
 * An open environment, stepped by hand: it lives in this JVM's Python, on the notebook's thread.
 *
 * <p>Every method throws {@link PythonException} for what the environment raises, {@link
 * PythonInterruptedException} when interrupted, and {@link IllegalStateException} once closed.
 */
public final class Environment implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final EnvironmentSpec spec;
    private final PythonObject handle;
    private boolean closed;

    private Environment(EnvironmentSpec spec, PythonObject handle) {
        this.spec = spec;
        this.handle = handle;
    }

    static Environment open(String id, String preset) {
        return Catalogue.on(
                PythonThread.notebook(),
                python -> {
                    PythonObject handle = Catalogue.open(python, id, preset);
                    String document = handle.attribute(String.class, "spec");
                    return new Environment(EnvironmentSpec.fromJson(document), handle);
                });
    }

    /** What it is. */
    public EnvironmentSpec spec() {
        return spec;
    }

    /**
     * Starts an episode.
     *
     * @return the first frame, {@code spec().observationSize()} values
     */
    public double[] reset(long seed) {
        return use(python -> handle.call(double[].class, "reset", seed));
    }

    /**
     * One step in a discrete action space.
     *
     * @param action from 0 to {@code spec().action().n() - 1}
     * @throws IllegalArgumentException for another number, or where actions are vectors
     */
    public Step step(int action) {
        EnvironmentSpec.ActionSpace space = spec.action();
        if (!space.discrete()) {
            throw new IllegalArgumentException(
                    spec.id()
                            + " takes an action of "
                            + spec.actionSize()
                            + " numbers: step(new double[] {...})");
        }
        if (action < 0 || action >= space.n()) {
            throw new IllegalArgumentException(
                    spec.id()
                            + " takes an action from 0 to "
                            + (space.n() - 1)
                            + " "
                            + space.names()
                            + "; got "
                            + action);
        }
        return use(python -> step(handle.call(List.class, "step", action)));
    }

    /**
     * One step in a continuous action space.
     *
     * @param action {@code spec().actionSize()} finite numbers
     * @throws IllegalArgumentException for another length, or where actions are whole numbers
     */
    public Step step(double[] action) {
        if (spec.action().discrete()) {
            throw new IllegalArgumentException(
                    spec.id() + " takes a whole number as its action: step(int)");
        }
        if (action.length != spec.actionSize()) {
            throw new IllegalArgumentException(
                    spec.id()
                            + " takes an action of "
                            + spec.actionSize()
                            + " numbers; got "
                            + action.length);
        }
        return use(python -> step(handle.call(List.class, "step", action)));
    }

    /** A random action of the space: one value for a discrete space, else one a component. */
    public double[] sample() {
        return use(python ->
                spec.action().discrete()
                        ? new double[] {handle.call(Long.class, "sample")}
                        : handle.call(double[].class, "sample"));
    }

    /**
     * A picture of the present state.
     *
     * @throws PythonException where the environment draws none
     */
    public BufferedImage render() {
        return use(python -> image(handle.call(PythonArray.class, "render")));
    }

    /** Closes it; a second call does nothing. */
    @Override
    public void close() {
        PythonThread.notebook()
                .run(python -> {
                    if (!closed) {
                        closed = true;
                        handle.call(Void.class, "close");
                        handle.close();
                    }
                    return closed;
                });
    }

    @Override
    public String toString() {
        return "Environment[" + spec.id() + ", " + spec.preset() + "]";
    }

    private <T> T use(PythonTask<T> task) {
        return PythonThread.notebook()
                .run(python -> {
                    if (closed) {
                        throw new IllegalStateException(this + " is closed");
                    }
                    return task.run(python);
                });
    }

    private static Step step(List<?> parts) {
        try {
            JsonNode info = JSON.readTree((String) parts.get(4));
            return new Step(
                    ((PythonArray) parts.get(0)).doubles(),
                    ((Number) parts.get(1)).doubleValue(),
                    (Boolean) parts.get(2),
                    (Boolean) parts.get(3),
                    info);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("promptpo_envs gave an info that is not JSON", e);
        }
    }

    private static BufferedImage image(PythonArray pixels) {
        int height = pixels.shape().get(0);
        int width = pixels.shape().get(1);
        byte[] rgb = pixels.bytes();
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0, i = 0; y < height; y++) {
            for (int x = 0; x < width; x++, i += 3) {
                int red = Byte.toUnsignedInt(rgb[i]);
                int green = Byte.toUnsignedInt(rgb[i + 1]);
                int blue = Byte.toUnsignedInt(rgb[i + 2]);
                image.setRGB(x, y, red << 16 | green << 8 | blue);
            }
        }
        return image;
    }
}
