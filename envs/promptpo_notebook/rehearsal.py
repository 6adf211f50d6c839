"""Plays a short session in a kernel, for the cache that makes the next one start quickly.

``python -m promptpo_notebook.rehearsal WORD...``: the words start the kernel
"""

from __future__ import annotations

import sys

from promptpo_notebook.launch import Launched

TABLE = 'Table.create("t").addColumns(IntColumn.create("a", 1, 2, 3))'
CHART = (
    "import org.knowm.xchart.*;\n"
    "var chart = new XYChartBuilder().width(400).height(300).build();\n"
    'chart.addSeries("s", new double[] {1, 2, 3});\n'
    "chart"
)
# What most sessions do first; where a library is missing, the kernel says so and goes on.
CELLS = (
    "1 + 1",
    'System.out.println("printed");',
    "record Point(int x, int y) {}\nStream.of(new Point(1, 2)).map(Point::x).toList()",
    "int half(int n) { return n / 2; }\nhalf(4)",
    "int unknown = missing;",
    "1 / 0",
    TABLE,
    CHART,
)


def main() -> int:
    """Plays the session; gives the kernel's exit code."""
    with Launched(sys.argv[1:]) as kernel:
        kernel.wait_until_ready()
        for cell in CELLS:
            text, seconds = kernel.run(cell)
            print(f"{seconds:6.2f} s  {text.splitlines()[:1]}", flush=True)
        return kernel.end()


if __name__ == "__main__":
    sys.exit(main())
