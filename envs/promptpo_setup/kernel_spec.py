"""The Jupyter kernel spec of the Java kernel."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from promptpo_setup.home import KERNEL_NAME, Home
from promptpo_setup.jdk import Jdk
from promptpo_setup.steps import write_whole

MAIN = "dev.promptpo.kernel.Main"


def content(home: Home, jdk: Jdk) -> dict[str, object]:
    """The spec: start the kernel with the chosen JDK and everything that we built on its class
    path.
    """
    return {
        "argv": [
            str(jdk.java),
            *jdk.flags(),
            # A small heap's collector; the work of a notebook is in other processes.
            "-XX:+UseSerialGC",
            f"-Dpromptpo.home={home.root}",
            "-cp",
            f"{home.java_lib}/*",
            MAIN,
            "{connection_file}",
        ],
        "display_name": "Java (PromptPO)",
        "language": "java",
        "interrupt_mode": "message",
        "env": {
            "PROMPTPO_HOME": str(home.root),
            "PROMPTPO_VENV": str(home.venv),
            # So that Shift+Tab shows what is written about the library.
            "PROMPTPO_KERNEL_SOURCES": os.pathsep.join(
                str(home.root / module / "src" / "main" / "java")
                for module in ("lib", "figures", "kernel")
            ),
        },
        "metadata": {"debugger": False},
    }


def write(folder: Path, spec: Mapping[str, object]) -> None:
    """Writes the spec into its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / "kernel.json", json.dumps(spec, indent=1) + "\n")


def user_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Where the user's own Jupyter looks for this kernel."""
    user = Path(environ.get("HOME") or "~").expanduser()
    if environ.get("JUPYTER_DATA_DIR"):
        data = Path(environ["JUPYTER_DATA_DIR"])
    elif sys.platform == "darwin":
        data = user / "Library" / "Jupyter"
    else:
        data = Path(environ.get("XDG_DATA_HOME") or user / ".local" / "share") / "jupyter"
    return data / "kernels" / KERNEL_NAME


def remove(folder: Path) -> bool:
    """Removes an installed spec; False where there was none."""
    if not folder.exists():
        return False
    shutil.rmtree(folder)
    return True
