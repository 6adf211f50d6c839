"""What the tests of notebooks share: a place to run in, and the browser."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

NOTEBOOKS = Path(__file__).resolve().parents[1]
QUICKSTART = "00-quickstart.ipynb"


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
