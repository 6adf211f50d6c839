"""How a rollout can end, other than with returns."""

from __future__ import annotations

import dataclasses

KINDS = frozenset(
    "SYNTAX NO_CLASS CONSTRUCTION EXCEPTION BAD_ACTION TIMEOUT MEMORY PROCESS_DIED FORBIDDEN "
    "PROTOCOL".split()
)
"""Kinds of failure; NO_CODE belongs to whoever takes source out of a model's reply."""

PHASES = frozenset("load construct act feedback".split())

REPORTABLE = KINDS - {"PROCESS_DIED", "PROTOCOL"}
"""Kinds that a policy's process may claim for itself; the others are seen from outside."""


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
