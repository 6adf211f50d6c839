"""What a notebook touches through the embedded Python: one environment, stepped by hand.

Only strings, numbers, booleans and NumPy arrays cross to the caller.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from gymnasium import spaces
from promptpo_render.mirror import Mirror

from promptpo_envs import catalogue, registered
from promptpo_envs.errors import NoEpisode
from promptpo_envs.observation import FrameReader
from promptpo_envs.registered.bundle import Bundle

SHARED_HEAD = 3
"""Numbers before the frame in shared memory: reward, terminated, truncated."""


class Handle:
    """An open environment. ``spec`` is its specification document as a JSON string.

    An action is what a rollout gives the environment: a whole number, or float64 of its shape. So
    the same seed and actions come to the same here as there.
    """

    def __init__(self, id: str, preset: str):
        document = catalogue.specification(id, preset)
        self.spec = json.dumps(document)
        self._id = document["id"]
        reference = registered.FAMILY.reference(document)
        self._env = catalogue.make(reference, preset)
        # A picture that needs no GL may be drawn in this process; see promptpo_render for others.
        self._drawn_here = self._env.metadata.get("draws_anywhere", False)
        if self._drawn_here:
            self._env.close()
            self._env = catalogue.make(reference, preset, render_mode="rgb_array")
        self._mirror = Mirror(reference, preset, registered.FAMILY.text(reference) or "")
        self._frame = FrameReader(self._env)
        self._shared = np.empty(SHARED_HEAD + document["observation_size"])
        self._last = np.empty(0)
        self._waits = "no episode has begun"

    def share(self, memory: np.ndarray) -> None:
        """Takes the float64 array, ``SHARED_HEAD`` longer than a frame, that ``reset_shared`` and
        ``step_shared`` write to; whoever made it reads it without a copy."""
        if memory.shape != self._shared.shape or memory.dtype != np.float64:
            raise ValueError(f"expected float64 of shape {self._shared.shape}, got {memory.shape}")
        self._shared = memory

    def reset(self, seed: int | None = None) -> np.ndarray:
        """Starts an episode; gives the first frame, float64 of length ``observation_size``."""
        chosen = int(np.random.SeedSequence().generate_state(1)[0]) if seed is None else int(seed)
        obs, _ = self._env.reset(seed=chosen)
        self._waits = ""
        self._mirror.began(chosen)
        self._last = np.array(self._frame(obs))
        return self._last

    def step(self, action: Any) -> tuple[np.ndarray, float, bool, bool, str]:
        """One step: frame, reward, terminated, truncated, and the info as a JSON string.

        ``action`` is a whole number, or a sequence of numbers for a box. Raises NoEpisode before
        ``reset`` and after the end.
        """
        if self._waits:
            raise NoEpisode(f"{self._id} waits for reset(seed): {self._waits}")
        taken = self._action(action)
        obs, reward, terminated, truncated, info = self._env.step(taken)
        self._mirror.stepped(taken)
        self._last = np.array(self._frame(obs))
        if terminated or truncated:
            self._waits = "the episode is over"
        return (
            self._last,
            float(reward),
            bool(terminated),
            bool(truncated),
            json.dumps(info, default=_plain),
        )

    def reset_shared(self, seed: int) -> None:
        """``reset``, the frame written to the shared memory from ``SHARED_HEAD`` on."""
        self._shared[SHARED_HEAD:] = self.reset(seed)

    def step_shared(self, action: Any) -> str:
        """``step``, its numbers written to the shared memory: reward, terminated, truncated, then
        the frame. Gives the info."""
        frame, reward, terminated, truncated, info = self.step(action)
        self._shared[:SHARED_HEAD] = reward, terminated, truncated
        self._shared[SHARED_HEAD:] = frame
        return info

    def sample(self) -> Any:
        """A random action, as ``step`` takes it: an int, or a float64 array."""
        action = self._env.action_space.sample()
        if isinstance(self._env.action_space, spaces.Discrete):
            return int(action)
        return np.asarray(action, dtype=np.float64)

    def render(self) -> np.ndarray:
        """A picture of the present state, uint8 (height, width, 3).

        Raises RenderUnavailable (one line) where there is none.
        """
        if not self._drawn_here:
            return self._mirror.picture(self._last)
        return np.ascontiguousarray(self._env.render(), dtype=np.uint8)

    def close(self) -> None:
        """Ends the environment, and with the last one the process that drew."""
        self._mirror.close()
        self._env.close()

    def _action(self, action: Any) -> Any:
        space = self._env.action_space
        if isinstance(space, spaces.Discrete):
            return int(action)
        values = action if isinstance(action, np.ndarray) else list(action)
        return np.asarray(values, dtype=np.float64).reshape(space.shape)


def open(id: str, preset: str = "paper") -> Handle:
    """Opens an environment for a notebook. Raises as ``promptpo_envs.specification`` does."""
    return Handle(id, preset)


def specification(id: str, preset: str = "paper") -> str:
    """The specification document as a JSON string."""
    return json.dumps(catalogue.specification(id, preset))


def register_source(source: str, specification: str = "") -> str:
    """Registers an environment from its source; gives its ``id``, ``digest`` and ``text`` (the
    files, whose digest it is) as JSON. Raises InvalidEnvironment."""
    return _registered(Bundle.of_source(source, specification))


def register_path(path: str) -> str:
    """Registers an environment from its file or folder; gives as ``register_source``."""
    return _registered(Bundle.of_path(Path(path)))


def _registered(bundle: Bundle) -> str:
    own = registered.FAMILY.add(bundle)
    return json.dumps({"id": own.id, "digest": bundle.digest, "text": bundle.text})


def environments() -> str:
    """The list of environments as a JSON string."""
    return json.dumps(catalogue.list_environments())


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    return repr(value)
