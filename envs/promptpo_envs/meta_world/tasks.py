"""The names of Meta-World's fifty v3 tasks, known without importing the simulator."""

from __future__ import annotations

import re

from promptpo_envs.errors import normalised

TASKS = (
    "assembly",
    "basketball",
    "bin-picking",
    "box-close",
    "button-press",
    "button-press-topdown",
    "button-press-topdown-wall",
    "button-press-wall",
    "coffee-button",
    "coffee-pull",
    "coffee-push",
    "dial-turn",
    "disassemble",
    "door-close",
    "door-lock",
    "door-open",
    "door-unlock",
    "drawer-close",
    "drawer-open",
    "faucet-close",
    "faucet-open",
    "hammer",
    "hand-insert",
    "handle-press",
    "handle-press-side",
    "handle-pull",
    "handle-pull-side",
    "lever-pull",
    "peg-insert-side",
    "peg-unplug-side",
    "pick-out-of-hole",
    "pick-place",
    "pick-place-wall",
    "plate-slide",
    "plate-slide-back",
    "plate-slide-back-side",
    "plate-slide-side",
    "push",
    "push-back",
    "push-wall",
    "reach",
    "reach-wall",
    "shelf-place",
    "soccer",
    "stick-pull",
    "stick-push",
    "sweep",
    "sweep-into",
    "window-close",
    "window-open",
)

IDS = tuple(f"{task}-v3" for task in TASKS)
"""The ids under which the tasks are known here, and in Meta-World itself."""

_FORM = re.compile(r"(?:metaworld/?)?(.+?)(?:v3)?")
_BY_FORM = {normalised(task): f"{task}-v3" for task in TASKS}


def meant(wanted: str) -> str | None:
    """The id that is meant by ``reach``, ``reach-v3``, ``Meta-World/reach-v3`` and the like,
    compared without case, ``-`` and ``_``; None if it is none of the tasks."""
    form = _FORM.fullmatch(normalised(wanted))
    return _BY_FORM.get(form[1]) if form else None


def names_the_benchmark(wanted: str) -> bool:
    """Whether an id is in Meta-World's own namespace, as ``Meta-World/MT1`` is."""
    return normalised(wanted).startswith("metaworld/")
