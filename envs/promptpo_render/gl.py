"""Ways to reach GL without a display: which are to be tried, and whether one works.

``MUJOCO_GL`` is read when MuJoCo is imported, so a process has one way and keeps it.
"""

from __future__ import annotations

import ctypes.util
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import NamedTuple

from promptpo_render.errors import GlUnavailable, one_line

_OFF = ("disable", "disabled", "off", "false", "0")
_MEANS_ANY = ("", "enable", "enabled", "on", "true", "1")
_LIBRARIES = {"egl": "EGL", "osmesa": "OSMesa"}
_CHECK_SECONDS = 60.0

KEPT = "PROMPTPO_MUJOCO_GL"
"""Where a process that keeps GL out of itself leaves what the user had set ``MUJOCO_GL`` to."""

ADVICE = "Debian: apt-get install libegl1 libgl1-mesa-dri (or libosmesa6)"


def keep_out(environ: dict[str, str]) -> None:
    """Lets MuJoCo, imported later under this environment, load no GL library."""
    environ.setdefault(KEPT, environ.get("MUJOCO_GL", ""))
    environ["MUJOCO_GL"] = "disable"


def backends(environ: Mapping[str, str], platform: str = sys.platform) -> list[str]:
    """The values of ``MUJOCO_GL`` to be tried, in order; empty where drawing is switched off.

    What the user set ``MUJOCO_GL`` to is the only one tried.
    """
    wanted = environ.get(KEPT, environ.get("MUJOCO_GL", "")).strip().lower()
    if wanted in _OFF:
        return []
    if wanted not in _MEANS_ANY:
        return [wanted]
    return ["cgl"] if platform == "darwin" else ["egl", "osmesa"]


def none_works(reasons: Mapping[str, str]) -> str:
    """One line for a person: nothing draws here, why, and what to do."""
    if not reasons:
        return "drawing is switched off (MUJOCO_GL): set it to egl or osmesa, or unset it"
    why = "; ".join(f"{backend}: {reason}" for backend, reason in reasons.items())
    return f"no renderer works on this machine ({why}). {ADVICE}; ./promptpo doctor tells more"


def backend() -> str:
    """This process's way."""
    return os.environ.get("MUJOCO_GL", "")


def check() -> str:
    """Makes a GL context of this process's way and frees it; gives the renderer's name.

    Raises GlUnavailable. A driver may also end the process.
    """
    try:
        import mujoco

        context = mujoco.GLContext(16, 16)
        try:
            context.make_current()
            from OpenGL import GL

            name = GL.glGetString(GL.GL_RENDERER)
            if not name:
                raise GlUnavailable("the context names no renderer")
        finally:
            context.free()
    except Exception as problem:
        library = _LIBRARIES.get(backend(), "")
        if library and ctypes.util.find_library(library) is None:
            raise GlUnavailable(f"lib{library} is not installed") from None
        raise GlUnavailable(one_line(problem)) from None
    return name.decode("utf-8", "replace")


class Found(NamedTuple):
    """What works here: a backend and its renderer (both empty where none does), and why others do
    not.
    """

    backend: str
    renderer: str
    reasons: dict[str, str]


def find(environ: Mapping[str, str]) -> Found:
    """Tries the backends, each in a process of its own, until one works."""
    reasons: dict[str, str] = {}
    for backend in backends(environ):
        asked = subprocess.run(
            [sys.executable, "-c", "from promptpo_render import gl; gl.main()"],
            env={**environ, "MUJOCO_GL": backend, "PYTHONPATH": _packages(environ)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_CHECK_SECONDS,
            check=False,
        )
        try:
            answer = json.loads(asked.stdout)
        except ValueError:
            reasons[backend] = f"the process that tried it ended with {asked.returncode}"
            continue
        if "renderer" in answer:
            return Found(backend, answer["renderer"], reasons)
        reasons[backend] = answer["problem"]
    return Found("", "", reasons)


def _packages(environ: Mapping[str, str]) -> str:
    ours = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    return os.pathsep.join(filter(None, [ours, environ.get("PYTHONPATH", "")]))


def main() -> None:
    """Says as JSON whether this process's way works."""
    try:
        print(json.dumps({"renderer": check()}))
    except GlUnavailable as problem:
        print(json.dumps({"problem": str(problem)}))
