"""Executing a notebook, with the Python kernel that comes with JupyterLab in the place of ours."""

from __future__ import annotations

import base64
import io
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from promptpo_notebook import outputs
from promptpo_notebook.execution import KernelFailed, execute
from promptpo_notebook.progress import CellProgress

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\nnot really").decode()
SVG = "<svg xmlns='http://www.w3.org/2000/svg'><rect width='3' height='4'/></svg>"


def notebook(folder: Path, *sources: tuple[str, str]) -> Path:
    cells = [nbformat.v4.new_markdown_cell("# Title")]
    for tag, source in sources:
        cell = nbformat.v4.new_code_cell(source)
        cell.metadata["tags"] = [tag] if tag else []
        cells.append(cell)
    path = folder / "00-sample.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def quiet(tmp_path: Path) -> dict[str, str]:
    """An environment in which Jupyter keeps its state in the test's own folder."""
    jupyter = {
        f"JUPYTER_{name}_DIR": str(tmp_path / name) for name in ("CONFIG", "DATA", "RUNTIME")
    }
    return os.environ | jupyter | {"IPYTHONDIR": str(tmp_path / "ipython")}


def run(path: Path, folder: Path, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "promptpo_notebook", path, folder, "--kernel", "python3"]
    return subprocess.run(command, capture_output=True, text=True, env=quiet(tmp_path), timeout=120)


def test_results_pages_and_pictures_of_a_whole_execution(tmp_path: Path) -> None:
    bundle = {"image/png": PNG, "image/svg+xml": SVG, "text/plain": "a chart"}
    path = notebook(
        tmp_path,
        ("", "from IPython.display import display"),
        ("rounds", "print('| round | score |')"),
        ("learning curve", f"display({bundle!r}, raw=True)"),
        ("board", f"display({{'image/png': {PNG!r}}}, raw=True)"),
        ("heldout", "display({'text/plain': '-71.3 [-72, -70]'}, raw=True)"),
        ("", "print('not shown')"),
    )
    folder = tmp_path / "out"
    done = run(path, folder, tmp_path)

    assert done.returncode == 0, done.stderr
    texts, _, paths = done.stdout.partition("\nnotebook ")
    assert texts.split("\n\n") == ["\n| round | score |", "-71.3 [-72, -70]\n"]
    assert [line.split()[-1] for line in ("notebook " + paths).splitlines()] == [
        str(folder / name)
        for name in (
            "00-sample.ipynb",
            "00-sample.html",
            "picture-01-learning-curve.svg",
            "picture-01-learning-curve.png",
            "picture-02-board.png",
        )
    ]
    assert (folder / "picture-01-learning-curve.svg").read_text() == SVG
    assert (folder / "picture-01-learning-curve.png").read_bytes() == base64.b64decode(PNG)
    assert (folder / "picture-02-board.png").read_bytes() == base64.b64decode(PNG)
    executed = nbformat.read(folder / "00-sample.ipynb", as_version=4)
    assert executed.cells[2].outputs[0].text == "| round | score |\n"
    assert re.search(r"cell 2/6  print\('\| round \| score \|'\)  \d+\.\d s", done.stderr)


def test_the_page_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    read = outputs.read(notebook(tmp_path, ("", "1")))
    _, page = outputs.write(read, tmp_path, "page")
    text = page.read_text()

    assert "<html" in text
    loading = r"<(?:script|img|iframe|source)[^>]*\ssrc=[\"'](?!data:)|<link[^>]*\shref="
    assert not re.findall(loading, text)
    assert not re.findall(r"@import|url\([\"']?https?:|import\([\"']https?:", text)


def test_a_failing_cell_is_shown_and_the_rest_not_executed(tmp_path: Path) -> None:
    path = notebook(tmp_path, ("", "x = 1"), ("", "x / 0"), ("", "print('never')"))
    done = run(path, tmp_path / "out", tmp_path)

    assert done.returncode == 1
    assert "promptpo: cell 2 of 3 failed: ZeroDivisionError: division by zero\n    x / 0\n" in (
        done.stderr
    )
    executed = nbformat.read(tmp_path / "out/00-sample.ipynb", as_version=4)
    assert executed.cells[3].outputs == []


def test_a_kernel_that_is_not_there_is_named(tmp_path: Path) -> None:
    read = outputs.read(notebook(tmp_path, ("", "1")))
    with pytest.raises(KernelFailed, match="the kernel 'no-such' did not answer"):
        execute(read, tmp_path, "no-such", 10.0, CellProgress(io.StringIO()))


def test_old_outputs_and_pictures_do_not_survive(tmp_path: Path) -> None:
    path = notebook(tmp_path, ("", "1"))
    stored = nbformat.read(path, as_version=4)
    stored.cells[1].outputs = [nbformat.v4.new_output("stream", text="stale")]
    nbformat.write(stored, path)
    (tmp_path / "picture-09-stale.png").touch()
    read = outputs.read(path)

    assert outputs.write_pictures(read, tmp_path) == []
    assert read.cells[1].outputs == []
    assert not (tmp_path / "picture-09-stale.png").exists()


def test_progress_in_a_log_is_a_line_for_each_cell() -> None:
    stream = io.StringIO()
    progress = CellProgress(stream)
    progress.begins(1, 2, "// a comment\nimport java.util.List;\nvar run = PromptPO.on(board);")
    progress.shows("round 1: 3 of 10\n")
    progress.ends()
    progress.close()

    (line,) = stream.getvalue().splitlines()
    assert re.fullmatch(r"cell 1/2  var run = PromptPO\.on\(board\);  0\.\d s", line)


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_the_kernel_and_shows_no_trace(
    tmp_path: Path, sign: signal.Signals
) -> None:
    pid_file = tmp_path / "pid"
    source = f"import os, time\nopen({str(pid_file)!r}, 'w').write(str(os.getpid()) + ' ')"
    path = notebook(tmp_path, ("", source), ("", "while True: time.sleep(0.01)"))
    command = [sys.executable, "-m", "promptpo_notebook", path, tmp_path / "out"]
    child = subprocess.Popen(
        [*command, "--kernel", "python3"], stderr=subprocess.PIPE, text=True, env=quiet(tmp_path)
    )
    assert child.stderr is not None
    # The kernel may have something to say first.
    assert any("cell 1/2" in line for line in child.stderr)
    child.send_signal(sign)
    rest = child.stderr.read()

    assert child.wait(30) == 130, rest
    # The Python kernel may complain of its own end; we do not.
    assert "promptpo_notebook" not in rest
    kernel = int(pid_file.read_text())
    deadline = time.monotonic() + 20
    while Path(f"/proc/{kernel}").exists():
        assert time.monotonic() < deadline, f"the kernel {kernel} is still there"
        time.sleep(0.05)
