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

LAUNCHER = Path(__file__).resolve().with_name("kernel.sh")


def command(home: Home, jdk: Jdk, *options: str) -> list[str]:
    """The command line that starts the kernel with everything that we built on its class path;
    ``{connection_file}`` stands for the file.
    """
    return [
        "/bin/sh",
        str(LAUNCHER),
        "{connection_file}",
        f"{home.java_lib}/*",
        str(jdk.java),
        *jdk.flags(),
        f"-Dpromptpo.home={home.root}",
        *options,
    ]


def content(home: Home, jdk: Jdk, *options: str) -> dict[str, object]:
    """The spec: start the kernel with the chosen JDK and these options of its own."""
    return {
        "argv": command(home, jdk, *options),
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


def jupyter_folder(prefix: Path) -> Path:
    """Where a Jupyter that is installed under ``prefix`` looks for this kernel."""
    return prefix / "share" / "jupyter" / "kernels" / KERNEL_NAME


def broken(folder: Path) -> str:
    """What keeps an installed spec from starting a kernel; empty where nothing does."""
    try:
        argv = json.loads((folder / "kernel.json").read_text(encoding="utf-8"))["argv"]
    except (OSError, ValueError, KeyError) as error:
        return f"kernel.json cannot be read: {error}"
    # Older ones start Java themselves.
    files = [word for word in argv if word.startswith("/") and not word.endswith("/*")]
    folders = [word.removesuffix("/*") for word in argv if word.endswith("/*")]
    missing = [word for word in (*files, *folders) if not Path(word).exists()]
    return f"{missing[0]} is not there" if missing else ""


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
