package dev.promptpo.python;

import java.nio.DoubleBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import jep.DirectNDArray;
import jep.Interpreter;
import jep.JepException;
import jep.NDArray;
import jep.python.PyCallable;
import jep.python.PyObject;

/**
 * One thread's interpreter.
 *
 * <p>Arguments: strings, numbers, booleans, {@code byte[]} (a Python {@code bytes}), {@code
 * double[]} and {@code long[]} (NumPy arrays, copied), a direct {@link DoubleBuffer} in native
 * order (a NumPy array over the same memory, which both then read and write), lists and maps of
 * these, {@link PythonObject}s of the same thread. Results are asked for by type: {@code String},
 * {@code Long}, {@code Double}, {@code Boolean}, {@code byte[]} (from bytes), {@code double[]}
 * (from a float64 array of any shape, in C order), {@link PythonArray} (an array with its shape),
 * {@code List} (from a tuple or a list; arrays in it become {@link PythonArray}s), {@link
 * PythonObject} (anything, left in Python), {@code Object} (whatever it becomes), {@code Void}
 * (thrown away).
 *
 * <p>Everything throws {@link PythonException} for what Python raises.
 */
public final class Python {

    private static final AtomicLong SNIPPETS = new AtomicLong();

    private final Thread owner;
    private final PyObject bridge;
    private final PyCallable call;
    private final PyCallable callMethod;
    private final PyCallable failure;
    private final PyCallable carryOutput;
    private final PyCallable bytesOf;
    private final PyObject namespace;

    Python(Interpreter interpreter) {
        this.owner = Thread.currentThread();
        interpreter.exec("import _promptpo_bridge");
        this.bridge = interpreter.getValue("_promptpo_bridge", PyObject.class);
        this.call = bridge.getAttr("call", PyCallable.class);
        this.callMethod = bridge.getAttr("call_method", PyCallable.class);
        this.failure = bridge.getAttr("failure", PyCallable.class);
        this.carryOutput = bridge.getAttr("carry_output", PyCallable.class);
        this.bytesOf = bridge.getAttr("bytes_of", PyCallable.class);
        this.namespace = bridge.getAttr("new_namespace", PyCallable.class).callAs(PyObject.class);
    }

    /**
     * Calls a function of a module; the module is imported when it is not yet.
     *
     * @param type what the result is wanted as, see above
     */
    public <T> T call(Class<T> type, String module, String function, Object... arguments) {
        Object[] all = new Object[arguments.length + 2];
        all[0] = module;
        all[1] = function;
        copy(arguments, all);
        return guarded(type, call, all);
    }

    /** Runs statements in this thread's namespace, where earlier names are still known. */
    public void execute(String source) {
        execute(source, "<python-" + SNIPPETS.incrementAndGet() + ">");
    }

    /** Runs statements; {@code name} stands for the file in tracebacks. */
    public void execute(String source, String name) {
        guarded(Void.class, bridgeFunction("execute"), source, name, namespace);
    }

    /** The value of an expression in this thread's namespace. */
    public <T> T evaluate(Class<T> type, String expression) {
        return guarded(type, bridgeFunction("evaluate"), expression, namespace);
    }

    /** Gives a value a name in this thread's namespace. */
    public void assign(String name, Object value) {
        guarded(Void.class, bridgeFunction("assign"), name, toPython(value), namespace);
    }

    /** This thread's namespace, a Python {@code dict}. */
    public PythonObject namespace() {
        return new PythonObject(this, namespace);
    }

    <T> T callMethod(Class<T> type, PyObject target, String method, Object... arguments) {
        Object[] all = new Object[arguments.length + 2];
        all[0] = target;
        all[1] = method;
        copy(arguments, all);
        return guarded(type, callMethod, all);
    }

    /** Writes what Python's own threads have printed since the last task. */
    void carryOutput() {
        carryOutput.call();
    }

    long enterThread() {
        return bridgeFunction("enter_thread").callAs(Long.class);
    }

    private PyCallable bridgeFunction(String name) {
        checkThread();
        return bridge.getAttr(name, PyCallable.class);
    }

    private <T> T guarded(Class<T> type, PyCallable function, Object... arguments) {
        checkThread();
        try {
            if (type == Void.class) {
                discard(function.callAs(PyObject.class, arguments));
                return null;
            }
            if (type == PythonObject.class) {
                return type.cast(
                        new PythonObject(this, function.callAs(PyObject.class, arguments)));
            }
            if (type == double[].class) {
                return type.cast(array(function.callAs(NDArray.class, arguments)).doubles());
            }
            if (type == PythonArray.class) {
                return type.cast(array(function.callAs(NDArray.class, arguments)));
            }
            if (type == List.class) {
                return type.cast(elements(function.callAs(List.class, arguments)));
            }
            return function.callAs(type, arguments);
        } catch (JepException e) {
            throw translate(e);
        }
    }

    private PythonException translate(JepException thrown) {
        if (failure.call() instanceof List<?> parts) {
            // Jep's own exception is of the bridge, and says nothing that the traceback does not.
            return new PythonException(
                    (String) parts.get(0), (String) parts.get(1), (String) parts.get(2));
        }
        // Not from guarded code: an argument or a result that Jep cannot carry over, or an
        // interrupt that fell between two statements of the bridge.
        return new PythonException("jep", String.valueOf(thrown.getMessage()), "", thrown);
    }

    private void copy(Object[] arguments, Object[] all) {
        for (int i = 0; i < arguments.length; i++) {
            all[i + 2] = toPython(arguments[i]);
        }
    }

    private Object toPython(Object value) {
        return switch (value) {
            case double[] array -> new NDArray<>(array);
            case long[] array -> new NDArray<>(array);
            case DoubleBuffer memory -> new DirectNDArray<>(memory, memory.capacity());
            // A bare byte[] would arrive as an array of Java's, not as bytes.
            case byte[] bytes -> bytesOf.callAs(PyObject.class, new NDArray<>(bytes));
            case PythonObject object -> object.in(this);
            default -> value;
        };
    }

    private static PythonArray array(NDArray<?> array) {
        List<Integer> shape = Arrays.stream(array.getDimensions()).boxed().toList();
        return new PythonArray(shape, array.getData());
    }

    private static List<?> elements(List<?> list) {
        return list.stream()
                .map(element -> element instanceof NDArray<?> array ? array(array) : element)
                .toList();
    }

    private static void discard(PyObject object) {
        if (object != null) {
            object.close();
        }
    }

    private void checkThread() {
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException(
                    "Python of "
                            + owner.getName()
                            + " was used on "
                            + Thread.currentThread().getName()
                            + ": use it only inside the task it was given to");
        }
    }
}
