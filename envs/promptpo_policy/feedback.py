"""Run a generated ``Feedback`` class on the episodes that a policy went through.

The task is followed by one length and block of raw float64 for each episode: T rows of [observation
frame | action | reward]. One object summarises all episodes in order; each gets a document back,
``{"summary": text}``, or the reason why not.
"""

from __future__ import annotations

import struct

import numpy as np

from promptpo_policy import frames
from promptpo_policy.action import described
from promptpo_policy.failure import describe
from promptpo_policy.observation import observation_factory
from promptpo_policy.randomness import episode_randomness
from promptpo_policy.runtime import CpuTimer
from promptpo_policy.source import Source

SUMMARY_LIMIT = 2000
"""Characters of a summary that are kept."""

_LENGTH = struct.Struct(">Q")


def run(task: dict, request_fd: int, reply_fd: int, timer: CpuTimer) -> None:
    """Summarise each episode; EOFError when the worker has closed the pipe."""
    specification = task["specification"]
    width = specification["observation_size"]
    make = observation_factory(specification["observation"], specification["vector_size"])
    feedback = None
    for episode, rows in enumerate(task["rows"]):
        phase = "feedback"
        try:
            block = _block(request_fd, rows, task["width"])
        except MemoryError as problem:  # what was kept of the episodes before leaves no room
            frames.write_all(reply_fd, frames.encode_document(describe(problem, phase, episode)))
            return
        try:
            if feedback is None:
                timer.arm(task["cpu_s_load"])
                episode_randomness(task["seed"]).enter()
                phase = "load"
                _module, cls = Source(task["source"], "Feedback", "summarize_trajectory").load()
                phase = "construct"
                feedback = cls()
                phase = "feedback"
            trajectory = [make(row[:width].copy()) for row in block]
            timer.arm(task["cpu_s_feedback"])
            summary = feedback.summarize_trajectory(trajectory)
            if not isinstance(summary, str):
                raise TypeError(
                    f"summarize_trajectory returned {described(summary)}; expected a str"
                )
            answer = {"summary": str.__str__(summary)[:SUMMARY_LIMIT]}
            timer.check()
            timer.disarm()
        except BaseException as problem:
            timer.disarm()
            answer = describe(problem, phase, episode)
        frames.write_all(reply_fd, frames.encode_document(answer))
        if "summary" not in answer:
            return


def _block(request_fd: int, rows: int, width: int) -> np.ndarray:
    (size,) = _LENGTH.unpack(frames.read_exactly(request_fd, _LENGTH.size))
    return np.ndarray((rows, width), np.float64, buffer=frames.read_exactly(request_fd, size))
