"""Clocks that show each episode the processor time of its own code, and of nothing else.

Policies plan for as long as their share of processor time lasts, and read ``time`` to know. The
process's own clock would count the episodes that advance in lock-step beside them, so that a policy
with four neighbours would plan for a fifth of its time: its returns would depend on their number.
Here the clocks of ``time`` advance only while an episode's code runs; all of them, since the time
between two calls (the environment's, the neighbours') is no policy's to see. ``time.time`` goes on
from the process's start.
"""

from __future__ import annotations

import time
import types

_SECONDS = ("process_time", "thread_time", "perf_counter", "monotonic")

# What code that reads a clock has among its names, ways around names included.
_NAMES = frozenset(
    {
        *("time", "timeit", "datetime", "resource", "clock_gettime", "times", "getrusage"),
        *(name + end for name in (*_SECONDS, "time") for end in ("", "_ns")),
        *("__builtins__", "__dict__", "__globals__", "__import__", "builtins", "eval", "exec"),
        *("getattr", "globals", "import_module", "modules", "sys", "vars"),
    }
)

_used = time.thread_time
"""Of the process's one thread: Linux reads it to the nanosecond. Beside a timer or a limit of CPU
time, both of which this process has, the process's own clock stands still between two ticks
(kernel/time/posix-cpu-timers.c), and code that divides by the time since its last call fails."""

_hidden = 0.0
"""Seconds of that clock that are not the present episode's."""


class EpisodeClock:
    """Processor seconds that an episode's code has used so far."""

    __slots__ = ("_seconds",)

    def __init__(self) -> None:
        self._seconds = 0.0

    def enter(self) -> None:
        """Its code runs from now on."""
        global _hidden
        _hidden = _used() - self._seconds

    def leave(self) -> None:
        """Its code runs no longer."""
        self._seconds = _used() - _hidden


def show_own_time() -> None:
    """Put the clocks in place, in this process: before any generated code is loaded."""

    def seconds() -> float:
        return _used() - _hidden

    def nanoseconds() -> int:
        return int(1e9 * (_used() - _hidden))

    began = time.time() - _used()
    for name in _SECONDS:
        setattr(time, name, seconds)
        setattr(time, f"{name}_ns", nanoseconds)
    time.time = lambda: began + seconds()
    time.time_ns = lambda: int(1e9 * (began + seconds()))


def may_read_clock(code: types.CodeType) -> bool:
    """Whether this code, or code within it, may read a clock."""
    return not _NAMES.isdisjoint(code.co_names) or any(
        may_read_clock(part) for part in code.co_consts if isinstance(part, types.CodeType)
    )
