"""The notebook on driving a run by hand, executed from its first cell to its last."""

from __future__ import annotations

import re

import pytest
from conftest import by_tag, check_clean, check_outputs, execute
from nbformat import NotebookNode
from test_notebooks import data

NAME = "09-driving-a-run.ipynb"


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, NotebookNode]:
    """Its code cells by their tag, executed."""
    folder = tmp_path_factory.mktemp("driving")
    notebook = execute(NAME, folder)
    assert (folder / "noiseworld2-policy" / "pyproject.toml").exists()
    return by_tag(notebook)


def text(cell: NotebookNode) -> str:
    """What the last line of a cell shows, as text."""
    (shown,) = [o for o in cell.outputs if o.output_type == "execute_result"]
    return shown["data"]["text/plain"]


def test_the_committed_notebook_is_clean() -> None:
    check_clean(NAME)


def test_every_cell_shows_something_and_nothing_goes_wrong(
    executed: dict[str, NotebookNode],
) -> None:
    check_outputs(executed)


def test_the_first_round_is_the_recordings_and_can_be_looked_at(
    executed: dict[str, NotebookNode],
) -> None:
    assert text(executed["preview"]).startswith("You write a control policy in Python")
    assert "sent 10 times" in text(executed["preview"])
    assert text(executed["step"]).startswith("PromptPO on NoiseWorld2: 3 rounds of 10 candidates")
    assert re.match(r"Round 1, candidate \d+: \d+", text(executed["candidate"]))
    assert re.search(r"lines added, \d+ taken away", text(executed["diff"]))
    assert text(executed["trace"]).splitlines()[0].split()[0] == "step"


def test_the_branch_has_the_hint_and_the_stamp(executed: dict[str, NotebookNode]) -> None:
    assert "(inserted by hand)" in text(executed["insert"])
    assert "- A move may fail on the yellow cells only" in text(executed["hinted"])
    assert "steered by hand: 1 hint, 1 inserted policy; a branch of" in text(executed["branch"])
    assert text(executed["lineage"]).splitlines()[0].endswith(", a hint")
    assert "insert" in text(executed["interventions"])


def test_both_are_compared_on_the_same_episodes(executed: dict[str, NotebookNode]) -> None:
    lines = text(executed["comparison"]).splitlines()
    assert len([line for line in lines if "NoiseWorld2" in line and "true" in line]) == 1
    assert " 40 " in text(executed["comparison"])
    assert "<svg" in data(executed["curves"], "image/svg+xml")
