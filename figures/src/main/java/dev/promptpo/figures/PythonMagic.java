package dev.promptpo.figures;

import dev.promptpo.python.PythonException;
import dev.promptpo.python.PythonThread;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.dflib.jjava.jupyter.kernel.magic.CellMagic;
import org.dflib.jjava.jupyter.kernel.magic.LineMagic;

/**
 * {@code %%python} runs a cell, {@code %python} a line, in the JVM's own Python: its names stay,
 * what it prints appears in the cell, and the value of the last expression is printed.
 *
 * <p>{@code %%python a b -> c} hands Java's variables {@code a} and {@code b} to Python before, and
 * makes Python's {@code c} a variable of Java after: see {@link PythonValues}.
 */
final class PythonMagic {
    /** The cell is its own file in tracebacks, which show its lines, also those of later cells. */
    private static final String RUN =
            """
            def _promptpo_run_cell(source, name):
                import ast
                import linecache
                linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
                names = globals()
                tree = ast.parse(source, name)
                last = tree.body[-1] if tree.body else None
                if isinstance(last, ast.Expr):
                    tree.body.pop()
                exec(compile(tree, name, "exec"), names)
                if isinstance(last, ast.Expr):
                    value = eval(compile(ast.Expression(last.value), name, "eval"), names)
                    if value is not None:
                        print(repr(value))
            _promptpo_run_cell(_promptpo_cell, _promptpo_cell_name)
            """;

    private static final AtomicLong CELLS = new AtomicLong();

    private PythonMagic() {}

    static void register(BaseKernel kernel) {
        CellMagic<String, BaseKernel> cell = PythonMagic::runCell;
        LineMagic<String, BaseKernel> line = PythonMagic::runLine;
        kernel.getMagicsRegistry().registerCellMagic("python", cell);
        kernel.getMagicsRegistry().registerLineMagic("python", line);
    }

    private static String runLine(BaseKernel in, List<String> arguments)
            throws InterruptedException {
        if (arguments.isEmpty()) {
            // The lines below it would be read as Java's.
            throw new IllegalArgumentException(
                    "%python runs the rest of its own line and found none; %%python, with two"
                            + " percent signs, runs the whole cell");
        }
        return run(String.join(" ", arguments));
    }

    private static String runCell(BaseKernel kernel, List<String> arguments, String source)
            throws InterruptedException {
        SharedNames names = SharedNames.parse(arguments);
        for (String name : names.in()) {
            PythonValues.give(name, names.java(kernel::evalRaw, name));
        }
        run(source);
        for (String name : names.out()) {
            names.declare(kernel::evalRaw, name, PythonValues.take(name));
        }
        return "";
    }

    /** Runs the source; gives an empty text, since a magic's null would be shown as such. */
    private static String run(String source) throws InterruptedException {
        String name = "<python cell " + CELLS.incrementAndGet() + ">";
        try {
            return PythonThread.notebook()
                    .call(python -> {
                        python.assign("_promptpo_cell", source);
                        python.assign("_promptpo_cell_name", name);
                        python.execute(RUN, PythonCellException.MACHINERY);
                        return "";
                    });
        } catch (PythonException e) {
            throw PythonCellException.of(e);
        }
    }
}
