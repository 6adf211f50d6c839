"""The loop of a policy's process, once its walls are up.

Everything here shares a namespace with code that nobody trusts: what is sent back is checked by
the worker, and nothing here is a wall.
"""

from __future__ import annotations

import os
import signal
import sys
import types
from collections.abc import Callable

import numpy as np

from promptpo_policy import frames
from promptpo_policy.action import action_converter
from promptpo_policy.failure import CpuLimitReached, describe
from promptpo_policy.observation import observation_factory
from promptpo_policy.randomness import episode_randomness, seed_unseeded_generators
from promptpo_policy.source import MODULE_NAME, Source

_HARD_AFTER = 0.5
"""CPU seconds after the limit at which the kernel ends a call that cannot be interrupted."""


def main(request_fd: int, reply_fd: int, walls: object) -> None:
    """Raise the walls, read the task, answer until the worker closes the pipe."""
    seed_unseeded_generators()
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    walls.close_in()
    task = frames.read_document(request_fd)
    try:
        if task["role"] == "feedback":
            from promptpo_policy import feedback

            feedback.run(task, request_fd, reply_fd)
        else:
            _Policy(task).serve(request_fd, reply_fd)
    except EOFError:
        return


class CpuTimer:
    """The CPU limit of one call into generated code.

    At the limit CpuLimitReached is raised inside the call, so that its traceback shows the line;
    half a second later the kernel ends the process (a call into C cannot be interrupted). A policy
    that disarms both meets the worker's own limit, which it cannot reach.
    """

    def __init__(self) -> None:
        self._limit = 0.0
        signal.signal(signal.SIGVTALRM, self._reached)
        signal.signal(signal.SIGPROF, signal.SIG_DFL)

    def arm(self, seconds: float) -> None:
        """Start counting for a call."""
        self._limit = seconds
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
        signal.setitimer(signal.ITIMER_PROF, seconds + _HARD_AFTER)

    def disarm(self) -> None:
        """The call is over."""
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)

    def _reached(self, _signal: int, _frame: types.FrameType | None) -> None:
        raise CpuLimitReached(f"the call used its {self._limit:g} s of CPU time without returning")


class _Episode:
    """One episode's policy object, its module and its generators."""

    def __init__(self, seed: int) -> None:
        self.randomness = episode_randomness(seed)
        self.module: types.ModuleType | None = None
        self.act: Callable[[object], object] | None = None


class _Policy:
    def __init__(self, task: dict) -> None:
        specification = task["specification"]
        self._slots = task["slots"]
        self._keeps_object = task["lifetime"] == "candidate"
        self._load_seconds = task["cpu_s_load"]
        self._step_seconds = task["cpu_s_step"]
        self._width = specification["observation_size"]
        self._observation = observation_factory(
            specification["observation"], specification["vector_size"]
        )
        self._convert, self._action = action_converter(specification["action"])
        self._source = Source(task["source"], task["policy_class"], "act")
        self._episodes: list[_Episode | None] = [None] * self._slots
        self._timer = CpuTimer()
        self._phase = "load"

    def serve(self, request_fd: int, reply_fd: int) -> None:
        slots, width, size = self._slots, self._width, self._action
        request = np.empty(frames.request_size(slots, width))
        into = memoryview(request).cast("B")
        rows = request[1 + 2 * slots :].reshape(slots, width)
        reply = np.zeros(frames.reply_size(slots, size))
        outgoing = memoryview(reply).cast("B")
        # The worker writes a frame at once and waits; only the first may come in parts.
        while True:
            got = os.readv(request_fd, [into])
            while got < len(into):
                more = os.readv(request_fd, [into[got:]])
                if not more:
                    return
                got += more
            slot = 0
            reply[0] = request[0]
            try:
                for slot in range(slots):
                    flag = request[1 + slot]
                    if flag == frames.IDLE:
                        continue
                    if flag == frames.LOAD:
                        self._begin(slot, int(request[1 + slots + slot]))
                        continue
                    start = 2 + slot * size
                    reply[start : start + size] = self._act(slot, rows[slot].copy())
                self._timer.disarm()
            except BaseException as problem:
                self._timer.disarm()
                reply[1] = frames.FAILED
                reason = describe(problem, self._phase, slot)
                frames.write_all(reply_fd, outgoing)
                frames.write_all(reply_fd, frames.encode_document(reason))
                return
            frames.write_all(reply_fd, outgoing)

    def _begin(self, slot: int, seed: int) -> None:
        kept = self._episodes[slot]
        if kept is not None and self._keeps_object:
            return
        episode = _Episode(seed)
        self._episodes[slot] = episode
        episode.randomness.enter()
        self._timer.arm(self._load_seconds)
        self._phase = "load"
        episode.module, cls = self._source.load()
        self._phase = "construct"
        policy = cls()
        episode.act = policy.act
        episode.randomness.leave()

    def _act(self, slot: int, row: np.ndarray) -> object:
        episode = self._episodes[slot]
        self._phase = "act"
        self._timer.arm(self._step_seconds)
        observation = self._observation(row)
        sys.modules[MODULE_NAME] = episode.module
        episode.randomness.enter()
        action = self._convert(episode.act(observation))
        episode.randomness.leave()
        return action
