"""The notebook on the ablation of N, executed from its first cell to its last."""

from __future__ import annotations

import re

import pytest
from conftest import by_tag, check_clean, check_outputs, execute
from nbformat import NotebookNode
from test_notebooks import data

NAME = "06-n-ablation.ipynb"


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, NotebookNode]:
    """Its code cells by their tag, executed."""
    folder = tmp_path_factory.mktemp("ablation")
    notebook = execute(NAME, folder)
    assert not (folder / "runs").exists(), "it opens runs and makes none"
    return by_tag(notebook)


def test_the_committed_notebook_is_clean() -> None:
    check_clean(NAME)


def test_every_cell_shows_something_and_nothing_goes_wrong(
    executed: dict[str, NotebookNode],
) -> None:
    check_outputs(executed)


@pytest.mark.parametrize("tag", ["ablation", "curves", "pool", "button", "swimmer", "normalised"])
def test_its_figures_are_drawings(executed: dict[str, NotebookNode], tag: str) -> None:
    assert "<svg" in data(executed[tag], "image/svg+xml")


def test_what_the_text_says_of_the_runs_is_what_their_ledgers_say(
    executed: dict[str, NotebookNode],
) -> None:
    header, *rows = data(executed["kept"], "text/plain").splitlines()[:4]
    shown = [dict(zip(header.split(), row.split(), strict=True)) for row in rows]
    assert [(row["candidates"], row["rounds"]) for row in shown] == [
        ("5", "3"),
        ("10", "3"),
        ("20", "1"),
    ]
    assert all(float(row["heldout"]) > 0.95 for row in shown), "'N bought nothing'"
    assert "All 20 candidates of the first round" in data(executed["pool"], "text/plain")


def test_the_scale_counts_the_exact_reference_alone(executed: dict[str, NotebookNode]) -> None:
    said = data(executed["normalised"], "text/plain")
    assert "3 of 3 runs on 1 task reach the reference" in said
    assert "Not counted: button-press-v3 (measured)." in said


def test_the_estimate_ends_in_the_sum_of_its_runs(executed: dict[str, NotebookNode]) -> None:
    lines = data(executed["estimate"], "text/plain").splitlines()
    rows = [line.split() for line in lines[1:] if re.search(r"\d$", line.strip())]
    calls = [float(row[-3]) for row in rows]
    assert len(calls) == 3 * 3 * 2 + 1
    assert calls[-1] == pytest.approx(sum(calls[:-1]))
    assert "all" in rows[-1]
