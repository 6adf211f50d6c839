"""What a notebook touches through the embedded Python: one environment, stepped by hand.

Only strings, numbers, booleans and NumPy arrays cross to the caller.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from gymnasium import spaces

from promptpo_envs import catalogue
from promptpo_envs.observation import FrameReader


class Handle:
    """An open environment. ``spec`` is its specification document as a JSON string."""

    def __init__(self, id: str, preset: str):
        document = catalogue.specification(id, preset)
        self.spec = json.dumps(document)
        self._env = _renderable(id, preset)
        self._frame = FrameReader(self._env)

    def reset(self, seed: int | None = None) -> np.ndarray:
        """Starts an episode; gives the first frame, float64 of length ``observation_size``."""
        obs, _ = self._env.reset(seed=None if seed is None else int(seed))
        return self._frame(obs)

    def step(self, action: Any) -> tuple[np.ndarray, float, bool, bool, str]:
        """One step: frame, reward, terminated, truncated, and the info as a JSON string.

        ``action`` is a whole number, or a sequence of numbers for a box.
        """
        obs, reward, terminated, truncated, info = self._env.step(self._action(action))
        return (
            self._frame(obs),
            float(reward),
            bool(terminated),
            bool(truncated),
            json.dumps(info, default=_plain),
        )

    def sample(self) -> Any:
        """A random action, as ``step`` takes it: an int, or a float64 array."""
        action = self._env.action_space.sample()
        if isinstance(self._env.action_space, spaces.Discrete):
            return int(action)
        return np.asarray(action, dtype=np.float64)

    def render(self) -> np.ndarray:
        """A picture, uint8 (height, width, 3). Raises RuntimeError where there is none."""
        picture = self._env.render()
        if picture is None:
            raise RuntimeError(
                "This environment draws no picture here: its rgb_array mode could not be opened."
            )
        return np.ascontiguousarray(picture, dtype=np.uint8)

    def close(self) -> None:
        """Ends the environment."""
        self._env.close()

    def _action(self, action: Any) -> Any:
        space = self._env.action_space
        if isinstance(space, spaces.Discrete):
            return int(action)
        values = action if isinstance(action, np.ndarray) else list(action)
        return np.asarray(values, dtype=space.dtype).reshape(space.shape)


def open(id: str, preset: str = "paper") -> Handle:
    """Opens an environment for a notebook. Raises as ``promptpo_envs.specification`` does."""
    return Handle(id, preset)


def specification(id: str, preset: str = "paper") -> str:
    """The specification document as a JSON string."""
    return json.dumps(catalogue.specification(id, preset))


def environments() -> str:
    """The list of environments as a JSON string."""
    return json.dumps(catalogue.list_environments())


def _renderable(id: str, preset: str):
    """The environment with pictures where it can draw any."""
    env = catalogue.make(id, preset)
    if "rgb_array" not in env.metadata.get("render_modes", []):
        return env
    env.close()
    return catalogue.make(id, preset, render_mode="rgb_array")


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    return repr(value)
