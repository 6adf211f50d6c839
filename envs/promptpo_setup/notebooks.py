"""The commands that end in a notebook."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence

from promptpo_setup import children
from promptpo_setup.errors import Stop
from promptpo_setup.home import Home

QUICKSTART = "notebooks/00-quickstart.ipynb"


def run_quickstart(home: Home) -> int:
    """Executes the quickstart notebook and prints its results; gives the exit code."""
    notebook = home.root / QUICKSTART
    if not notebook.exists():
        raise Stop(f"{notebook} is missing; restore it: git checkout -- {QUICKSTART}")
    folder = home.artefacts / "run"
    # A run that is finished would only be shown again: each quickstart plays its own.
    runs = folder / "runs"
    shutil.rmtree(runs, ignore_errors=True)
    command = [home.venv_python, "-m", "promptpo_notebook", notebook, folder]
    return children.run(command, home.environment() | {"PROMPTPO_RUNS": str(runs)})


def lab(home: Home, options: Sequence[str]) -> int:
    """Becomes JupyterLab over the checkout."""
    _without_news(home)
    jupyter = home.venv_python.parent / "jupyter-lab"
    words = [
        str(jupyter),
        f"--ServerApp.root_dir={home.root}",
        # It asks npm for language servers, which leaves a folder in the user's home.
        "--LanguageServerManager.autodetect=False",
        # No news and no look at the newest version: nothing here needs the network.
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        *options,
    ]
    if not any(word.startswith(("--notebook-dir", "--ServerApp.root_dir")) for word in options):
        words.append(f"--LabApp.default_url=/lab/tree/{QUICKSTART}")
    if os.geteuid() == 0:
        words.append("--allow-root")
    os.execve(words[0], words, home.environment())
    raise AssertionError("the process was replaced")


def _without_news(home: Home) -> None:
    """Keeps JupyterLab from asking whether it may fetch news; a user's own choice is left alone."""
    config = home.jupyter / "config" / "labconfig" / "page_config.json"
    if not config.exists():
        config.parent.mkdir(parents=True, exist_ok=True)
        disabled = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
        config.write_text(json.dumps(disabled, indent=2) + "\n", encoding="utf-8")
