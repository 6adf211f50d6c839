"""Where things are in a checkout."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

KERNEL_NAME = "promptpo-java"


@dataclass(frozen=True)
class Home:
    """The checkout and its state folder.

    ``given_venv`` is a virtual environment that someone else keeps (``PROMPTPO_VENV``, or a link at
    ``.promptpo/venv``): it is used as it is and never changed.
    """

    root: Path
    given_venv: Path | None = None

    @staticmethod
    def of(root: Path, environ: Mapping[str, str] = os.environ) -> Home:
        """The home of a checkout, with the virtual environment that ``environ`` names, if any."""
        named = environ.get("PROMPTPO_VENV", "")
        link = root / ".promptpo" / "venv"
        if named and Path(named) != link:
            return Home(root, Path(named))
        return Home(root, link) if link.is_symlink() else Home(root)

    @staticmethod
    def here() -> Home:
        """The home of the checkout that this file belongs to."""
        return Home.of(Path(__file__).resolve().parent.parent.parent)

    @property
    def state(self) -> Path:
        return self.root / ".promptpo"

    @property
    def own_venv(self) -> Path:
        return self.state / "venv"

    @property
    def venv(self) -> Path:
        return self.given_venv or self.own_venv

    @property
    def venv_python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def java_lib(self) -> Path:
        return self.state / "java" / "lib"

    @property
    def stamps(self) -> Path:
        return self.state / "stamps"

    @property
    def log(self) -> Path:
        return self.state / "log"

    @property
    def jupyter(self) -> Path:
        return self.state / "jupyter"

    @property
    def artefacts(self) -> Path:
        return self.root / "artefacts"

    @property
    def kernel_folder(self) -> Path:
        """Where the kernel spec lies: in our own virtual environment, or beside a given one."""
        if self.given_venv is None:
            return self.own_venv / "share" / "jupyter" / "kernels" / KERNEL_NAME
        return self.jupyter / "data" / "kernels" / KERNEL_NAME

    def environment(self, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
        """What every program that we start is told: where things are, and no state in the user's
        home.
        """
        told = {
            "PROMPTPO_HOME": str(self.root),
            "PROMPTPO_VENV": str(self.venv),
            "JUPYTER_CONFIG_DIR": str(self.jupyter / "config"),
            "JUPYTER_DATA_DIR": str(self.jupyter / "data"),
            "JUPYTER_RUNTIME_DIR": str(self.jupyter / "runtime"),
            "JUPYTERLAB_SETTINGS_DIR": str(self.jupyter / "lab" / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(self.jupyter / "lab" / "workspaces"),
            "JUPYTER_PLATFORM_DIRS": "1",
            "IPYTHONDIR": str(self.jupyter / "ipython"),
        }
        if self.given_venv is not None:
            # Our packages are not installed in it.
            told["PYTHONPATH"] = str(self.root / "envs")
        kept = {name: value for name, value in environ.items() if name not in _MISLEADING}
        return kept | told


# They send a Python to packages that are not the virtual environment's.
_MISLEADING = frozenset(
    {"PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "PIP_USER", "PIP_TARGET", "PIP_PREFIX"}
    | {"PIP_REQUIREMENT", "PIP_CONSTRAINT", "VIRTUAL_ENV"}
)


def base_python() -> Path:
    """The interpreter that virtual environments are made from (not one inside a virtual
    environment).
    """
    return Path(getattr(sys, "_base_executable", "") or sys.executable)
