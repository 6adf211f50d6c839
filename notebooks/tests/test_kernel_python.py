"""Java cells that call into the embedded Python: where output goes, and how interrupts get there.

The kernel knows nothing of Python, and the bridge nothing of the kernel; what they share is
``Thread.interrupt`` and the current ``System.out``.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from test_kernel_protocol import Kernel, home, write_spec

RUN = 'PythonThread.notebook().run(python -> {{ python.execute("""\n{}\n"""); return 1; }})'


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory):
    folder: Path = tmp_path_factory.mktemp("kernels")
    environment = {"PROMPTPO_HOME": str(home()), "PROMPTPO_VENV": sys.prefix}
    write_spec(folder, "java-python", environment)
    running = Kernel(folder, "java-python")
    try:
        if running.run("import dev.promptpo.python.PythonThread;").status != "ok":
            message = "the library is not on the kernel's class path"
            if os.environ.get("CI") == "true":
                pytest.fail(message)
            pytest.skip(message)
        yield running
    finally:
        running.stop()


def test_python_prints_into_the_cell_in_order(kernel: Kernel) -> None:
    for word in ("first", "second"):
        reply = kernel.run(
            'System.out.println("java before");\n'
            + RUN.format(f"import sys; print('{word}'); print('problem', file=sys.stderr)")
            + ';\nSystem.out.println("java after");'
        )
        assert reply.text("stdout") == f"java before\n{word}\njava after\n"
        assert reply.text("stderr") == "problem\n"


@pytest.mark.parametrize(
    "loop",
    [
        "while True: pass",
        "import time\nwhile True: time.sleep(0.05)",
        "while True:\n    try: sum(range(1000))\n    except ValueError: pass",
    ],
)
def test_interrupt_ends_a_python_loop_and_keeps_both_sessions(kernel: Kernel, loop: str) -> None:
    kernel.run("int inJava = 3;")
    kernel.run(RUN.format("in_python = 4"))
    request = kernel.send(RUN.format(f"print('started', flush=True)\n{loop}"))
    kernel.wait_for_output(request, "started")
    kernel.manager.interrupt_kernel()
    reply = kernel.receive(request)
    assert reply.error["ename"] == "Interrupted"
    assert kernel.run("inJava").result["text/plain"] == "3"
    assert kernel.run(RUN.format("print(in_python)")).text("stdout") == "4\n"


def test_a_python_exception_names_the_cell(kernel: Kernel) -> None:
    reply = kernel.run("\n" + RUN.format("raise ValueError('bad value')"))
    assert reply.error["ename"] == "PythonException"
    assert "bad value" in reply.error["evalue"]
    number = reply.content["execution_count"]
    assert any(f"In [{number}], line 2" in line for line in reply.traceback)


def test_a_python_cell_fails_with_pythons_message_and_the_cells_line(kernel: Kernel) -> None:
    reply = kernel.run("%%python\ndef f(n):\n    return 1 / n\n\nf(0)")
    assert reply.error["ename"] == "PythonCellException"
    assert reply.error["evalue"].splitlines() == [
        "ZeroDivisionError: division by zero",
        "    line 4: f(0)",
        "    line 2, in f: return 1 / n",
    ]
    shown = "\n".join(reply.traceback)
    assert "base64" not in shown.lower() and "Exception occurred" not in shown


def test_a_python_line_without_code_says_how_a_cell_is_written(kernel: Kernel) -> None:
    assert "%%python" in kernel.run("%python\n1 + 1").error["evalue"]


def test_a_mistake_is_one_short_message(kernel: Kernel) -> None:
    reply = kernel.run('PromptPO.on("NoisWorld1").run()')
    assert reply.error["ename"] == "UnknownEnvironmentException"
    assert "Nearest: NoiseWorld1" in reply.error["evalue"]
    assert len(reply.traceback) <= 6
