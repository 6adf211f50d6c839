"""The library without a notebook: the quickstart's cells in plain ``jshell``, as
docs/other-kernels.md says it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from conftest import NOTEBOOKS, QUICKSTART
from promptpo_setup import java as programs
from promptpo_setup.home import Home
from test_kernel_protocol import home, java

PAGE = NOTEBOOKS.parent / "docs" / "other-kernels.md"


def class_path() -> str:
    """What ``./promptpo classpath`` prints, without the set-up that it does first."""
    jars = programs.class_path(Home.of(home()))
    if not any("promptpo-lib-" in jar for jar in jars):
        message = f"no library in {Home.of(home()).java_lib}: run ./promptpo test, which builds it"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    assert not any("promptpo-kernel-" in jar for jar in jars)
    return os.pathsep.join(jars)


def imports() -> list[str]:
    """The import statements of the page."""
    lines = re.findall(r"^import .*;$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(lines) > 5, f"no imports in {PAGE}"
    return lines


def one_line(source: str) -> str:
    """A cell as jshell takes it: it runs a line that could be all, so no line starts with a dot."""
    without_comments = re.sub(r"\s+//.*", "", source)
    return re.sub(r"\n\s+\.", ".", without_comments)


def test_the_page_imports_what_a_notebook_has_from_the_start() -> None:
    extension = "figures/src/main/java/dev/promptpo/figures/NotebookExtension.java"
    source = (NOTEBOOKS.parent / extension).read_text(encoding="utf-8")
    (listed,) = re.findall(r"IMPORTS =\s+List\.of\((.*?)\);", source, re.DOTALL)
    packages = re.findall(r'"([\w.*]+)"', listed)
    assert [f"import {name};" for name in packages] == imports()


def test_the_quickstart_runs_in_plain_jshell(workplace: Path) -> None:
    notebook = nbformat.read(NOTEBOOKS / QUICKSTART, as_version=4)
    cells = [one_line(cell.source) for cell in notebook.cells if cell.cell_type == "code"]
    picture = workplace / "curve.png"
    save = f'Picture.of(Figures.learningCurve(run)).save(java.nio.file.Path.of("{picture}"));'
    done = subprocess.run(
        [
            str(Path(java()).with_name("jshell")),
            "--class-path",
            class_path(),
            "-R--enable-native-access=ALL-UNNAMED",
            f"-R-Dpromptpo.home={home()}",
            f"-J-Djava.util.prefs.userRoot={workplace}",
        ],
        cwd=workplace,
        env=os.environ | {"PROMPTPO_VENV": sys.prefix},
        # As typed: of a file that it loads, jshell prints no values.
        input="\n".join([*imports(), *cells, save, "/exit"]) + "\n",
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "|  Error" not in done.stdout
    assert "Exception" not in done.stdout, done.stdout
    said = done.stdout
    assert "mean_score" in said, "the table of rounds is text"
    assert "class NoiseWorld2Policy" in said, "so is the best policy"
    assert "95 % interval" in said, "and the estimate on held-out episodes"
    assert "Chart@" not in said, "a chart says in words what is to be seen"
    assert picture.read_bytes().startswith(b"\x89PNG")
