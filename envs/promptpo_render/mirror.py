"""Pictures of an environment that is stepped elsewhere, by going the same way beside it."""

from __future__ import annotations

import itertools

import numpy as np

from promptpo_render.client import RenderClient
from promptpo_render.errors import RenderUnavailable

WIDTH, HEIGHT = 480, 360
"""Of a picture of a MuJoCo scene; other environments have sizes of their own."""

_numbers = itertools.count(1)

_client = RenderClient()
_seen: set[int] = set()
"""Scenes that the process holds; it ends with the last of them."""


class Mirror:
    """Keeps the way of one environment, and has it gone again in a render process to see it.

    The process follows only when a picture is wanted, and then only what is new. It is one for all
    mirrors: use them from one thread.
    """

    def __init__(self, environment: str, preset: str, files: str = "") -> None:
        """``files``: of a user's own environment (``promptpo_envs.registered``), its bundle."""
        self._scene = {
            "type": "picture",
            "scene": next(_numbers),
            "environment": environment,
            "preset": preset,
            "width": WIDTH,
            "height": HEIGHT,
        }
        self._name = environment.partition("@")[0]
        if files:
            self._scene["files"] = files
        self._seed: int | None = None
        self._actions: list[np.ndarray] = []
        self._shown = 0

    def began(self, seed: int) -> None:
        """The environment was reset with a seed."""
        self._seed = seed
        self._actions = []
        self._shown = 0

    def stepped(self, action: np.ndarray) -> None:
        """The environment took an action, float64."""
        self._actions.append(np.array(action, dtype=np.float64).reshape(-1))

    def picture(self, frame: np.ndarray) -> np.ndarray:
        """The environment as it is, uint8 (height, width, 3), where ``frame`` is what it gave last.

        Raises RenderUnavailable as ``RenderClient.poll``, and where the same way led elsewhere.
        """
        if self._seed is None:
            raise RenderUnavailable("there is nothing to draw yet: reset(seed) first")
        answer, blob = self._ask(self._shown)
        if answer["event"] == "resend":
            answer, blob = self._ask(0)
        self._shown = len(self._actions)
        size = answer["frame_bytes"]
        there = np.frombuffer(blob[:size], dtype="<f8")
        if there.tobytes() != np.asarray(frame, dtype="<f8").tobytes():
            raise RenderUnavailable(
                f"{self._name} does not repeat itself: the same seed and actions"
                " led elsewhere in the process that draws, so there is no picture of this state"
            )
        pixels = np.frombuffer(blob, dtype=np.uint8, offset=size)
        return pixels.reshape(answer["height"], answer["width"], 3)

    def close(self) -> None:
        """Lets the process forget it, and ends the process where it was the last."""
        number = self._scene["scene"]
        if number not in _seen:
            return
        _seen.discard(number)
        if not _seen:
            _client.close()
        elif _client.running is not None:
            _client.ask({"type": "forget", "scene": number})

    def _ask(self, start: int) -> tuple[dict, bytes]:
        actions = self._actions[start:]
        blob = np.concatenate(actions).astype("<f8").tobytes() if actions else b""
        _seen.add(self._scene["scene"])
        try:
            return _client.ask({**self._scene, "seed": self._seed, "from": start}, blob)
        except LookupError:
            raise RenderUnavailable(
                f"the process that draws does not know {self._name}: it knows"
                " what is installed, not what was registered here alone"
            ) from None
