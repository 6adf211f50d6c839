package dev.promptpo.rollout;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
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

    /**
     * Its beginning: the first episodes, and of each the first steps. What there is less of is
     * there in whole.
     *
     * @param episodes at least 1
     * @param steps at least 1
     */
    public Trace first(int episodes, int steps) {
        if (episodes >= rows.size() && rows.stream().allMatch(length -> length <= steps)) {
            return this;
        }
        int width = (observation + action + 1) * Double.BYTES;
        List<Integer> kept = new ArrayList<>();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int from = 0;
        for (int length : rows.subList(0, Math.min(episodes, rows.size()))) {
            kept.add(Math.min(length, steps));
            bytes.write(data, from, kept.getLast() * width);
            from += length * width;
        }
        return new Trace(kept, observation, action, bytes.toByteArray());
    }

    /**
     * One of its episodes.
     *
     * @param index from 0
     */
    public Trace episode(int index) {
        int width = (observation + action + 1) * Double.BYTES;
        int from = rows.subList(0, index).stream().mapToInt(Integer::intValue).sum() * width;
        int length = rows.get(index);
        return new Trace(
                List.of(length),
                observation,
                action,
                Arrays.copyOfRange(data, from, from + length * width));
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
