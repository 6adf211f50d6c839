"""What can be asked of a worker, checked at the boundary."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from promptpo_rollout.limits import Limits
from promptpo_rollout.outcome import BadRequest

LIFETIMES = ("episode", "candidate")
LOCKSTEP = 5
_MOST = 256
"""Episodes that advance together at most: a frame's parts are read by one system call."""


@dataclasses.dataclass(frozen=True)
class RolloutRequest:
    """Run one policy for one episode of each seed."""

    environment: str
    preset: str
    source: str
    policy_class: str
    seeds: tuple[int, ...]
    lifetime: str
    lockstep: int
    trace: bool
    limits: Limits
    anonymous: bool = False

    @classmethod
    def of(cls, given: Mapping[str, object]) -> RolloutRequest:
        """From the wire's document; BadRequest names the field that is wrong."""
        seeds = given.get("seeds")
        if not isinstance(seeds, list) or not seeds or not all(type(s) is int for s in seeds):
            raise BadRequest(f"seeds must be a list of one or more integers; it was {seeds!r}")
        if min(seeds) < 0:
            raise BadRequest(f"a seed must be 0 or more; the smallest was {min(seeds)}")
        lifetime = given.get("lifetime", "episode")
        if lifetime not in LIFETIMES:
            raise BadRequest(f"lifetime must be one of {', '.join(LIFETIMES)}; it was {lifetime!r}")
        lockstep = given.get("lockstep", LOCKSTEP)
        if type(lockstep) is not int or lockstep < 1:
            raise BadRequest(f"lockstep must be an integer of 1 or more; it was {lockstep!r}")
        return cls(
            environment=_text(given, "environment"),
            preset=_text(given, "preset", "paper"),
            source=_text(given, "source"),
            policy_class=_text(given, "policy_class", ""),
            seeds=tuple(seeds),
            lifetime=lifetime,
            lockstep=1 if lifetime == "candidate" else min(lockstep, len(seeds), _MOST),
            trace=bool(given.get("trace", False)),
            anonymous=_anonymous(given),
            limits=Limits.of(_limits(given)),
        )


@dataclasses.dataclass(frozen=True)
class FeedbackRequest:
    """Summarise the episodes of a trace with a Feedback class."""

    environment: str
    preset: str
    source: str
    rows: tuple[int, ...]
    width: int
    trace: bytes
    limits: Limits
    anonymous: bool = False

    @classmethod
    def of(cls, given: Mapping[str, object], trace: bytes, observation: int) -> FeedbackRequest:
        """From the wire's document and blob, for frames of ``observation`` numbers."""
        descriptor = given.get("trace")
        if not isinstance(descriptor, dict):
            raise BadRequest("trace must be the descriptor that came with the rollout's result")
        rows, action = descriptor.get("rows"), descriptor.get("action")
        if (
            not isinstance(rows, list)
            or not all(type(row) is int and row >= 0 for row in rows)
            or type(action) is not int
        ):
            raise BadRequest(f"the trace's descriptor is malformed: {descriptor!r}")
        if descriptor.get("observation") != observation:
            raise BadRequest(
                f"the trace has frames of {descriptor.get('observation')} numbers; the environment "
                f"has {observation}"
            )
        width = observation + action + 1
        if len(trace) != sum(rows) * width * 8:
            raise BadRequest(
                f"a trace of {sum(rows)} rows of {width} numbers has {sum(rows) * width * 8} "
                f"bytes; {len(trace)} came"
            )
        return cls(
            environment=_text(given, "environment"),
            preset=_text(given, "preset", "paper"),
            source=_text(given, "source"),
            rows=tuple(rows),
            width=width,
            trace=trace,
            anonymous=_anonymous(given),
            limits=Limits.of(_limits(given)),
        )


def _anonymous(given: Mapping[str, object]) -> bool:
    anonymous = given.get("anonymous", False)
    if not isinstance(anonymous, bool):
        raise BadRequest(f"anonymous must be true or false; it was {anonymous!r}")
    return anonymous


def _limits(given: Mapping[str, object]) -> Mapping[str, object]:
    limits = given.get("limits") or {}
    if not isinstance(limits, dict):
        raise BadRequest(f"limits must be an object; it was {limits!r}")
    return {name: value for name, value in limits.items() if value is not None}


def _text(given: Mapping[str, object], name: str, absent: str | None = None) -> str:
    value = given.get(name, absent)
    if value is None and absent is not None:
        return absent
    if not isinstance(value, str):
        raise BadRequest(f"{name} must be a text; it was {value!r}")
    return value
