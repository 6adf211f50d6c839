"""The loop of a policy's process, once its walls are up.

Everything here shares a namespace with code that nobody trusts: what is sent back is checked by
the worker, and nothing here is a wall.
"""

from __future__ import annotations

import math
import os
import signal
import time
import types
from collections.abc import Callable
from sys import modules

import numpy as np
from numpy import empty

from promptpo_policy import frames
from promptpo_policy.action import action_converter
from promptpo_policy.clocks import EpisodeClock, show_own_time
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
        self._since = 0.0
        self._used = time.process_time  # before generated code could put another in its place
        self._ticked = self._used()
        signal.signal(signal.SIGPROF, self._tick)
        signal.setitimer(signal.ITIMER_PROF, _TICK, _TICK)

    def arm(self, seconds: float) -> None:
        """A call begins; it, and each that ``next_call`` announces, may take ``seconds``."""
        self._limit = seconds
        self.next_call()

    def next_call(self) -> None:
        """Another call begins, with the limit of the last."""
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
        # How long, the process's clock says and not the number of ticks: the kernel counts whole
        # jiffies towards a tick, up to twice the time used beside a neighbour that often sleeps.
        before, self._ticked = self._ticked, self._used()
        if self._call != self._seen:
            self._seen = self._call
            # Compiled code lets no tick through until it returns, and then one for all of its time.
            self._since = min(self._ticked, before + _TICK)
        if self._ticked - self._since >= self._limit:
            limit, self._limit = self._limit, math.inf
            raise CpuLimitReached(f"the call used its {limit:g} s of CPU time without returning")


class _Episode:
    """One episode's policy object, its module, its generators and its clock."""

    def __init__(self, seed: int) -> None:
        self.enter = episode_randomness(seed).enter
        self.clock = EpisodeClock()
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
        self._convert, size = action_converter(specification["action"])
        self._bytes = 8 * size
        self._discrete = specification["action"]["kind"] == "discrete"
        self._octets = memoryview(bytearray(8 * frames.reply_size(self._slots, size)))
        self._reply = self._octets.cast("d")
        self._starts = [2 + slot * size for slot in range(self._slots)]
        self._source = Source(task["source"], task["policy_class"], "act")
        self._episodes: list[_Episode | None] = [None] * self._slots
        self._timer = timer
        self._phase = "load"
        self._slot = 0
        show_own_time()

    def serve(self, request_fd: int, reply_fd: int) -> None:
        """Answer frames until the worker closes the pipe, or generated code fails."""
        slots, width = self._slots, self._width
        head = memoryview(bytearray(8 * (1 + 2 * slots))).cast("d")
        flags, seeds = head[1 : 1 + slots], head[1 + slots :]
        # Each row is read into an array of its own, which the policy may keep.
        rows = [empty(width) for _ in range(slots)]
        size = 8 * frames.request_size(slots, width)
        while True:
            got = os.readv(request_fd, [head, *rows])
            if got < size and not _read_rest(request_fd, [head, *rows], got):
                return
            self._reply[0] = head[0]
            try:
                asked = flags.tolist()
                if frames.LOAD in asked:
                    for self._slot, flag in enumerate(asked):
                        if flag == frames.LOAD:
                            self._begin(self._slot, int(seeds[self._slot]))
                else:
                    self._act(asked, rows)
                self._timer.disarm()
            except BaseException as problem:
                self._timer.disarm()
                self._reply[1] = frames.FAILED
                reason = describe(problem, self._phase, self._slot)
                frames.write_all(reply_fd, self._reply)
                frames.write_all(reply_fd, frames.encode_document(reason))
                return
            written = os.write(reply_fd, self._octets)
            if written < len(self._octets):
                frames.write_all(reply_fd, self._octets[written:])

    def _begin(self, slot: int, seed: int) -> None:
        kept = self._episodes[slot]
        if kept is not None and self._keeps_object:
            return
        episode = _Episode(seed)
        self._episodes[slot] = episode
        episode.enter()
        self._timer.arm(self._load_seconds)
        self._phase = "load"
        episode.clock.enter()
        episode.module, cls = self._source.load()
        self._phase = "construct"
        policy = cls()
        episode.act = policy.act
        episode.clock.leave()
        self._timer.check()

    def _act(self, asked: list[float], rows: list[np.ndarray]) -> None:
        """Let the policies of all slots that are asked to act answer into the reply.

        This runs at each step of each rollout, and what it touches has left the processor's caches
        since: so it is one function, and no more than it must be.
        """
        timer, make, convert, width = self._timer, self._observation, self._convert, self._width
        draws, reads_clock = self._source.may_draw, self._source.may_read_clock
        self._phase = "act"
        timer.arm(self._step_seconds)
        for slot, flag in enumerate(asked):
            if flag != frames.ACT:
                continue
            self._slot = slot
            episode = self._episodes[slot]
            observation = make(rows[slot])
            # The policy may have kept it: the next is read into another.
            rows[slot] = empty(width)
            modules[MODULE_NAME] = episode.module
            if draws:
                episode.enter()
            timer.next_call()
            if reads_clock:
                episode.clock.enter()
                action = convert(episode.act(observation))
                episode.clock.leave()
            else:
                action = convert(episode.act(observation))
            timer.check()
            start = self._starts[slot]
            if self._discrete:
                self._reply[start] = action
            else:
                self._octets[8 * start : 8 * start + self._bytes] = action.tobytes()


def _read_rest(fd: int, parts: list, got: int) -> bool:
    """Fill ``parts`` from where they are full up to; False at the end of the stream."""
    for part in parts:
        view = memoryview(part).cast("B")
        view = view[min(got, len(view)) :]
        got -= min(got, memoryview(part).nbytes)
        while view:
            more = os.readv(fd, [view])
            if not more:
                return False
            view = view[more:]
    return True
