package dev.promptpo.figures;

import dev.promptpo.python.PythonException;
import dev.promptpo.python.PythonThread;
import java.util.List;
import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.dflib.jjava.jupyter.kernel.magic.CellMagic;
import org.dflib.jjava.jupyter.kernel.magic.LineMagic;

/**
 * {@code %%python} runs a cell, {@code %python} a line, in the JVM's own Python: its names stay,
 * what it prints appears in the cell, and the value of the last expression is printed.
 */
final class PythonMagic {
    private static final String RUN =
            """
            def _promptpo_run_cell():
                import ast
                names = globals()
                tree = ast.parse(names["_promptpo_cell"], "<cell>")
                last = tree.body[-1] if tree.body else None
                if isinstance(last, ast.Expr):
                    tree.body.pop()
                exec(compile(tree, "<cell>", "exec"), names)
                if isinstance(last, ast.Expr):
                    value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)
                    if value is not None:
                        print(repr(value))
            _promptpo_run_cell()
            """;

    private PythonMagic() {}

    static void register(BaseKernel kernel) {
        CellMagic<String, BaseKernel> cell = (in, arguments, body) -> run(body);
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

    /** Runs the source; gives an empty text, since a magic's null would be shown as such. */
    private static String run(String source) throws InterruptedException {
        try {
            return PythonThread.notebook()
                    .call(python -> {
                        python.assign("_promptpo_cell", source);
                        python.execute(RUN, "<promptpo>");
                        return "";
                    });
        } catch (PythonException e) {
            throw PythonCellException.of(e, source);
        }
    }
}
