package dev.promptpo.figures;

import dev.promptpo.python.PythonArray;
import dev.promptpo.python.PythonException;
import dev.promptpo.python.PythonThread;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Values that go between cells of Java and cells of Python.
 *
 * <p>To Python: numbers, text, booleans; {@code double[]}, {@code float[]}, {@code long[]}, {@code
 * int[]} and their two-dimensional forms as NumPy arrays, copied; {@link #shared} as a NumPy array
 * over the same memory, which both then read and write; {@code byte[]} as bytes; lists and maps of
 * these. To Java: arrays of one or two dimensions as {@code double[]}, {@code double[][]}, {@code
 * long[]} or {@code long[][]} (copied), {@code long}, {@code double}, {@code boolean}, {@code
 * String}, lists and maps of these.
 */
public final class PythonValues {
    private static final String DESCRIBE =
            """
            def _promptpo_for_java(value):
                import numpy as np
                if isinstance(value, np.ndarray):
                    if value.ndim not in (1, 2):
                        raise ValueError(f"Java is given arrays of one or two dimensions; this one has {value.ndim}")
                    if value.dtype.kind not in "fiub":
                        raise TypeError(f"Java is given arrays of numbers; this one holds {value.dtype}")
                    kind = np.float64 if value.dtype.kind == "f" else np.int64
                    return np.ascontiguousarray(value, dtype=kind)
                if isinstance(value, np.generic):
                    return value.item()
                if isinstance(value, dict):
                    return [[str(key), _promptpo_for_java(held)] for key, held in value.items()]
                if isinstance(value, (list, tuple, set, range)):
                    return [_promptpo_for_java(held) for held in value]
                if value is None or isinstance(value, (bool, int, float, str)):
                    return value
                raise TypeError(f"Java is given numbers, text, arrays, lists and dicts; this is a {type(value).__name__}")
            def _promptpo_kind(value):
                import numpy as np
                return ("array" if isinstance(value, np.ndarray) else "dict" if isinstance(value, dict)
                    else "list" if isinstance(value, (list, tuple, set, range)) else "value")
            """;

    private static Object held;

    private PythonValues() {}

    /**
     * Doubles that Java and Python share without a copy: handed to Python by name, they are a NumPy
     * array over this memory.
     *
     * @param size how many, all zero
     */
    public static DoubleBuffer shared(int size) {
        return ByteBuffer.allocateDirect(Math.multiplyExact(size, Double.BYTES))
                .order(ByteOrder.nativeOrder())
                .asDoubleBuffer();
    }

    /** Gives a value a name in Python. */
    static void give(String name, Object value) throws InterruptedException {
        Object[] flat = {toPython(name, value)};
        int[] shape = shape(value);
        try {
            PythonThread.notebook()
                    .call(python -> {
                        python.assign(name, flat[0]);
                        if (shape.length == 2) {
                            python.execute(
                                    name
                                            + " = "
                                            + name
                                            + ".reshape("
                                            + shape[0]
                                            + ", "
                                            + shape[1]
                                            + ")");
                        }
                        return "";
                    });
        } catch (PythonException e) {
            throw PythonCellException.of(e);
        }
    }

    private static int[] shape(Object value) {
        return switch (value) {
            case double[][] rows -> new int[] {rows.length, rows.length == 0 ? 0 : rows[0].length};
            case long[][] rows -> new int[] {rows.length, rows.length == 0 ? 0 : rows[0].length};
            case int[][] rows -> new int[] {rows.length, rows.length == 0 ? 0 : rows[0].length};
            case null, default -> new int[0];
        };
    }

    private static Object toPython(String name, Object value) {
        return switch (value) {
            case null -> null;
            case double[] array -> array;
            case long[] array -> array;
            case byte[] bytes -> bytes;
            case int[] array -> Arrays.stream(array).asLongStream().toArray();
            case float[] array -> doubles(array);
            case double[][] rows -> {
                checkEven(name, rows);
                yield Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
            }
            case long[][] rows -> {
                checkEven(name, rows);
                yield Arrays.stream(rows).flatMapToLong(Arrays::stream).toArray();
            }
            case int[][] rows -> {
                checkEven(name, rows);
                yield Arrays.stream(rows)
                        .flatMapToLong(row -> Arrays.stream(row).asLongStream())
                        .toArray();
            }
            case DoubleBuffer memory when memory.isDirect() -> memory;
            case String text -> text;
            case Number number -> number;
            case Boolean truth -> truth;
            case List<?> list -> list;
            case Map<?, ?> map -> map;
            default ->
                    throw new IllegalArgumentException(
                            "Python can be given numbers, text, arrays of numbers, shared(n), lists"
                                    + " and maps; "
                                    + name
                                    + " is a "
                                    + value.getClass().getSimpleName());
        };
    }

    private static double[] doubles(float[] array) {
        double[] doubles = new double[array.length];
        for (int i = 0; i < array.length; i++) {
            doubles[i] = array[i];
        }
        return doubles;
    }

    private static void checkEven(String name, Object[] rows) {
        for (Object row : rows) {
            if (java.lang.reflect.Array.getLength(row)
                    != java.lang.reflect.Array.getLength(rows[0])) {
                throw new IllegalArgumentException(
                        "the rows of " + name + " are not of one length, as NumPy's have to be");
            }
        }
    }

    /** The value of one of Python's variables. */
    static Object take(String name) throws InterruptedException {
        try {
            return PythonThread.notebook()
                    .call(python -> {
                        python.execute(DESCRIBE, PythonCellException.MACHINERY);
                        String kind = python.evaluate(String.class, "_promptpo_kind(" + name + ")");
                        String value = "_promptpo_for_java(" + name + ")";
                        return switch (kind) {
                            case "array" -> rows(python.evaluate(PythonArray.class, value));
                            case "list" -> list(python.evaluate(List.class, value));
                            case "dict" -> map(python.evaluate(List.class, value));
                            default -> python.evaluate(Object.class, value);
                        };
                    });
        } catch (PythonException e) {
            throw PythonCellException.of(e);
        }
    }

    private static Object rows(PythonArray array) {
        if (array.shape().size() == 1) {
            return array.data();
        }
        int rows = array.shape().get(0);
        int columns = array.shape().get(1);
        return switch (array.data()) {
            case double[] values -> {
                double[][] result = new double[rows][];
                for (int i = 0; i < rows; i++) {
                    result[i] = Arrays.copyOfRange(values, i * columns, (i + 1) * columns);
                }
                yield result;
            }
            case long[] values -> {
                long[][] result = new long[rows][];
                for (int i = 0; i < rows; i++) {
                    result[i] = Arrays.copyOfRange(values, i * columns, (i + 1) * columns);
                }
                yield result;
            }
            default -> throw new IllegalStateException("an array of another type was promised");
        };
    }

    private static List<Object> list(List<?> values) {
        return values.stream().<Object>map(PythonValues::value).toList();
    }

    private static Map<String, Object> map(List<?> entries) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (Object entry : entries) {
            List<?> pair = (List<?>) entry;
            map.put((String) pair.get(0), value(pair.get(1)));
        }
        return map;
    }

    private static Object value(Object value) {
        return switch (value) {
            case PythonArray array -> rows(array);
            case List<?> list -> list(list);
            case null, default -> value;
        };
    }

    static synchronized void hold(Object value) {
        held = value;
    }

    /** What is about to become a variable of Java; for the declaration alone. */
    public static synchronized Object held() {
        Object value = held;
        held = null;
        return value;
    }
}
