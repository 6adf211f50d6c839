"""Specifications drafted from the spaces of any environment that Gymnasium knows."""

from __future__ import annotations

import math
from typing import Any

import gymnasium
from gymnasium import spaces

from promptpo_envs.documents import complete, finite_or_none
from promptpo_envs.errors import normalised
from promptpo_envs.families import made

DEFAULT_HORIZON = 1000
"""Steps after which an episode is cut where Gymnasium has no limit of its own."""
NAMED_VALUES = 64
"""A longer observation becomes one array field instead of one field a value."""


class UnsupportedSpaces(TypeError):
    """The environment's spaces cannot be written as a specification; the message says which."""


class Drafted:
    """Gymnasium's registered environments that have no specification file."""

    def ids(self) -> list[str]:
        return [name for name in gymnasium.registry if not name.startswith("promptpo/")]

    def match(self, wanted: str) -> str | None:
        form = normalised(wanted)
        newest: dict[str, tuple[int, str]] = {}
        for name in self.ids():
            if normalised(name) == form:
                return name
            bare = normalised(name.rsplit("-v", 1)[0])
            version = gymnasium.registry[name].version or 0
            newest[bare] = max(newest.get(bare, (-1, "")), (version, name))
        return newest[form][1] if form in newest else None

    def make(self, name: str, preset: str, **options: Any) -> gymnasium.Env:
        limit = gymnasium.spec(name).max_episode_steps or DEFAULT_HORIZON
        return made(name, max_episode_steps=limit, **options)

    def register(self) -> None:
        """Nothing to do: these are Gymnasium's."""

    def specification(self, name: str, preset: str) -> dict[str, Any]:
        env = self.make(name, preset)
        try:
            return complete(
                {
                    "id": name,
                    "gymnasium_id": name,
                    "family": "drafted",
                    "title": f"{name} (specification drafted from its spaces)",
                    "preset": preset,
                    "drafted": True,
                    "horizon": gymnasium.spec(name).max_episode_steps or DEFAULT_HORIZON,
                    "observation": fields_of(env.observation_space),
                    "action": action_of(env.action_space),
                    "reward": {"text": "The environment's own reward; not described."},
                    "termination": "The environment's own rules, or the horizon.",
                    "context": {
                        "observation": "The meaning of the observation is not described.",
                        "policy": "The meaning of the actions is not described.",
                    },
                }
            )
        finally:
            env.close()


def fields_of(space: spaces.Space, name: str = "obs") -> list[dict[str, Any]]:
    """Fields without meanings for an observation space; UnsupportedSpaces for some."""
    if isinstance(space, spaces.Dict):
        parts = [fields_of(part, _identifier(key)) for key, part in space.spaces.items()]
        return [field for part in parts for field in part]
    if isinstance(space, spaces.Discrete):
        low, high = float(space.start), float(space.start + space.n - 1)
        return [{"name": name, "low": low, "high": high, "meaning": "a whole number"}]
    if isinstance(space, spaces.Box):
        low, high = space.low.ravel(), space.high.ravel()
        if space.shape == ():
            return [{"name": name, "low": finite_or_none(low[0]), "high": finite_or_none(high[0])}]
        if math.prod(space.shape) > NAMED_VALUES or len(space.shape) > 1:
            return [
                {
                    "name": name,
                    "shape": list(space.shape),
                    "low": finite_or_none(low.min()),
                    "high": finite_or_none(high.max()),
                }
            ]
        return [
            {
                "name": f"{name}_{index}",
                "low": finite_or_none(low[index]),
                "high": finite_or_none(high[index]),
            }
            for index in range(space.shape[0])
        ]
    raise UnsupportedSpaces(
        f"Observation space {space} cannot be drafted: expected Box, Discrete or a Dict of those."
        " Wrap the environment, or write a specification file."
    )


def action_of(space: spaces.Space) -> dict[str, Any]:
    """The action of a specification for an action space; UnsupportedSpaces for some."""
    if isinstance(space, spaces.Discrete) and space.start == 0:
        n = int(space.n)
        return {"kind": "discrete", "n": n, "names": [f"action_{i}" for i in range(n)]}
    if isinstance(space, spaces.Box):
        size = math.prod(space.shape)
        return {
            "kind": "box",
            "names": [f"action_{i}" for i in range(size)],
            "units": [""] * size,
            "shape": list(space.shape),
            "low": [finite_or_none(value) for value in space.low.ravel()],
            "high": [finite_or_none(value) for value in space.high.ravel()],
        }
    raise UnsupportedSpaces(
        f"Action space {space} cannot be drafted: expected Box, or Discrete from 0."
        " Wrap the environment, or write a specification file."
    )


def _identifier(key: str) -> str:
    name = "".join(c if c.isalnum() else "_" for c in str(key))
    return name if name.isidentifier() else f"obs_{name}"


FAMILY = Drafted()
