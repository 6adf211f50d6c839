"""The policy behind the interface of a stable-baselines3 model: ``predict(observation)``.

What it needs is in this folder: ``policy.py``, the source as it was found, and
``specification.json``, which names the parts of an observation. It runs in your own process,
without the isolation that it was searched in.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

_FOLDER = Path(__file__).parent
_SPECIFICATION = json.loads((_FOLDER / "specification.json").read_text("utf-8"))
_SOURCE = _FOLDER / "policy.py"
_CODE = compile(_SOURCE.read_text("utf-8"), str(_SOURCE), "exec")


class Observation:
    """What the policy sees: the specification's fields as attributes, and ``vector``."""

    def __init__(self, frame: np.ndarray) -> None:
        self.vector = frame[: _SPECIFICATION["vector_size"]]
        for field in _SPECIFICATION["observation"]:
            values = frame[field["start"] : field["stop"]]
            shape = tuple(field["shape"])
            setattr(self, field["name"], values.reshape(shape) if shape else float(values[0]))


class Model:
    """A policy that takes the place of a stable-baselines3 model when it is evaluated."""

    def __init__(self) -> None:
        self._policies: dict[int, object] = {}

    def reset(self) -> None:
        """Forget all episodes: the next observation is the first of a new one."""
        self._policies.clear()

    def predict(
        self,
        observation: np.ndarray,
        state: None = None,
        episode_start: np.ndarray | None = None,
        deterministic: bool = True,
    ) -> tuple[np.ndarray, None]:
        """The action for an observation, or for each of a batch, one an environment.

        ``episode_start`` says which of them are the first of an episode: a policy may keep what it
        saw within one, so without it call ``reset()`` between episodes. ``deterministic`` changes
        nothing: where the policy draws numbers, it draws them.
        """
        frames = np.array(observation, dtype=np.float64)
        size = _SPECIFICATION["observation_size"]
        if frames.shape != (size,) and (frames.ndim != 2 or frames.shape[1] != size):
            raise ValueError(
                f"expected an observation of shape ({size},), or a batch of shape (n, {size}); "
                f"got {frames.shape}"
            )
        batch = np.atleast_2d(frames)
        starts = np.zeros(len(batch), bool) if episode_start is None else np.ravel(episode_start)
        actions = np.array([self._act(i, frame, bool(starts[i])) for i, frame in enumerate(batch)])
        return (actions if frames.ndim == 2 else actions[0]), state

    def _act(self, place: int, frame: np.ndarray, start: bool) -> np.ndarray:
        again = start and _SPECIFICATION["lifetime"] == "episode"
        if again or place not in self._policies:
            # A fresh namespace, as in the search: nothing carries over to another episode.
            namespace = {"__name__": "policy", "__builtins__": __builtins__}
            exec(_CODE, namespace)
            self._policies[place] = namespace[_SPECIFICATION["policy_class"]]()
        action = self._policies[place].act(Observation(frame))
        space = _SPECIFICATION["action"]
        if space["kind"] == "discrete":
            return np.array(int(action))
        values = np.asarray(action, dtype=np.float64).reshape(space["shape"])
        return np.clip(
            values,
            np.reshape(space["low"], space["shape"]),
            np.reshape(space["high"], space["shape"]),
        )


def load() -> Model:
    """The policy, ready for a first episode."""
    return Model()
