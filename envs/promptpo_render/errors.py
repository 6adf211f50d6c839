"""Why there is no picture."""

from __future__ import annotations


class RenderUnavailable(RuntimeError):
    """Nothing can be drawn here; one line says why and what to do."""


class GlUnavailable(RuntimeError):
    """One way to reach GL does not work in this process; one line says why."""


def one_line(problem: BaseException) -> str:
    """The first line of what was raised, with its type where that says more."""
    text = next(iter(str(problem).strip().splitlines()), "")
    kind = type(problem).__name__
    if not text:
        return kind
    return text if isinstance(problem, (RenderUnavailable, GlUnavailable)) else f"{kind}: {text}"
