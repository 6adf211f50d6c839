"""The loop of a policy's process, once its walls are up.

Everything here shares a namespace with code that nobody trusts: what is sent back is checked by
the worker, and nothing here is a wall.
"""

from __future__ import annotations

import math
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

_TICK = 0.1
"""CPU seconds between two looks at how long the current call has taken."""


def main(request_fd: int, reply_fd: int, marker: memoryview, walls: object) -> None:
    """Raise the walls, read the task, answer until the worker closes the pipe.

    ``marker`` is memory shared with the worker; its first number counts the calls into generated
    code.
    """
    seed_unseeded_generators()
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        walls.close_in()
    except Exception as problem:
        frames.write_all(reply_fd, frames.encode_document({"problem": str(problem)}))
        return
    frames.write_all(reply_fd, frames.encode_document({"walls": walls.level}))
    task = frames.read_document(request_fd)
    try:
        if task["role"] == "feedback":
            from promptpo_policy import feedback

            feedback.run(task, request_fd, reply_fd, CpuTimer(marker))
        else:
            _Policy(task, CpuTimer(marker)).serve(request_fd, reply_fd)
    except EOFError:
        return


class CpuTimer:
    """The CPU limit of one call into generated code.

    A signal each tenth of a second of CPU time looks whether the call is still the same, and at
    the limit raises CpuLimitReached inside it, so that the traceback shows the line. Nothing is
    armed at a call, which would cost more than many a call does. Compiled code cannot be
    interrupted so: the worker, which sees the count of calls, ends the process a little later. A
    policy that cheats with the count meets the worker's limit for the whole answer.
    """

    def __init__(self, marker: memoryview) -> None:
        self._marker = marker
        self._call = 0
        self._limit = 0.0
        self._seen = 0
        self._ticks = 0
        signal.signal(signal.SIGPROF, self._tick)
        signal.setitimer(signal.ITIMER_PROF, _TICK, _TICK)

    def arm(self, seconds: float) -> None:
        """A call begins; it may take ``seconds`` of CPU time."""
        self._limit = seconds
        self._call += 1
        self._marker[0] = self._call

    def disarm(self) -> None:
        """The call is over."""
        self._limit = math.inf

    def check(self) -> None:
        """CpuLimitReached if the call was over its limit and went on: code can catch anything."""
        if self._limit == math.inf:
            raise CpuLimitReached("the call used its CPU time, and caught what stopped it")

    def _tick(self, _signal: int, _frame: types.FrameType | None) -> None:
        if self._call != self._seen:
            self._seen = self._call
            self._ticks = 0
            return
        self._ticks += 1
        if self._ticks * _TICK >= self._limit:
            limit, self._limit = self._limit, math.inf
            raise CpuLimitReached(f"the call used its {limit:g} s of CPU time without returning")


class _Episode:
    """One episode's policy object, its module and its generators."""

    def __init__(self, seed: int) -> None:
        self.randomness = episode_randomness(seed)
        self.module: types.ModuleType | None = None
        self.act: Callable[[object], object] | None = None


class _Policy:
    def __init__(self, task: dict, timer: CpuTimer) -> None:
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
        self._timer = timer
        self._phase = "load"

    def serve(self, request_fd: int, reply_fd: int) -> None:
        slots, width, size = self._slots, self._width, self._action
        request = np.empty(frames.request_size(slots, width))
        into = memoryview(request).cast("B")
        flags, seeds = request[1 : 1 + slots], request[1 + slots : 1 + 2 * slots]
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
                for slot, flag in enumerate(flags.tolist()):
                    if flag == frames.IDLE:
                        continue
                    if flag == frames.LOAD:
                        self._begin(slot, int(seeds[slot]))
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
        self._timer.check()
        episode.randomness.leave()

    def _act(self, slot: int, row: np.ndarray) -> object:
        episode = self._episodes[slot]
        self._phase = "act"
        self._timer.arm(self._step_seconds)
        observation = self._observation(row)
        sys.modules[MODULE_NAME] = episode.module
        episode.randomness.enter()
        action = self._convert(episode.act(observation))
        self._timer.check()
        episode.randomness.leave()
        return action
