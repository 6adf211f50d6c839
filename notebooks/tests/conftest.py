"""What the tests of notebooks share: a place to run in, and the browser."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

NOTEBOOKS = Path(__file__).resolve().parents[1]
QUICKSTART = "00-quickstart.ipynb"


def execute(name: str, folder: Path) -> NotebookNode:
    """A notebook of the project after all its cells were run, its runs in ``folder/runs``."""
    notebook = nbformat.read(NOTEBOOKS / name, as_version=4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROMPTPO_RUNS", str(folder / "runs"))
        NotebookClient(
            notebook,
            kernel_name="promptpo-java",
            timeout=300,
            startup_timeout=120,
            resources={"metadata": {"path": str(folder)}},
        ).execute()
    return notebook


def by_tag(notebook: NotebookNode) -> dict[str, NotebookNode]:
    """The code cells of a notebook by their first tag."""
    return {cell.metadata.tags[0]: cell for cell in notebook.cells if cell.cell_type == "code"}


def check_clean(name: str) -> None:
    """A notebook as committed is valid and holds no output."""
    notebook = nbformat.read(NOTEBOOKS / name, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "promptpo-java"
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


def check_outputs(cells: dict[str, NotebookNode]) -> None:
    """Every cell shows something; none fails or writes to stderr."""
    for tag, cell in cells.items():
        assert cell.outputs, f"the cell '{tag}' shows nothing"
        for output in cell.outputs:
            assert output.output_type != "error", f"{tag}: {output}"
            assert output.get("name") != "stderr", f"{tag} wrote to stderr: {output.text}"


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh folder with a copy of the notebooks; their runs go there too."""
    for notebook in NOTEBOOKS.glob("*.ipynb"):
        shutil.copy(notebook, tmp_path)
    monkeypatch.setenv("PROMPTPO_RUNS", str(tmp_path / "runs"))
    return tmp_path


@pytest.fixture(scope="session")
def artefacts() -> Path:
    """Where pictures of what was tested are kept."""
    folder = NOTEBOOKS.parent / "artefacts" / "browser"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser; without one the test says that it did not run, under CI it fails."""
    names = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
    for candidate in (os.environ.get("PROMPTPO_CHROMIUM"), *map(shutil.which, names)):
        if candidate and Path(candidate).exists():
            return Path(candidate)
    message = "no Chromium here: this browser test did not run (install chromium)"
    if os.environ.get("CI", "").lower() in ("true", "1", "yes"):
        pytest.fail(message)
    pytest.skip(message)
