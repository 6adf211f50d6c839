"""The notebooks of simulated tasks, executed from the first cell to the last."""

from __future__ import annotations

import base64
import io
import os
import re
from pathlib import Path
from typing import Any

import nbformat
import promptpo_envs
import pytest
from conftest import NOTEBOOKS, by_tag, check_clean, execute
from nbformat import NotebookNode
from PIL import Image
from promptpo_render import gl
from test_notebooks import NUMBER, data

TASKS = {
    "02-point-maze.ipynb": "PointMaze",
    "03-meta-world.ipynb": "button-press-v3",
    "04-mujoco.ipynb": "Swimmer-v5",
}
COMMON = (
    *("environment", "reset", "step", "picture", "by-hand", "kept", "rounds", "learning-curve"),
    *("finding", "heldout", "result", "source", "film", "re-roll"),
)
"""What each of these notebooks shows; the cell of a tag that is missing is a failure."""
MORE = {
    "02-point-maze.ipynb": (),
    "03-meta-world.ipynb": (),
    # What a better program changed, and a second kept run.
    "04-mujoco.ipynb": ("diff", "arm", "arm-result"),
}
"""What a notebook shows beyond, and the others need not."""
FILMED = {
    "02-point-maze.ipynb": ("PointMaze", "round 1, candidate 1"),
    "03-meta-world.ipynb": ("button-press-v3", "round 3, candidate 1"),
    "04-mujoco.ipynb": ("Reacher-v5", "round 1, candidate 4"),
}
"""Whose episode the film of a notebook shows: the best policy of a run that never changes."""
WORKS = gl.find(os.environ)
# A cell with this tag may fail, and those after it are executed all the same.
MAY_FAIL = "raises-exception"


def boxes(data: bytes, kind: bytes) -> list[bytes]:
    """What the boxes of a kind hold, one after another (ISO 14496-12, 4.2)."""
    found = []
    while data:
        size = int.from_bytes(data[:4], "big")
        assert 8 <= size <= len(data), "no box of an MP4"
        if data[4:8] == kind:
            found.append(data[8:size])
        data = data[size:]
    return found


def samples(mp4: bytes) -> int:
    """How many pictures an MP4 in fragments holds (ISO 14496-12, 8.8.8)."""
    tracks = [track for part in boxes(mp4, b"moof") for track in boxes(part, b"traf")]
    runs = [run for track in tracks for run in boxes(track, b"trun")]
    return sum(int.from_bytes(run[4:8], "big") for run in runs)


class Executed:
    """A notebook after all its cells were run."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.task = TASKS[name]
        self.notebook = execute(name, folder)
        self.cells = by_tag(self.notebook)

    def cell(self, tag: str) -> NotebookNode:
        if tag not in self.cells and tag in {more for tags in MORE.values() for more in tags}:
            assert tag not in MORE[self.name], f"{self.name} has lost its cell '{tag}'"
            pytest.skip(f"{self.name} needs no cell '{tag}'")
        assert tag in self.cells, f"{self.name} has lost its cell '{tag}'"
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


@pytest.mark.parametrize("name", sorted(TASKS))
def test_the_committed_notebook_has_the_cells_that_the_tests_read(name: str) -> None:
    notebook = nbformat.read(NOTEBOOKS / name, as_version=4)
    tags = [cell.metadata.tags[0] for cell in notebook.cells if cell.cell_type == "code"]
    assert sorted(tags) == sorted((*COMMON, *MORE[name]))


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


@pytest.mark.skipif(not WORKS.backend, reason=gl.none_works(WORKS.reasons))
def test_the_film_moves_and_its_caption_says_what_came_of_it(executed: Executed) -> None:
    html = executed.html("film")
    found = re.search(r'<(img|video)\b[^>]* src="data:(image/gif|video/mp4);base64,([^"]+)"', html)
    assert found, "neither a GIF nor an MP4"
    element, mime, encoded = found.groups()
    film = base64.b64decode(encoded, validate=True)
    assert (element, mime) in (("img", "image/gif"), ("video", "video/mp4"))
    if mime == "image/gif":
        with Image.open(io.BytesIO(film)) as moving:
            assert moving.format == "GIF"
            assert moving.n_frames > 1
            first = moving.convert("RGB").tobytes()
            moving.seek(moving.n_frames - 1)
            assert moving.convert("RGB").tobytes() != first, "nothing moves"
    else:
        assert film[4:8] == b"ftyp"
        assert samples(film) > 1
    with Image.open(
        io.BytesIO(base64.b64decode(data(executed.cell("film"), "image/png")))
    ) as strip:
        assert strip.width > strip.height, "stills side by side"

    caption = executed.text("film")
    assert f">{caption}</div>" in html, "the caption stands below"
    task, best = FILMED[executed.name]
    # The run has not measured the episode that is kept for pictures: its return is this machine's.
    told = re.fullmatch(
        rf"{task}: {best}, seed \d+, return ({NUMBER})(, (?:no )?success)?, (\d+) steps, real time",
        caption,
    )
    assert told, caption
    total, success, steps = float(told[1].replace(",", "")), told[2], int(told[3])
    document = promptpo_envs.specification(task)
    assert 1 <= steps <= document["horizon"]
    random = document["references"]["random"]["high"]
    assert total > random, "it is the best of a run, not a random policy"
    if task == "PointMaze":
        assert (total == 1) == (success == ", success")


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


def test_a_second_kept_run_and_what_its_author_changed_are_shown(executed: Executed) -> None:
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
