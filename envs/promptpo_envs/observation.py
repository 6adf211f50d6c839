"""The frame: what a policy process gets of an observation, one float64 vector."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces


class FrameReader:
    """Turns the observations of one environment into frames.

    A frame is the observation as one float64 vector (a Dict space's parts in the space's order)
    followed by the extra fields, if the specification has any. Those are what the environment's
    ``extra_observation()`` gives: a 1-D array, read after ``reset`` or ``step``.
    """

    def __init__(self, env: gymnasium.Env):
        space = env.observation_space
        self._plain = isinstance(space, spaces.Box) and len(space.shape) == 1
        self._space = space
        self._extra = (
            env.get_wrapper_attr("extra_observation")
            if env.has_wrapper_attr("extra_observation")
            else None
        )

    def __call__(self, obs: Any) -> np.ndarray:
        """The frame of an observation: float64, shape (observation_size,).

        It may be the observation itself where that is such a vector already.
        """
        if self._plain:
            vector = np.asarray(obs, dtype=np.float64)
        else:
            vector = np.concatenate(_parts(self._space, obs))
        if self._extra is None:
            return vector
        return np.concatenate([vector, np.asarray(self._extra(), dtype=np.float64)])


def frame(env: gymnasium.Env, obs: Any) -> np.ndarray:
    """The frame of one observation of ``env``; for many, keep a FrameReader."""
    return FrameReader(env)(obs)


def _parts(space: spaces.Space, obs: Any) -> list[np.ndarray]:
    if isinstance(space, spaces.Dict):
        return [part for key, inner in space.spaces.items() for part in _parts(inner, obs[key])]
    return [np.asarray(obs, dtype=np.float64).ravel()]
