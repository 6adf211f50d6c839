"""What any two processes cost: the environments in one, the policy in a fork of it.

They pass frames through pipes at the engine's K and do nothing else: no limit, no check, no wall.
What is left of the engine's cost beside this is the engine's own. For trusted policies only.
"""

from __future__ import annotations

import hashlib
import os
import resource
import time
from collections.abc import Callable, Sequence

import numpy as np
import promptpo_envs
from promptpo_envs.observation import FrameReader
from promptpo_policy.observation import observation_factory

from promptpo_rollout.benchmark.in_process import Episodes

LOCKSTEP = 5


class TwoProcesses:
    """Environments that advance together, and a policy class in another process."""

    def __init__(self, environment: str, preset: str = "paper") -> None:
        self._envs = [promptpo_envs.make(environment, preset) for _ in range(LOCKSTEP)]
        self._frames = [FrameReader(env) for env in self._envs]
        specification = promptpo_envs.specification(environment, preset)
        self._width = specification["observation_size"]
        self._observation = observation_factory(
            specification["observation"], specification["vector_size"]
        )
        shape = self._envs[0].action_space.shape
        self._discrete = not shape
        self._action_size = shape[0] if shape else 1

    def run(self, policy_class: type, seeds: Sequence[int], steps: int) -> tuple[float, Episodes]:
        """CPU seconds of both, and the episodes, each of ``steps`` steps.

        RuntimeError if one ends earlier, or the policy's process fails.
        """
        groups = [seeds[first : first + LOCKSTEP] for first in range(0, len(seeds), LOCKSTEP)]
        asked, ask = os.pipe()
        answered, answer = os.pipe()
        before = _cpu_seconds()
        pid = os.fork()
        if pid == 0:
            status = 1
            os.close(ask)
            os.close(answered)
            try:
                self._answer(policy_class, [len(group) for group in groups], steps, asked, answer)
                status = 0
            finally:
                os._exit(status)
        # Each end once: a process that is gone shows as the end of its pipe.
        os.close(asked)
        os.close(answer)
        try:
            episodes = self._play(groups, steps, ask, answered)
        finally:
            os.close(ask)
            os.close(answered)
            os.waitpid(pid, 0)
        return _cpu_seconds() - before, episodes

    def _play(
        self, groups: Sequence[Sequence[int]], steps: int, ask: int, answered: int
    ) -> Episodes:
        returns, lengths, digest = [], [], hashlib.sha256()
        frames, envs = self._frames, self._envs
        for group in groups:
            count = len(group)
            rows = [
                frame(env.reset(seed=seed)[0])
                for seed, env, frame in zip(group, envs, frames, strict=False)
            ]
            totals, taken = [0.0] * count, [bytearray() for _ in group]
            size = 8 * count * self._action_size
            for step in range(1, steps + 1):
                os.write(ask, b"".join([row.tobytes() for row in rows]))
                reply = os.read(answered, size)
                if len(reply) < size:
                    raise RuntimeError("the policy's process failed")
                actions = np.frombuffer(reply).reshape(count, self._action_size)
                for slot in range(count):
                    taken[slot] += actions[slot].tobytes()
                    action = int(actions[slot, 0]) if self._discrete else actions[slot]
                    seen, reward, terminated, truncated, _info = envs[slot].step(action)
                    rows[slot] = frames[slot](seen)
                    totals[slot] += float(reward)
                    if (terminated or truncated) != (step == steps):
                        raise RuntimeError(f"an episode of {steps} steps was over at {step}")
            returns += totals
            lengths += [steps] * count
            for actions in taken:
                digest.update(actions)
        return Episodes(returns, lengths, digest.hexdigest())

    def _answer(
        self, policy_class: type, counts: Sequence[int], steps: int, asked: int, answer: int
    ) -> None:
        make: Callable[[np.ndarray], object] = self._observation
        for count in counts:
            acts = [policy_class().act for _ in range(count)]
            reply = np.empty((count, self._action_size))
            size = 8 * count * self._width
            for _ in range(steps):
                rows = np.frombuffer(os.read(asked, size)).reshape(count, self._width).copy()
                for slot, act in enumerate(acts):
                    reply[slot] = act(make(rows[slot]))
                os.write(answer, reply.tobytes())


def _cpu_seconds() -> float:
    """Of this process and of those of its children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime
