"""Finding an environment by its id: its specification, an instance, the list of all."""

from __future__ import annotations

from typing import Any

import gymnasium

from promptpo_envs import drafted
from promptpo_envs.errors import UnknownEnvironment, check_preset
from promptpo_envs.families import Family, families


def specification(id: str, preset: str = "paper") -> dict[str, Any]:
    """The specification document of an environment under a preset, as plain JSON values.

    Ids are matched without regard to case, ``-`` and ``_``, with or without ``promptpo/`` and the
    version. A Gymnasium id without a specification file gets one drafted from its spaces
    (``drafted`` is true). Raises UnknownEnvironment (with the nearest ids) and UnknownPreset.
    """
    check_preset(preset)
    family, name = _find(id)
    return family.specification(name, preset)


def make(id: str, preset: str = "paper", **options: Any) -> gymnasium.Env:
    """A new environment under a preset; ``options`` (such as ``render_mode``) go to it.

    Raises as ``specification`` does.
    """
    check_preset(preset)
    family, name = _find(id)
    return family.make(name, preset, **options)


def list_environments() -> list[dict[str, Any]]:
    """One entry an environment with a specification file: id, gymnasium_id, family, title,
    horizon and observation_size. Generated boards and drafted environments are not listed."""
    keys = ("id", "gymnasium_id", "family", "title", "horizon", "observation_size")
    entries = []
    for family in families():
        for name in family.ids():
            document = family.specification(name, "paper")
            entries.append({key: document[key] for key in keys})
    return entries


def register_all() -> None:
    """Registers the families with Gymnasium; a second call does nothing."""
    for family in families():
        family.register()


def _find(id: str) -> tuple[Family, str]:
    for family in families():
        name = family.match(id)
        if name is not None:
            return family, name
    name = drafted.FAMILY.match(id)
    if name is not None:
        return drafted.FAMILY, name
    ours = [name for family in families() for name in family.ids()]
    # A family may know more than it lists.
    ours += [n for family in families() for n in getattr(family, "drafted_ids", list)()]
    raise UnknownEnvironment(id, ours + drafted.FAMILY.ids())
