"""A worker: one process a core, trusted, with its environments and its policy template.

It takes one job at a time from its control socket, says how it goes, and ends when the socket
does. What the environments do wrong is an ``error`` document; what generated code does wrong is a
failed result.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import json
import os
import platform
import select
import socket
import sys
import time

from promptpo_policy.confine import die_with_parent

from promptpo_rollout import feedback, selftest
from promptpo_rollout.environments import Environments
from promptpo_rollout.outcome import BadRequest, Cancelled, Failure
from promptpo_rollout.policy_process import Template, TemplateError, Watch
from promptpo_rollout.request import FeedbackRequest, RolloutRequest
from promptpo_rollout.rollout import Rollout
from promptpo_rollout.wire import Channel, WireError

_SEND_SECONDS = 60.0


def main(arguments: list[str]) -> None:
    """Run a worker until its control socket closes."""
    parser = argparse.ArgumentParser(prog="worker")
    parser.add_argument("--fd", type=int, required=True)
    parser.add_argument("--number", type=int, required=True)
    parser.add_argument("--core", type=int, required=True)
    parser.add_argument("--isolation", required=True)
    parser.add_argument("--parent", type=int, required=True)
    options = parser.parse_args(arguments)
    die_with_parent(options.parent)
    if options.core >= 0:
        # The worker and its policies take turns; on one core a turn costs half.
        os.sched_setaffinity(0, {options.core})
    control = Control(Channel(socket.socket(fileno=options.fd)))
    try:
        worker = Worker(options.number, options.isolation, control)
    except (TemplateError, OSError) as problem:
        control.say({"event": "unavailable", "message": str(problem)})
        sys.exit(1)
    with contextlib.suppress(WireError):
        worker.serve()


class Control(Watch):
    """The worker's end of its socket: the next job, and whether the current one is still wanted."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._jobs: collections.deque[tuple[dict, bytes]] = collections.deque()
        self._current = -1

    def next_job(self) -> tuple[dict, bytes]:
        """Wait for a job; WireError when the pool is gone."""
        self._current = -1
        while not self._jobs:
            select.select([self._channel], [], [])
            self._receive()
        job = self._jobs.popleft()
        self._current = job[0].get("id", -1)
        return job

    def look(self) -> None:
        """Take what came; Cancelled if it cancels the current job, WireError at the end."""
        self._receive()

    def say(self, document: dict, blob: bytes = b"") -> None:
        """Tell the pool; WireError if it takes nothing for a minute."""
        self._channel.put_document(document, blob)
        self._channel.send_within(_SEND_SECONDS)

    def _receive(self) -> None:
        cancelled = False
        for text, blob in self._channel.take():
            document = json.loads(text)
            if document.get("type") == "cancel":
                cancelled = cancelled or document.get("id") == self._current
            else:
                self._jobs.append((document, blob))
        if cancelled:
            raise Cancelled


class Worker:
    """Runs jobs; raises TemplateError if the level cannot be given or proven here."""

    def __init__(self, number: int, level: str, control: Control) -> None:
        self._number = number
        self._level = level
        self._control = control
        self._environments = Environments()
        self._template = Template(level)
        found = selftest.run(self._template, control)
        control.say({"event": "ready", "worker": number, "self_test": found})

    def serve(self) -> None:
        """Take jobs until the pool is gone (WireError)."""
        while True:
            job, blob = self._control.next_job()
            if job.get("type") == "register":
                self._environments.learn(blob.decode("utf-8"), job["folder"])
                continue
            started, cpu = time.monotonic(), time.process_time()
            answer, trace = self._run(job, blob)
            answer.update(
                id=job["id"],
                isolation=self._level,
                seconds=time.monotonic() - started,
                worker_cpu_seconds=time.process_time() - cpu,
                host=platform.node(),
                worker=self._number,
            )
            self._control.say(answer, trace)

    def _run(self, job: dict, blob: bytes) -> tuple[dict, bytes]:
        try:
            if job.get("type") == "rollout":
                return self._rollout(job)
            if job.get("type") == "feedback":
                return self._feedback(job, blob)
            raise BadRequest(f"a request's type is rollout or feedback; it was {job.get('type')!r}")
        except BadRequest as problem:
            return {"event": "error", "message": str(problem)}, b""
        except TemplateError as problem:
            self._template.close()
            self._template = Template(self._level)
            return {"event": "error", "message": f"{problem}; it was started again"}, b""

    def _rollout(self, job: dict) -> tuple[dict, bytes]:
        request = RolloutRequest.of(job)

        def report(steps: int, episodes: int) -> None:
            self._control.say(
                {"event": "progress", "id": job["id"], "steps": steps, "episodes": episodes}
            )

        try:
            rollout = Rollout(request, self._environments, report)
        except BadRequest:
            raise
        except Exception as problem:
            return self._environment_error(request, problem), b""
        trace = b""
        try:
            fields, trace = rollout.run(self._template, self._control)
            answer = {"outcome": "completed", **fields}
        except Failure as failure:
            episode, step = rollout.place(failure.slot)
            answer = _failed(failure, episode, step)
        except Cancelled:
            answer = {"outcome": "cancelled"}
        except (WireError, TemplateError):
            raise
        except Exception as problem:
            return self._environment_error(request, problem), b""
        answer.update(
            event="result", steps=rollout.steps, policy_cpu_seconds=rollout.policy_cpu_seconds
        )
        return answer, trace

    def _feedback(self, job: dict, blob: bytes) -> tuple[dict, bytes]:
        specification = self._environments.specification(
            job.get("environment", ""), job.get("preset") or "paper"
        )
        request = FeedbackRequest.of(job, blob, specification["observation_size"])
        try:
            found, cpu = feedback.summaries(request, specification, self._template, self._control)
            answer = {"outcome": "completed", "summaries": found, "policy_cpu_seconds": cpu}
        except Failure as failure:
            answer = _failed(failure, failure.slot, -1)
        except Cancelled:
            answer = {"outcome": "cancelled"}
        answer.update(event="result", steps=0)
        return answer, b""

    def _environment_error(self, request: RolloutRequest, problem: Exception) -> dict:
        # What broke in the middle of a step may not reset cleanly: make it anew.
        self._environments.forget(request.environment, request.preset)
        return {
            "event": "error",
            "message": f"the environment {request.environment.partition('@')[0]} failed: "
            f"{self._environments.told(request.environment, problem)}",
        }


def _failed(failure: Failure, episode: int, step: int) -> dict:
    answer = {
        "outcome": "failed",
        "kind": failure.kind,
        "phase": failure.phase,
        "message": failure.message,
        "traceback": failure.traceback,
        "episode": episode,
        "step": step,
    }
    if failure.wall:
        answer["wall"] = True
    return answer
