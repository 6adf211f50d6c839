"""The pool: one process that owns the workers, hands out jobs and ends with its client.

It computes nothing and never blocks: one selector over the client's socket and the workers'. What
it does for its workers' jobs is all that a distributed engine would replace.

A client sends documents (``wire``) with a ``type`` and an ``id`` of its own counting:

- ``rollout``, ``feedback``: a job (``request``); ``limits`` are those of ``limits.Limits``.
- ``register``: the files of a user's environment as its blob (``promptpo_envs.registered``), for
  all jobs after it that name them; never answered.
- ``cancel`` with ``job``: the job's final document still comes.
- ``hello``: answered once all workers have proven their isolation.

and hears documents with an ``event`` and that ``id``:

- ``progress``: ``steps`` and ``episodes`` so far, at most four times a second.
- ``result``, final: ``outcome`` is ``completed``, ``failed`` (generated code failed: ``kind``,
  ``phase``, ``message``, ``traceback``, ``episode``, ``step``; ``wall`` is true where only the
  clock on the wall decided) or ``cancelled``. ``steps`` were taken in any case.
- ``error``, final: the job could not be run, and generated code is not to blame: a bad request, an
  environment that failed, a worker that was killed. With id -1 it concerns the pool itself.
- ``hello``: ``isolation``, ``workers``, ``self_test``, ``host``, ``versions``, ``pid``.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import dataclasses
import importlib.metadata
import json
import os
import platform
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import time

from promptpo_rollout.wire import Channel, WireError

_CANCEL_SECONDS = 5.0
_STARTS = 3


def main(arguments: list[str]) -> None:
    """Run a pool until its client's socket closes."""
    parser = argparse.ArgumentParser(prog="pool")
    parser.add_argument("--fd", type=int, required=True)
    parser.add_argument("--workers", type=int, required=True)
    parser.add_argument("--isolation", required=True)
    options = parser.parse_args(arguments)
    # The launching thread of a JVM may have signals blocked, and a mask survives exec.
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    client = Channel(socket.socket(fileno=options.fd))
    pool = Pool(client, options.workers, options.isolation)
    try:
        with contextlib.suppress(WireError):
            pool.serve()
    finally:
        pool.close()


_NUMBERS_DEPEND_ON = ("numpy", "gymnasium", "mujoco", "gymnasium-robotics", "metaworld")


def versions() -> dict[str, str]:
    """What a rollout's numbers depend on: Python and the simulators' packages, as installed."""
    found = {"python": platform.python_version()}
    for package in _NUMBERS_DEPEND_ON:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[package] = importlib.metadata.version(package)
    return found


@dataclasses.dataclass
class _Worker:
    number: int
    process: subprocess.Popen
    channel: Channel
    ready: bool = False
    job: int | None = None
    cancelled_at: float | None = None


@dataclasses.dataclass(frozen=True)
class _Job:
    id: int
    text: str
    blob: bytes


