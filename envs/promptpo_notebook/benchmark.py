"""How long a kernel takes to its first results, and what its checkpoints cost.

``python -m promptpo_notebook.benchmark [--repeats N] --plain WORD... --cached WORD...``

The words are two command lines of the same kernel, without a cache and with one. They take turns,
so that a busy machine slows both; each ratio is between medians of one run.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Sequence

from promptpo_notebook.launch import Launched
from promptpo_notebook.rehearsal import CHART, TABLE

REPEATS = 5

# Three ways of being tight: arithmetic in a chain, arithmetic that the compiler makes wide, calls.
# Each step of the chain needs the last one's result. Its factor is a field's and what it adds
# changes: of steps with constants the compiler makes one out of many.
LOOPS = {
    "chain": "static long factor = 6364136223846793005L;"
    " static long run() { long x = 1; for (int i = 0; i < 100_000_000; i++)"
    " x = x * factor + i; return x; }",
    "array": "static int[] cells = java.util.stream.IntStream.range(0, 4096).toArray();"
    " static int run() { int sum = 0;"
    " for (int r = 0; r < 100_000; r++) for (int i = 0; i < cells.length; i++) sum += cells[i];"
    " return sum; }",
    "roots": "static double run() { double sum = 0; for (int i = 0; i < 50_000_000; i++)"
    " sum += Math.sqrt(i); return sum; }",
}

PREPARE = """
import javax.tools.ToolProvider;
import jdk.jshell.JShell;
Class<?> withoutChecks(String name, String body) throws Exception {
    Path folder = Files.createTempDirectory("plain");
    Path file = folder.resolve(name + ".java");
    Files.writeString(file, "public class " + name + " { " + body + " }");
    ToolProvider.getSystemJavaCompiler()
        .run(null, null, null, "-d", folder.toString(), file.toString());
    return new URLClassLoader(new URL[] {folder.toUri().toURL()}).loadClass(name);
}
var jshell = JShell.builder().executionEngine("local").build();
Callable<?> withItsChecks(String name, String body) {
    for (String code : List.of("class " + name + " { " + body + " }",
            "System.getProperties().put(\\"" + name + "\\","
                + " (java.util.concurrent.Callable<?>) () -> " + name + ".run());")) {
        jshell.eval(code);
    }
    return (Callable<?>) System.getProperties().get(name);
}
var threads = java.lang.management.ManagementFactory.getThreadMXBean();
// The least nanoseconds of processor time of each, which others at work disturb less than they do
// a clock's. All must give the same, so that no work is left out.
long[] best(List<Callable<?>> works) throws Exception {
    long[] best = new long[works.size()];
    Arrays.fill(best, Long.MAX_VALUE);
    Object wanted = works.get(0).call();
    for (int turn = 0; turn < 9; turn++) {
        for (int i = 0; i < best.length; i++) {
            long start = threads.getCurrentThreadCpuTime();
            Object result = works.get(i).call();
            best[i] = Math.min(best[i], threads.getCurrentThreadCpuTime() - start);
            if (!result.equals(wanted)) {
                throw new IllegalStateException(result + " instead of " + wanted);
            }
        }
    }
    return best;
}
"""


def main() -> int:
    """Measures and prints; 0 unless a kernel fails."""
    repeats, plain, cached = _arguments(sys.argv[1:])
    starts: dict[str, list[list[float]]] = {"without a cache": [], "with the cache": []}
    for _ in range(repeats):
        for name, words in zip(starts, (plain, cached), strict=True):
            starts[name].append(_first_results(words))
    _print_starts(starts)
    _print_loops(cached)
    _print_long_loop(plain, cached)
    return 0


def _arguments(words: list[str]) -> tuple[int, list[str], list[str]]:
    repeats = REPEATS
    if words[:1] == ["--repeats"]:
        repeats, words = int(words[1]), words[2:]
    middle = words.index("--cached")
    return repeats, words[words.index("--plain") + 1 : middle], words[middle + 1 :]


def _first_results(words: Sequence[str]) -> list[float]:
    """Seconds: launch to ready, launch to the first result, then a first table, a first chart."""
    with Launched(words) as kernel:
        kernel.wait_until_ready()
        seconds = [kernel.seconds]
        _checked(kernel.run("1 + 1"), "2")
        seconds.append(kernel.seconds)
        for cell in (TABLE, CHART):
            text, took = kernel.run(cell)
            _checked((text, took), "")
            seconds.append(took)
        kernel.end()
    return seconds


def _checked(answer: tuple[str, float], wanted: str) -> float:
    text, seconds = answer
    if "Error" in text or "Exception" in text or (wanted and text != wanted):
        raise SystemExit(f"a cell gave {text!r}")
    return seconds


def _print_starts(starts: dict[str, list[list[float]]]) -> None:
    print(f"{'seconds (median, lowest to highest)':<38}" + "".join(f"{n:>26}" for n in starts))
    titles = ("launch to ready", "launch to first result", "first table after that", "first chart")
    for i, title in enumerate(titles):
        columns = [[run[i] for run in runs] for runs in starts.values()]
        texts = [f"{statistics.median(c):.2f} ({min(c):.2f} to {max(c):.2f})" for c in columns]
        ratio = statistics.median(columns[1]) / statistics.median(columns[0])
        print(f"{title:<38}" + "".join(f"{t:>26}" for t in texts) + f"   ratio {ratio:.2f}")


def _print_loops(words: Sequence[str]) -> None:
    print("\na tight loop: in a cell, without checkpoints, with JShell's own (best of 9)")
    with Launched(words) as kernel:
        kernel.wait_until_ready()
        _checked(kernel.run(PREPARE), "")
        for name, body in LOOPS.items():
            _checked(kernel.run(f"class Cell_{name} {{ {body} }}"), "")
            public = body.replace("static ", "public static ")
            text, _ = kernel.run(
                f'var method_{name} = withoutChecks("Plain_{name}", "{public}").getMethod("run");\n'
                f'var checked_{name} = withItsChecks("Checked_{name}", "{body}");\n'
                f"var best = best(List.of(() -> method_{name}.invoke(null),"
                f" () -> Cell_{name}.run(), checked_{name}));\n"
                'String.format(Locale.ROOT, "%d ms in a cell, %d ms without (ratio %.3f),'
                " %d ms with JShell's own (ratio %.2f)\","
                " best[1] / 1_000_000, best[0] / 1_000_000, (double) best[1] / best[0],"
                " best[2] / 1_000_000, (double) best[2] / best[0])"
            )
            _checked((text, 0), "")
            print(f"{name:<10}{text}")
        kernel.end()


def _print_long_loop(plain: Sequence[str], cached: Sequence[str]) -> None:
    body = LOOPS["roots"].replace("50_000_000", "500_000_000")
    best = [float("inf"), float("inf")]
    with Launched(plain) as without, Launched(cached) as with_cache:
        kernels = (without, with_cache)
        for kernel in kernels:
            kernel.wait_until_ready()
        # A class of its own each time: compiling it while it runs is part of a long loop.
        for repeat in range(5):
            for i, kernel in enumerate(kernels):
                kernel.run(f"class Long{repeat} {{ {body} }}")
                seconds = _checked(kernel.run(f"Long{repeat}.run()"), "")
                best[i] = min(best[i], seconds)
        for kernel in kernels:
            kernel.end()
    print(
        f"\na long loop (best of 5): {best[0]:.2f} s without a cache, {best[1]:.2f} s with it,"
        f" ratio {best[1] / best[0]:.2f}"
    )


if __name__ == "__main__":
    sys.exit(main())
