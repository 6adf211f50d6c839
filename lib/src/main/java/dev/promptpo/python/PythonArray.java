package dev.promptpo.python;

import java.util.List;

/**
 * A NumPy array, copied.
 *
 * @param shape its dimensions
 * @param data its values in C order: a {@code double[]} for float64, a {@code byte[]} for int8 and
 *     uint8, a {@code long[]} for int64, and so on
 */
public record PythonArray(List<Integer> shape, Object data) {

    /**
     * The values of a float64 array.
     *
     * @throws IllegalArgumentException for an array of something else
     */
    public double[] doubles() {
        if (data instanceof double[] doubles) {
            return doubles;
        }
        throw wrong("float64");
    }

    /**
     * The values of an int8 or uint8 array.
     *
     * @throws IllegalArgumentException for an array of something else
     */
    public byte[] bytes() {
        if (data instanceof byte[] bytes) {
            return bytes;
        }
        throw wrong("int8 or uint8");
    }

    private IllegalArgumentException wrong(String expected) {
        return new IllegalArgumentException(
                "expected a NumPy array of "
                        + expected
                        + ", got one that becomes "
                        + data.getClass().getSimpleName());
    }
}
