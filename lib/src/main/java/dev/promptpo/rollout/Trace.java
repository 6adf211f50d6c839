package dev.promptpo.rollout;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * What happened in each episode: rows of [observation frame | action | reward], little-endian
 * float64, episodes one after another.
 *
 * @param rows steps of each episode
 * @param observation values of an observation frame
 * @param action values of an action (1 for a discrete space)
 * @param data the rows
 */
public record Trace(List<Integer> rows, int observation, int action, byte[] data) {
    public Trace {
        rows = List.copyOf(rows);
        long values =
                rows.stream().mapToLong(Integer::longValue).sum() * (observation + action + 1L);
        if (data.length != values * Double.BYTES) {
            throw new IllegalArgumentException(
                    "a trace of "
                            + rows
                            + " rows of "
                            + (observation + action + 1)
                            + " values has "
                            + values * Double.BYTES
                            + " bytes; got "
                            + data.length);
        }
    }

    /** One value; column {@code observation + action} is the reward. */
    public double value(int episode, int step, int column) {
        int row = step;
        for (int i = 0; i < episode; i++) {
            row += rows.get(i);
        }
        int width = observation + action + 1;
        return ByteBuffer.wrap(data)
                .order(ByteOrder.LITTLE_ENDIAN)
                .getDouble((row * width + column) * Double.BYTES);
    }
}
