"""``docs/driving-a-run.md`` does what it says: its cells, in their order."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from test_add_an_environment_page import blocks
from test_kernel_protocol import Kernel, home, write_spec

PAGE = Path(__file__).resolve().parents[2] / "docs" / "driving-a-run.md"
TIMEOUT_S = 240


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory):
    specs = tmp_path_factory.mktemp("kernels")
    place = tmp_path_factory.mktemp("page")
    variables = {
        "PROMPTPO_HOME": str(home()),
        "PROMPTPO_VENV": sys.prefix,
        "PROMPTPO_RUNS": str(place / "runs"),
    }
    write_spec(specs, "java-driving", variables)
    before = Path.cwd()
    os.chdir(place)  # where the cells' paths begin
    try:
        running = Kernel(specs, "java-driving")
    finally:
        os.chdir(before)
    try:
        yield running
    finally:
        running.stop()


def test_the_cells_show_what_the_page_says(kernel: Kernel) -> None:
    found = blocks(PAGE.read_text("utf-8"))
    shown = 0
    for number, block in enumerate(found):
        if block.label != "java":
            continue
        reply = kernel.run(block.text, timeout=TIMEOUT_S)
        assert reply.status == "ok", f"{block.text}\n{reply.content.get('evalue')}"
        assert reply.text("stderr") == "", block.text
        after = found[number + 1] if number + 1 < len(found) else None
        if after is not None and after.label == "text":
            assert reply.result["text/plain"].strip() == after.text.strip(), block.text
            shown += 1
    assert shown == sum(block.label == "text" for block in found)
    assert shown >= 6
