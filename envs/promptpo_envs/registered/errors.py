"""What can be wrong with an environment of a user's own."""

from __future__ import annotations

import traceback
from pathlib import Path


class InvalidEnvironment(ValueError):
    """It cannot be registered; the message is one line that says where and why."""


def told(problem: BaseException, folder: Path | None) -> str:
    """An exception in one line, with the place in the files that lie in ``folder``."""
    if isinstance(problem, SyntaxError) and problem.filename:
        shown = (problem.text or "").strip()
        place = f"{_name(problem.filename, folder)}, line {problem.lineno}: "
        return place + f"{type(problem).__name__}: {problem.msg}" + (f": {shown}" if shown else "")
    inside = [
        frame
        for frame in traceback.extract_tb(problem.__traceback__)
        if folder is not None and Path(frame.filename).is_relative_to(folder)
    ]
    place = f"{_name(inside[-1].filename, folder)}, line {inside[-1].lineno}: " if inside else ""
    said = " ".join(str(problem).split())
    return place + type(problem).__name__ + (f": {said}" if said else "")


def _name(filename: str, folder: Path | None) -> str:
    path = Path(filename)
    inside = folder is not None and path.is_relative_to(folder)
    return str(path.relative_to(folder)) if inside else path.name
