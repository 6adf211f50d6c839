package dev.promptpo.kernel;

import java.util.Arrays;

/** A value as plain text, for what has no form of its own. */
public final class ValueText {
    private ValueText() {}

    /** {@code String.valueOf}, with the contents of arrays. Runs the value's own code. */
    public static String of(Object value) {
        return switch (value) {
            case null -> "null";
            case Object[] array -> Arrays.deepToString(array);
            case int[] array -> Arrays.toString(array);
            case long[] array -> Arrays.toString(array);
            case double[] array -> Arrays.toString(array);
            case float[] array -> Arrays.toString(array);
            case boolean[] array -> Arrays.toString(array);
            case char[] array -> Arrays.toString(array);
            case byte[] array -> Arrays.toString(array);
            case short[] array -> Arrays.toString(array);
            default -> String.valueOf(value);
        };
    }
}
