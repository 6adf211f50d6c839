"""The plain loop that the engine is compared with: environment and policy in one process.

For trusted policies only: nothing is between the policy and this process. Tests hold that it gives
the engine's returns to the bit.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence

import numpy as np
import promptpo_envs
from promptpo_envs.observation import FrameReader
from promptpo_policy.observation import observation_factory


@dataclasses.dataclass(frozen=True)
class Episodes:
    """What came of them, in the order of their seeds; the digest is as in a rollout's result."""

    returns: list[float]
    lengths: list[int]
    actions_digest: str


class PlainLoop:
    """One environment, reset for each episode, and a policy class in the same process.

    Nothing is checked: actions go to the environment as the policy gave them.
    """

    def __init__(self, environment: str, preset: str = "paper") -> None:
        self._env = promptpo_envs.make(environment, preset)
        self._frame = FrameReader(self._env)
        specification = promptpo_envs.specification(environment, preset)
        self._observation = observation_factory(
            specification["observation"], specification["vector_size"]
        )

    def run(self, policy_class: type, seeds: Sequence[int]) -> Episodes:
        """A fresh object of the class for each seed."""
        env, frame, make = self._env, self._frame, self._observation
        returns, lengths, digest = [], [], hashlib.sha256()
        for seed in seeds:
            act = policy_class().act
            observation, _info = env.reset(seed=seed)
            total, actions, over = 0.0, [], False
            while not over:
                action = act(make(frame(observation)))
                observation, reward, terminated, truncated, _info = env.step(action)
                actions.append(action)
                total += float(reward)
                over = terminated or truncated
            returns.append(total)
            lengths.append(len(actions))
            digest.update(np.asarray(actions, dtype="<f8").tobytes())
        return Episodes(returns, lengths, digest.hexdigest())
