"""How a rollout can end, other than with returns."""

from __future__ import annotations

import dataclasses

REPORTABLE = frozenset(
    {
        *("SYNTAX", "NO_CLASS", "CONSTRUCTION", "EXCEPTION"),
        *("BAD_ACTION", "TIMEOUT", "MEMORY", "FORBIDDEN"),
    }
)
"""Kinds of failure that a policy's process may claim for itself."""

KINDS = REPORTABLE | {"PROCESS_DIED", "PROTOCOL"}
"""All kinds, the last two as seen from outside. NO_CODE belongs to whoever reads the reply."""

CLAIMABLE = {
    "load": ("load", "construct"),
    "act": ("act",),
    "feedback": ("load", "construct", "feedback"),
}
"""Where generated code can fail (load, construct, act, feedback): the phases that a process may
say it failed in, by what it had been asked for."""


class BadRequest(Exception):
    """The request cannot be run: it is the caller's mistake, not the policy's."""


class Cancelled(Exception):
    """The caller does not want the result any more."""


@dataclasses.dataclass
class Failure(Exception):
    """Generated code failed; ``slot`` is the lock-step slot (or Feedback episode), -1 unknown."""

    kind: str
    phase: str
    message: str
    traceback: str = ""
    slot: int = -1
    wall: bool = False
