"""The browser of the browser tests."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from promptpo_setup import children
from promptpo_setup.home import Home

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def find(environ: Mapping[str, str]) -> Path | None:
    """The Chromium on this machine, or None; ``PROMPTPO_CHROMIUM`` names one."""
    named = environ.get("PROMPTPO_CHROMIUM")
    if named:
        return Path(named) if Path(named).exists() else None
    for name in _NAMES:
        found = shutil.which(name, path=environ.get("PATH", ""))
        if found:
            return Path(found)
    return _MAC if _MAC.exists() else None


def required(environ: Mapping[str, str]) -> bool:
    """Whether its absence is a failure, rather than something to mention."""
    return environ.get("CI", "").lower() in ("true", "1", "yes")


def install(home: Home) -> Path | None:
    """Installs Debian's Chromium where that is possible, as root with apt; else None."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return None
    print("installing chromium for the browser tests", file=sys.stderr, flush=True)
    log = home.log / "chromium.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    with log.open("wb") as out:
        for words in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
            if children.run([apt, *words], quiet, output=out) != 0:
                print(f"promptpo: chromium could not be installed, see {log}", file=sys.stderr)
                return None
    return find(os.environ)
