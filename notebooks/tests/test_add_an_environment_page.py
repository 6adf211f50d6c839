"""``docs/add-an-environment.md`` does what it says: its cells, files and commands, in their order.

A block of Java is a cell of a notebook, and the ``text`` block after it is what its last line
shows. A block whose label is followed by a path is that file. A block of ``sh`` is run with the
command line's own classes, since the set-up is not what is tested here.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from test_kernel_protocol import Kernel, class_path, home, java, write_spec

PAGE = Path(__file__).resolve().parents[2] / "docs" / "add-an-environment.md"
FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TIMEOUT_S = 240


class Block(NamedTuple):
    """A fenced block: its label, the path after it (empty without one), its text."""

    label: str
    path: str
    text: str


def blocks(page: str) -> list[Block]:
    """The page's blocks in order."""
    return [Block(label, path, text) for label, path, text in FENCE.findall(page)]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the page's files."""
    folder = tmp_path_factory.mktemp("page")
    for block in blocks(PAGE.read_text("utf-8")):
        if block.path:
            file = folder / block.path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def environment() -> dict[str, str]:
    """Variables that tell the library where it is."""
    return {"PROMPTPO_HOME": str(home()), "PROMPTPO_VENV": sys.prefix}


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory, place: Path, environment: dict[str, str]):
    specs = tmp_path_factory.mktemp("kernels")
    write_spec(specs, "java-page", environment | {"PROMPTPO_RUNS": str(place / "runs")})
    before = Path.cwd()
    os.chdir(place)  # where the cells' paths begin
    try:
        running = Kernel(specs, "java-page")
    finally:
        os.chdir(before)
    try:
        yield running
    finally:
        running.stop()


def test_the_page_has_both_ways_files_and_commands() -> None:
    found = blocks(PAGE.read_text("utf-8"))
    cells = "".join(block.text for block in found if block.label == "java")
    assert 'Environments.register("""' in cells
    assert "Environments.register(Path.of(" in cells
    assert {block.label for block in found if block.path} == {"python", "toml", "text"}
    assert sum(block.text.count("./promptpo ") for block in found if block.label == "sh") == 3


def test_the_cells_show_what_the_page_says(kernel: Kernel) -> None:
    shown = 0
    found = [block for block in blocks(PAGE.read_text("utf-8")) if not block.path]
    for number, block in enumerate(found):
        if block.label != "java":
            continue
        reply = kernel.run(block.text, timeout=TIMEOUT_S)
        assert reply.status == "ok", f"{block.text}\n{reply.content.get('evalue')}"
        assert reply.text("stderr") == "", block.text
        after = found[number + 1] if number + 1 < len(found) else None
        if after is not None and after.label == "text":
            assert reply.result["text/plain"].strip() == after.text.strip()
            shown += 1
    assert shown == 3


def test_the_commands_work(place: Path, environment: dict[str, str]) -> None:
    for block in blocks(PAGE.read_text("utf-8")):
        if block.label != "sh":
            continue
        for line in block.text.splitlines():
            program, *arguments = shlex.split(line)
            assert program == "./promptpo"
            done = subprocess.run(
                [
                    java(),
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    class_path(),
                    "dev.promptpo.cli.Main",
                    *arguments,
                ],
                cwd=place,
                env=os.environ | environment,
                capture_output=True,
                text=True,
                timeout=TIMEOUT_S,
                check=False,
            )
            assert done.returncode == 0, f"{line}\n{done.stderr}"
            assert "Room-v0" in done.stdout, f"{line}\n{done.stdout}"
