"""The notebooks, executed by our kernel from the first cell to the last."""

from __future__ import annotations

import base64
import io
import os
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import nbformat
import pytest
from conftest import QUICKSTART, by_tag, check_clean, check_outputs, execute
from nbclient import NotebookClient
from nbformat import NotebookNode

NUMBER = r"[-\u2212]?\d[\d,]*(?:\.\d+)?"


@pytest.fixture(scope="module")
def quickstart(tmp_path_factory: pytest.TempPathFactory) -> dict[str, NotebookNode]:
    """The executed quickstart's code cells by their tag."""
    return by_tag(execute(QUICKSTART, tmp_path_factory.mktemp("quickstart")))


def data(cell: NotebookNode, kind: str) -> str:
    """The one output of a cell in a MIME type."""
    found = [
        output["data"][kind]
        for output in cell.outputs
        if output.output_type in ("execute_result", "display_data") and kind in output["data"]
    ]
    assert len(found) == 1, f"expected one {kind}, got {len(found)} in {summary(cell)}"
    return found[0]


def summary(cell: NotebookNode) -> list[Any]:
    return [(o.output_type, list(o.get("data", {"text": o.get("text")}))) for o in cell.outputs]


def png_size(encoded: str) -> tuple[int, int]:
    header = base64.b64decode(encoded)[:24]
    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    return int.from_bytes(header[16:20], "big"), int.from_bytes(header[20:24], "big")


def test_the_committed_notebook_is_clean() -> None:
    check_clean(QUICKSTART)


def test_every_cell_shows_something_and_nothing_goes_wrong(
    quickstart: dict[str, NotebookNode],
) -> None:
    check_outputs(quickstart)


def test_the_task_shows_its_observation(quickstart: dict[str, NotebookNode]) -> None:
    html = data(quickstart["environment"], "text/html")
    for name in ("agent_row", "agent_col", "goal_row", "goal_col", "cells"):
        assert f">{name}</code>" in html
    assert "0 up, 1 down, 2 left, 3 right" in data(quickstart["environment"], "text/plain")


@pytest.mark.parametrize("tag", ["board", "learning-curve", "best-of-n", "path"])
def test_a_picture_is_svg_and_png_of_one_size_with_a_text(
    quickstart: dict[str, NotebookNode], tag: str
) -> None:
    cell = quickstart[tag]
    svg = ElementTree.parse(io.StringIO(data(cell, "image/svg+xml"))).getroot()
    assert svg.tag == "{http://www.w3.org/2000/svg}svg"
    assert len(list(svg.iter("{http://www.w3.org/2000/svg}path"))) > 10
    width, height = png_size(data(cell, "image/png"))
    assert (width, height) == (2 * int(svg.get("width", "0")), 2 * int(svg.get("height", "0")))
    assert 600 <= width / 2 <= 800, "made for the width of a notebook"
    assert data(cell, "text/plain").startswith("NoiseWorld2: ")


def test_the_run_is_one_display_that_ends_finished(quickstart: dict[str, NotebookNode]) -> None:
    text = data(quickstart["run"], "text/plain")
    assert "30 of 30 candidates" in text
    assert text.splitlines()[-1].endswith("finished")
    html = data(quickstart["run"], "text/html")
    for place in ("round 1, candidate 1", "round 3, candidate 10"):
        assert f'title="{place}:' in html


def test_the_table_of_rounds_holds_all_rounds(quickstart: dict[str, NotebookNode]) -> None:
    lines = data(quickstart["rounds"], "text/plain").splitlines()
    assert lines[0].split()[:3] == ["round", "candidates", "failed"]
    assert [line.split()[0] for line in lines[1:4]] == ["1", "2", "3"]
    assert lines[0].split()[-1] == "steered"
    assert lines[4] == "rounds: 3 rows, 12 columns"
    header = re.findall(r"<th [^>]*>([^<]*)<", data(quickstart["rounds"], "text/html"))
    assert header == lines[0].split()


def test_the_best_policy_is_shown_highlighted(quickstart: dict[str, NotebookNode]) -> None:
    assert "class NoiseWorld2Policy" in data(quickstart["source"], "text/plain")
    html = data(quickstart["source"], "text/html")
    assert re.search(r"keyword-color, #\w+\)\">def</span>", html)


def test_the_estimate_agrees_with_the_table_and_has_an_interval(
    quickstart: dict[str, NotebookNode],
) -> None:
    text = data(quickstart["heldout"], "text/plain")
    found = re.search(
        rf"held-out episodes ({NUMBER}), 95 % interval ({NUMBER}) to ({NUMBER}) \(100 episodes",
        text,
    )
    assert found, text
    estimate, low, high = (float(group) for group in found.groups())
    # Boards' exact values: the random policy -186.35, the optimum 976.77.
    assert -1101 <= low <= estimate <= high <= 990
    assert re.search(r"optimum\s+976\.8\s+\(exact\)", text)
    assert re.search(r"random policy\s+-186\.\d\s+\(exact\)", text)
    normalised = float(re.search(r"normalised\s+(-?\d+\.\d+)", text).group(1))
    assert normalised == pytest.approx((estimate + 186.35) / (976.768 + 186.35), abs=2e-3)


def test_the_finding_is_a_sentence_with_the_runs_numbers(
    quickstart: dict[str, NotebookNode],
) -> None:
    text = data(quickstart["finding"], "text/plain")
    best = data(quickstart["rounds"], "text/plain").splitlines()[1].split()[5]
    assert f"scored {best}" in text
    assert text.replace("'", "&#39;") in data(quickstart["finding"], "text/html")


def test_the_picture_of_n_says_what_the_first_round_says(
    quickstart: dict[str, NotebookNode],
) -> None:
    first = data(quickstart["rounds"], "text/plain").splitlines()[1].split()
    said = data(quickstart["best-of-n"], "text/plain")
    mean, best = first[3], first[5]
    if mean == best:
        assert f"All 10 candidates of the first round scored {best}" in said
    else:
        assert f"the best of 10: {best}" in said


def test_each_live_model_of_the_notebook_opens_or_names_its_missing_key(tmp_path: Path) -> None:
    notebook = nbformat.read(Path(__file__).resolve().parents[1] / QUICKSTART, as_version=4)
    lines = re.findall(r"^\.model\((.+)\)  +// (.+)$", notebook.cells[-1].source, re.MULTILINE)
    assert len(lines) == 5
    cells = [
        f"""
        try {{
            PromptPO.on("NoiseWorld2").model({model}).candidates(1).rounds(1).episodes(1)
                    .directory(java.nio.file.Path.of("run-{i}")).start().close();
            System.out.print("opened");
        }} catch (ModelUnavailableException e) {{
            System.out.print(e.getMessage());
        }}
        """
        for i, (model, _) in enumerate(lines)
    ]
    trial = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    keyless = {name: text for name, text in os.environ.items() if not name.endswith("_API_KEY")}
    client = NotebookClient(
        trial,
        kernel_name="promptpo-java",
        timeout=120,
        startup_timeout=120,
        resources={"metadata": {"path": str(tmp_path)}},
    )
    client.execute(env=keyless)
    for (_, comment), cell in zip(lines, trial.cells, strict=True):
        said = "".join(output.text for output in cell.outputs)
        if comment.startswith("no key"):
            assert said == "opened"
        else:
            assert re.fullmatch(rf"no key for .+: set {comment}\b.* in the environment.*", said)
