"""The environments of a worker, by id and preset, made once and reset for each episode."""

from __future__ import annotations

import contextlib
import math
from typing import NamedTuple

import numpy as np

from promptpo_rollout.outcome import BadRequest


class Step(NamedTuple):
    """What one step gave: the next frame, the reward, whether the episode is over, success.

    ``Environment.step`` gives it as a plain tuple, which is made in half the time.
    """

    frame: np.ndarray
    reward: float
    over: bool
    success: bool | None


class Environment:
    """One Gymnasium environment, ``env``, seen as frames of float64.

    ``options`` (such as ``render_mode``) go to it.
    """

    def __init__(self, name: str, preset: str, specification: dict, **options: object) -> None:
        import promptpo_envs
        from promptpo_envs.observation import FrameReader

        self.env = promptpo_envs.make(name, preset, **options)
        self._frame = FrameReader(self.env)
        self._horizon = specification["horizon"] or math.inf
        self._steps = 0

    def reset(self, seed: int) -> np.ndarray:
        """Begin the episode of ``seed``; the first frame."""
        observation, _info = self.env.reset(seed=seed)
        self._steps = 0
        return self._frame(observation)

    def step(self, action: int | np.ndarray) -> tuple[np.ndarray, float, bool, bool | None]:
        """Advance by an action that ``ActionSpace`` gave; the fields of a Step."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        self._steps = steps = self._steps + 1
        success = info["success"] if "success" in info else info.get("is_success")
        return (
            self._frame(observation),
            float(reward),
            bool(terminated or truncated or steps >= self._horizon),
            None if success is None else bool(success),
        )

    def close(self) -> None:
        """Free what the environment holds."""
        self.env.close()


class ActionSpace:
    """The trusted check of actions that a policy's process sent.

    An environment gets an int, or a float64 array of the space's shape.
    """

    def __init__(self, action: dict) -> None:
        self._discrete = action["kind"] == "discrete"
        self._n = action.get("n")
        self._clips = action.get("clip", True)
        self.size = 1 if self._discrete else math.prod(action["shape"])
        if not self._discrete:
            self._shape = tuple(action["shape"])
            self._flat = len(self._shape) == 1
            self._low = _bounds(action["low"], -math.inf, self.size)
            self._high = _bounds(action["high"], math.inf, self.size)
            self._highest_low = max(self._low.tolist())
            self._lowest_high = min(self._high.tolist())

    def taken(self, sent: np.ndarray) -> int | np.ndarray | None:
        """The action that the environment gets (a box is clipped), or None if it is none."""
        (action,) = self.each_taken(sent.reshape(1, -1))
        return action

    def each_taken(self, sent: np.ndarray) -> list[int | np.ndarray | None]:
        """``taken`` of each row at once: a check of five rows costs as much as one of one."""
        if self._discrete:
            n = self._n
            return [
                int(value) if 0 <= value < n and value == int(value) else None
                for (value,) in sent.tolist()
            ]
        numbers = sent.reshape(-1).tolist()
        # Lists, since what NumPy would need for this has left the processor's caches since the
        # last step. A sum is finite only if all its parts are.
        if (
            math.isfinite(sum(numbers))
            and min(numbers) >= self._highest_low
            and max(numbers) <= self._lowest_high
        ):
            clipped = sent.copy()
            fine = True
        else:
            clipped = np.minimum(np.maximum(sent, self._low), self._high)
            fine = False
        actions = list(clipped) if self._flat else [row.reshape(self._shape) for row in clipped]
        if not fine:
            for number, (row, kept) in enumerate(zip(sent, clipped, strict=True)):
                if not np.isfinite(row).all() or not (self._clips or (kept == row).all()):
                    actions[number] = None
        return actions

    def expected(self) -> str:
        """What an action has to be, in words."""
        if self._discrete:
            return f"an integer from 0 to {self._n - 1}"
        limits = f", each within [{self._low.tolist()}, {self._high.tolist()}]"
        numbers = f"{self.size} finite numbers of shape {self._shape}"
        return numbers if self._clips else numbers + limits


def _bounds(given: object, absent: float, size: int) -> np.ndarray:
    values = given if isinstance(given, list) else [given] * size
    return np.array([absent if value is None else value for value in values], dtype=np.float64)


class Environments:
    """The environments of a worker; as many copies of each as advance in lock-step."""

    def __init__(self) -> None:
        self._specifications: dict[tuple[str, str], dict] = {}
        self._copies: dict[tuple[str, str], list[Environment]] = {}

    def specification(self, name: str, preset: str) -> dict:
        """The specification document; BadRequest if there is no such environment or preset."""
        key = (name, preset)
        if key not in self._specifications:
            import promptpo_envs

            try:
                self._specifications[key] = promptpo_envs.specification(name, preset)
            except (LookupError, ValueError) as problem:
                raise BadRequest(str(problem.args[0] if problem.args else problem)) from problem
        return self._specifications[key]

    def copies(self, name: str, preset: str, count: int) -> list[Environment]:
        """``count`` environments, made where there are too few."""
        specification = self.specification(name, preset)
        copies = self._copies.setdefault((name, preset), [])
        while len(copies) < count:
            copies.append(Environment(name, preset, specification))
        return copies[:count]

    def learn(self, files: str, folder: str) -> None:
        """Take over a user's environment, to be unpacked below ``folder`` when it is needed."""
        from promptpo_envs import registered

        registered.FAMILY.learn(files, folder)

    def told(self, name: str, problem: Exception) -> str:
        """What an environment raised, in one line, with the place where it is a user's own."""
        from promptpo_envs import registered

        return registered.FAMILY.told(name, problem)

    def forget(self, name: str, preset: str) -> None:
        """Throw copies away whose state cannot be trusted any more."""
        for environment in self._copies.pop((name, preset), []):
            # It is broken: that it cannot be closed either is no news.
            with contextlib.suppress(Exception):
                environment.close()