class Pool:
    """The workers and the queue before them."""

    def __init__(self, client: Channel, workers: int, isolation: str) -> None:
        self._client = client
        self._isolation = isolation
        self._selector = selectors.DefaultSelector()
        self._selector.register(client, selectors.EVENT_READ, None)
        self._queue: collections.deque[_Job] = collections.deque()
        self._greetings: list[int] = []
        self._self_test: dict = {}
        self._registered: list[bytes] = []
        # Workers are killed, so what they unpack lies where their pool can throw it away.
        self._folder = tempfile.TemporaryDirectory(prefix="promptpo-pool-")
        self._failed_starts = 0
        cores = sorted(os.sched_getaffinity(0))
        # Several small pools on one machine should not all sit on its first core.
        first = os.getpid()
        self._cores = [cores[(first + number) % len(cores)] for number in range(workers)]
        self._workers = [self._start(number) for number in range(workers)]

    def serve(self) -> None:
        """Serve until the client is gone (WireError)."""
        while True:
            waiting = any(worker.cancelled_at is not None for worker in self._workers)
            for key, _events in self._selector.select(0.5 if waiting else None):
                if key.data is None:
                    self._client.send()
                    self._hear_client()
                else:
                    self._hear_worker(key.data)
            self._end_the_deaf()
            self._dispatch()
            self._want_writes()

    def close(self) -> None:
        """End the workers; their policies die with them."""
        for worker in self._workers:
            worker.process.kill()
        for worker in self._workers:
            worker.process.wait()
        self._folder.cleanup()

    def _start(self, number: int) -> _Worker:
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-s"),
                    os.path.join(os.path.dirname(os.path.abspath(__file__)), "__main__.py"),
                    *("worker", "--fd", str(theirs.fileno()), "--number", str(number)),
                    *("--core", str(self._cores[number]), "--isolation", self._isolation),
                    *("--parent", str(os.getpid())),
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        worker = _Worker(number, process, Channel(ours))
        for files in self._registered:
            self._tell_of(worker, files)
        self._selector.register(worker.channel, selectors.EVENT_READ, worker)
        return worker

    def _hear_client(self) -> None:
        for text, blob in self._client.take():
            document = json.loads(text)
            kind, job = document.get("type"), document["id"]
            if kind == "hello":
                self._greetings.append(job)
                self._greet()
            elif kind == "register":
                self._registered.append(blob)
                for worker in self._workers:
                    self._tell_of(worker, blob)
            elif kind == "cancel":
                self._cancel(document["job"])
            else:
                self._queue.append(_Job(job, text, blob))

    def _tell_of(self, worker: _Worker, files: bytes) -> None:
        with contextlib.suppress(WireError):  # its end is heard at the next select
            worker.channel.put_document({"type": "register", "folder": self._folder.name}, files)

    def _hear_worker(self, worker: _Worker) -> None:
        try:
            worker.channel.send()
            documents = worker.channel.take()
        except WireError:
            self._replace(worker)
            return
        for text, blob in documents:
            document = json.loads(text)
            event = document["event"]
            if event == "ready":
                worker.ready = True
                self._failed_starts = 0
                self._self_test = document["self_test"]
                self._greet()
            elif event == "unavailable":
                self._fail(document["message"])
            else:
                if event != "progress":
                    worker.job = worker.cancelled_at = None
                self._client.put(text, blob)

    def _greet(self) -> None:
        if not all(worker.ready for worker in self._workers):
            return
        for greeting in self._greetings:
            self._client.put_document(
                {
                    "event": "hello",
                    "id": greeting,
                    "isolation": self._isolation,
                    "workers": len(self._workers),
                    "self_test": self._self_test,
                    "host": platform.node(),
                    "versions": versions(),
                    "pid": os.getpid(),
                }
            )
        self._greetings.clear()

    def _dispatch(self) -> None:
        for worker in self._workers:
            if not self._queue:
                return
            if worker.ready and worker.job is None:
                job = self._queue.popleft()
                worker.job = job.id
                with contextlib.suppress(WireError):  # its end is heard at the next select
                    worker.channel.put(job.text, job.blob)

    def _cancel(self, number: int) -> None:
        for job in self._queue:
            if job.id == number:
                self._queue.remove(job)
                self._say_cancelled(number)
                return
        for worker in self._workers:
            if worker.job == number and worker.cancelled_at is None:
                worker.cancelled_at = time.monotonic()
                with contextlib.suppress(WireError):
                    worker.channel.put_document({"type": "cancel", "id": number})

    def _say_cancelled(self, number: int) -> None:
        self._client.put_document(
            {"event": "result", "id": number, "outcome": "cancelled", "steps": 0}
        )

    def _end_the_deaf(self) -> None:
        # An environment that hangs in its step cannot hear a cancellation.
        for worker in self._workers:
            since = worker.cancelled_at
            if since is not None and time.monotonic() - since > _CANCEL_SECONDS:
                self._replace(worker)

    def _replace(self, worker: _Worker) -> None:
        self._selector.unregister(worker.channel)
        worker.channel.close()
        worker.process.kill()
        code = worker.process.wait()
        if not worker.ready:
            self._failed_starts += 1
            if self._failed_starts >= _STARTS:
                self._fail(f"the workers end at their start (exit code {code}); see the log")
        if worker.job is not None:
            if worker.cancelled_at is not None:
                self._say_cancelled(worker.job)
            else:
                self._client.put_document(
                    {
                        "event": "error",
                        "id": worker.job,
                        "message": f"the worker {worker.number} ended (exit code {code}) in the "
                        "middle of the job: its environment crashed, or it was killed",
                    }
                )
        self._workers[worker.number] = self._start(worker.number)

    def _fail(self, message: str) -> None:
        self._client.put_document({"event": "error", "id": -1, "message": message})
        self._client.send_within(5.0)
        raise WireError(message)

    def _want_writes(self) -> None:
        for channel, data in [(self._client, None)] + [(w.channel, w) for w in self._workers]:
            wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if channel.wants_write else 0)
            if self._selector.get_key(channel).events != wanted:
                self._selector.modify(channel, wanted, data)
