"""The client of a pool. It runs in the Python of a JVM too: standard library only, no threads.

It sends, waits in the kernel with the GIL released, and hands documents over; it computes nothing.
Use one client from one thread.
"""

from __future__ import annotations

import json
import os
import re
import select
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping

from promptpo_rollout.wire import Channel, WireError

_SECRET = re.compile(r"KEY|TOKEN|SECRET|PASSW|CREDENTIAL|COOKIE", re.IGNORECASE)
_LOG_TAIL = 4000


def without_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables of an environment that a child may have: no key, no token."""
    return {name: value for name, value in environ.items() if not _SECRET.search(name)}


class RolloutError(Exception):
    """The pool could not start, cannot give the asked isolation, or is gone."""


class Client:
    """A running pool and the connection to it; ``start`` makes one."""

    def __init__(self, process: subprocess.Popen, channel: Channel, log: object) -> None:
        self._process = process
        self._channel = channel
        self._log = log
        self._next = 0
        self._kept: list[tuple[str, bytes]] = []
        self.hello: dict = {}
        """The pool's greeting: isolation, workers, self_test, host, versions, pid."""

    @classmethod
    def start(
        cls,
        python_executable: str,
        workers: int = 1,
        isolation: str = "sandbox",
        timeout_s: float = 60.0,
    ) -> Client:
        """Start a pool in a session of its own and wait for its greeting.

        Raises RolloutError if it does not greet in time, or if the isolation level (``sandbox`` or
        ``process``) cannot be given or proven; the message says what is missing.
        """
        if isolation not in ("sandbox", "process"):
            raise RolloutError(
                f"isolation must be `sandbox` or `process`; it was {isolation!r} "
                "(generated code never runs in the caller's process)"
            )
        if workers < 1:
            raise RolloutError(f"a pool needs 1 worker or more; it was {workers}")
        log = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the client)
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(
                [
                    *(python_executable, "-s"),
                    os.path.join(os.path.dirname(os.path.abspath(__file__)), "__main__.py"),
                    *("pool", "--fd", str(theirs.fileno()), "--workers", str(workers)),
                    *("--isolation", isolation),
                ],
                # Nothing is drawn there, so MuJoCo needs to load no GL.
                env={**without_secrets(os.environ), "MUJOCO_GL": "disable"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        client = cls(process, Channel(ours), log)
        try:
            client._greet(timeout_s)
        except BaseException:
            client.close()
            raise
        return client

    def submit(self, request_json: str, blob: bytes = b"") -> int:
        """Queue a request (``rollout``, ``feedback`` or ``hello``); the id of its documents."""
        request = json.loads(request_json)
        self._next += 1
        request["id"] = self._next
        self._put(request, bytes(blob))
        return self._next

    def poll(self, timeout_s: float) -> list[tuple[str, bytes]]:
        """The documents that have arrived, each with its blob; waits at most ``timeout_s`` for one.

        Raises RolloutError when the pool is gone.
        """
        documents, self._kept = self._kept, []
        deadline = time.monotonic() + timeout_s
        while not documents:
            left = deadline - time.monotonic()
            writing = [self._channel] if self._channel.wants_write else []
            readable, _w, _x = select.select([self._channel], writing, [], max(0.0, left))
            try:
                self._channel.send()
                if readable:
                    documents = self._channel.take()
            except WireError as problem:
                raise self._gone(problem) from None
            if left <= 0:
                break
        return documents

    def cancel(self, id: int) -> None:
        """Stop a request; its final document comes, with outcome ``cancelled`` if it had not."""
        self._put({"type": "cancel", "id": -1, "job": id})

    def close(self) -> None:
        """End the pool, its workers and their policies. May be called again."""
        self._channel.close()
        try:
            self._process.wait(2.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    def log(self) -> str:
        """The last lines that the pool and its workers wrote."""
        if self._log.closed:
            return ""
        size = self._log.seek(0, os.SEEK_END)
        self._log.seek(max(0, size - _LOG_TAIL))
        return self._log.read().decode("utf-8", "replace")

    def versions(self) -> str:
        """The greeting's ``versions`` as a JSON object, for callers that are not Python."""
        return json.dumps(self.hello["versions"])

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def _greet(self, timeout_s: float) -> None:
        asked = self.submit('{"type": "hello"}')
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            for text, _blob in self.poll(min(0.2, timeout_s)):
                document = json.loads(text)
                if document["event"] == "error":
                    raise RolloutError(f"{document['message']}\n{self.log()}".rstrip())
                if document["id"] == asked:
                    self.hello = document
                    return
        raise RolloutError(f"the rollout pool did not greet within {timeout_s:g} s\n{self.log()}")

    def _put(self, document: dict, blob: bytes = b"") -> None:
        try:
            self._channel.put_document(document, blob)
        except WireError as problem:
            raise self._gone(problem) from None

    def _gone(self, problem: WireError) -> RolloutError:
        return RolloutError(f"the rollout pool is gone: {problem}\n{self.log()}".rstrip())
