"""The notebooks of simulated tasks, executed from the first cell to the last."""

from __future__ import annotations

import base64
import io
import os
import re
from pathlib import Path
from typing import Any

import pytest
from conftest import by_tag, check_clean, execute
from nbformat import NotebookNode
from PIL import Image
from promptpo_render import gl
from test_notebooks import NUMBER, data

TASKS = {
    "02-point-maze.ipynb": "PointMaze",
    "03-meta-world.ipynb": "button-press-v3",
    "04-mujoco.ipynb": "Swimmer-v5",
}
WORKS = gl.find(os.environ)
# A cell with this tag may fail, and those after it are executed all the same.
MAY_FAIL = "raises-exception"


class Executed:
    """A notebook after all its cells were run."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.task = TASKS[name]
        self.notebook = execute(name, folder)
        self.cells = by_tag(self.notebook)

    def cell(self, tag: str) -> NotebookNode:
        if tag not in self.cells:
            pytest.skip(f"{self.name} has no cell '{tag}'")
        return self.cells[tag]

    def text(self, tag: str) -> str:
        return data(self.cell(tag), "text/plain")

    def html(self, tag: str) -> str:
        return data(self.cell(tag), "text/html")


@pytest.fixture(scope="module", params=sorted(TASKS))
def executed(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Executed:
    folder = tmp_path_factory.mktemp("tasks")
    done = Executed(request.param, folder)
    assert not (folder / "runs").exists(), "these notebooks open runs and make none"
    return done


@pytest.mark.parametrize("name", sorted(TASKS))
def test_the_committed_notebook_is_clean(name: str) -> None:
    check_clean(name)


def test_every_cell_shows_something_and_nothing_goes_wrong(executed: Executed) -> None:
    for tag, cell in executed.cells.items():
        assert cell.outputs, f"the cell '{tag}' shows nothing"
        for output in cell.outputs:
            assert output.get("name") != "stderr", f"{tag} wrote to stderr: {output.text}"
            if output.output_type == "error":
                assert not WORKS.backend, f"{tag}: {output.evalue}"
                assert MAY_FAIL in cell.metadata.tags, f"{tag}: {output.evalue}"
                assert output.ename == "RenderException", f"{tag}: {output.evalue}"


def test_the_task_shows_its_observation(executed: Executed) -> None:
    fields = re.findall(r"^  (\w+) +(?:number|\d+)", executed.text("environment"), re.MULTILINE)
    assert len(fields) >= 7
    for name in fields:
        assert f">{name}</code>" in executed.html("environment")
    observation = executed.text("reset")
    assert re.fullmatch(r"\[.*\]", observation)
    assert len(observation.split(",")) >= 7
    assert re.fullmatch(rf"reward {NUMBER}(?:E-?\d+)?, over false", executed.text("step"))


@pytest.mark.skipif(not WORKS.backend, reason=gl.none_works(WORKS.reasons))
def test_the_picture_shows_a_scene(executed: Executed) -> None:
    image = Image.open(io.BytesIO(base64.b64decode(data(executed.cell("picture"), "image/png"))))
    assert image.width >= 320
    assert image.height >= 240
    colours = image.convert("RGB").getcolors(maxcolors=image.width * image.height)
    assert len(colours) > 100, "nearly blank"


def test_the_policy_written_by_hand_is_measured_here(executed: Executed) -> None:
    text = executed.text("by-hand")
    found = re.match(
        rf"{executed.task}: mean return ({NUMBER}), 95 % interval ({NUMBER}) to ({NUMBER})", text
    )
    assert found, text
    estimate, low, high = (float(group.replace(",", "")) for group in found.groups())
    assert low <= estimate <= high
    random = float(re.search(rf"random policy +({NUMBER})", text).group(1))
    assert low > random, "it is worth showing because it beats the random policy"
    assert "isolation sandbox" in text
    assert "environment steps" in executed.html("by-hand")


def test_the_kept_run_is_shown_with_what_it_reached(executed: Executed) -> None:
    text = executed.text("kept")
    assert text.startswith(f"PromptPO on {executed.task}: ")
    assert "held-out episodes" in text
    lines = executed.text("rounds").splitlines()
    assert lines[0].split()[:3] == ["round", "candidates", "failed"]
    assert lines[-1].startswith("rounds: ")
    assert "class " in executed.text("source")
    estimate = re.search(rf"held-out episodes ({NUMBER}),", executed.text("heldout")).group(1)
    said = executed.text("result")
    assert "held-out episodes the run's best policy has a mean" in said
    assert "random policy" in said
    shown = re.search(rf"has a mean \w+ of ({NUMBER}),", said).group(1)
    assert float(shown.replace(",", "")) == pytest.approx(
        float(estimate.replace(",", "")), rel=1e-3, abs=0.06
    )
    assert "<svg" in data(executed.cell("learning-curve"), "image/svg+xml")
    if "arm" in executed.cells:  # a second kept run
        assert "<svg" in data(executed.cell("arm"), "image/svg+xml")
        assert "held-out episodes the run's best policy has a mean" in executed.text("arm-result")
        assert re.search(r"lines added, \d+ taken away", executed.text("diff"))


def test_the_kept_policy_is_rolled_out_again_and_compared(executed: Executed) -> None:
    text = executed.text("re-roll")
    title, verdict, *episodes = text.splitlines()
    assert title.endswith("rolled out again on this machine")
    pairs = [re.search(rf"run +({NUMBER}) +here +({NUMBER})", line).groups() for line in episodes]
    if verdict.startswith("equal: "):
        assert pairs
        assert all(there == here for there, here in pairs)
    else:
        assert verdict.startswith("drifted: ")


def test_the_text_names_what_the_kept_policy_has(executed: Executed) -> None:
    texts = "\n".join(c.source for c in executed.notebook.cells if c.cell_type == "markdown")
    code = executed.text("source").splitlines()
    assert code[0].startswith("# "), "a title, then the source from line 1 on"
    assert ("`time.process_time`" in texts) == any("time.process_time" in line for line in code)


def test_the_code_to_run_it_live_is_a_plan_for_this_task(executed: Executed) -> None:
    code = executed.notebook.cells[-1].source
    assert f'PromptPO.on("{executed.task}")' in code
    assert ".model(Models.gemini(" in code
