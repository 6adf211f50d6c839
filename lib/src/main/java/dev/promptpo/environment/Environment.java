package dev.promptpo.environment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.promptpo.python.PythonArray;
import dev.promptpo.python.PythonException;
import dev.promptpo.python.PythonInterruptedException;
import dev.promptpo.python.PythonObject;
import dev.promptpo.python.PythonTask;
import dev.promptpo.python.PythonThread;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.util.Arrays;

/**
 * An open environment, stepped by hand: it lives in this JVM's Python, on the notebook's thread.
 * The same seed and actions come to the same as in a rollout.
 *
 * <p>Every method throws {@link PythonException} for what the environment raises, {@link
 * PythonInterruptedException} when interrupted, and {@link IllegalStateException} once closed.
 */
public final class Environment implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    // Before the frame in the memory that Python writes to.
    private static final int REWARD = 0;
    private static final int TERMINATED = 1;
    private static final int TRUNCATED = 2;
    private static final int FRAME = 3;

    private final EnvironmentSpec spec;
    private final PythonObject handle;
    private final DoubleBuffer shared;
    private boolean closed;

    private Environment(EnvironmentSpec spec, PythonObject handle) {
        this.spec = spec;
        this.handle = handle;
        this.shared =
                ByteBuffer.allocateDirect((FRAME + spec.observationSize()) * Double.BYTES)
                        .order(ByteOrder.nativeOrder())
                        .asDoubleBuffer();
        handle.call(Void.class, "share", shared);
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
     * @param seed 0 or more
     * @return the first frame, {@code spec().observationSize()} values
     */
    public double[] reset(long seed) {
        if (seed < 0) {
            throw new IllegalArgumentException("a seed is 0 or more; got " + seed);
        }
        return use(python -> {
            handle.call(Void.class, "reset_shared", seed);
            return frame();
        });
    }

    /**
     * The last frame, in the memory that Python writes it to: nothing is copied, and the next reset
     * or step writes over it. For long observations; zeros before the first reset.
     *
     * @return read-only, {@code spec().observationSize()} values
     */
    public DoubleBuffer observation() {
        return shared.slice(FRAME, spec.observationSize()).asReadOnlyBuffer();
    }

    /**
     * One step in a discrete action space.
     *
     * @param action from 0 to {@code spec().action().n() - 1}
     * @throws IllegalArgumentException for another number, or where actions are vectors
     * @throws IllegalStateException before {@link #reset} and after the episode's end
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
        return use(python -> step(handle.call(String.class, "step_shared", action)));
    }

    /**
     * One step in a continuous action space.
     *
     * @param action {@code spec().actionSize()} finite numbers; what is out of bounds is clipped,
     *     as in a rollout
     * @throws IllegalArgumentException for another length, for a number that is not finite, or
     *     where actions are whole numbers
     * @throws IllegalStateException before {@link #reset} and after the episode's end
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
        if (!Arrays.stream(action).allMatch(Double::isFinite)) {
            throw new IllegalArgumentException(
                    spec.id() + " takes finite numbers; got " + Arrays.toString(action));
        }
        double[] taken = clipped(action);
        return use(python -> step(handle.call(String.class, "step_shared", taken)));
    }

    /** A random action of the space: one value for a discrete space, else one a component. */
    public double[] sample() {
        return use(python ->
                spec.action().discrete()
                        ? new double[] {handle.call(Long.class, "sample")}
                        : handle.call(double[].class, "sample"));
    }

    /**
     * A picture of the present state. What needs GL is drawn in a process of its own, which goes
     * the way of this episode again; stepping on is no slower for it.
     *
     * @throws RenderException where nothing can be drawn: no renderer on this machine, an
     *     environment that draws nothing or does not repeat itself; it can be stepped all the same
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
        return Catalogue.on(
                PythonThread.notebook(),
                python -> {
                    if (closed) {
                        throw new IllegalStateException(this + " is closed");
                    }
                    return task.run(python);
                });
    }

    private double[] clipped(double[] action) {
        double[] taken = action.clone();
        for (int i = 0; i < taken.length; i++) {
            // An absent bound is null.
            Double low = spec.action().low().get(i);
            Double high = spec.action().high().get(i);
            taken[i] = low == null ? taken[i] : Math.max(low, taken[i]);
            taken[i] = high == null ? taken[i] : Math.min(high, taken[i]);
        }
        return taken;
    }

    private double[] frame() {
        double[] frame = new double[spec.observationSize()];
        shared.get(FRAME, frame);
        return frame;
    }

    private Step step(String info) {
        try {
            return new Step(
                    frame(),
                    shared.get(REWARD),
                    shared.get(TERMINATED) != 0,
                    shared.get(TRUNCATED) != 0,
                    JSON.readTree(info));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("promptpo_envs gave an info that is not JSON", e);
        }
    }

    private static BufferedImage image(PythonArray pixels) {
        int height = pixels.shape().get(0);
        int width = pixels.shape().get(1);
        byte[] rgb = pixels.bytes();
        int[] packed = new int[width * height];
        for (int i = 0; i < packed.length; i++) {
            packed[i] =
                    Byte.toUnsignedInt(rgb[3 * i]) << 16
                            | Byte.toUnsignedInt(rgb[3 * i + 1]) << 8
                            | Byte.toUnsignedInt(rgb[3 * i + 2]);
        }
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, width, height, packed, 0, width);
        return image;
    }
}
