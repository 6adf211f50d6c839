"""The client of a render process. It runs in the Python of a JVM too: no GL, no threads.

Use one client from one thread, and ask one thing at a time.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time

from promptpo_rollout.client import without_secrets
from promptpo_rollout.wire import Channel, WireError

from promptpo_render import gl
from promptpo_render.errors import RenderUnavailable

_SLICE_SECONDS = 0.1
_SILENCE_SECONDS = 120.0
_LOG_TAIL = 2000

_failed: dict[str, str] = {}
"""Ways to GL that said that they do not work on this machine, with why."""


class RenderClient:
    """A render process, started when something is to be drawn. Close it; it can be used again."""

    def __init__(self, python_executable: str = sys.executable) -> None:
        self._python = python_executable
        self._process: subprocess.Popen | None = None
        self._channel: Channel | None = None
        self._log = None
        self._backend = ""
        self._gl_works = False
        self._asked: tuple[dict, bytes] | None = None
        # Ways whose process ended in this request: the next one may find them well.
        self._ended_in: dict[str, str] = {}
        self._next = 0
        self._heard = 0.0

    def submit(self, request_json: str, blob: bytes = b"") -> None:
        """Asks for something (``process``); ``poll`` gives the answer."""
        if self._asked is not None:
            raise RuntimeError("one thing at a time: the last has not been answered")
        self._next += 1
        request = json.loads(request_json)
        self._asked = ({**request, "id": self._next}, bytes(blob))
        self._ended_in = {}
        self._send()

    def poll(self, timeout_s: float) -> tuple[()] | tuple[str, bytes]:
        """The answer with its blob if it comes within ``timeout_s``, else nothing.

        Raises RenderUnavailable where nothing can be drawn, however the ways to GL fail, or where
        the process ends or is silent for minutes; LookupError for an unknown environment.
        """
        readable, _w, _x = select.select([self._channel], [], [], timeout_s)
        try:
            documents = self._channel.take() if readable else []
            self._channel.send()
        except WireError:
            self._ended()
            return ()
        if documents:
            self._heard = time.monotonic()
        elif time.monotonic() - self._heard > _SILENCE_SECONDS:
            self.close()
            raise RenderUnavailable(
                f"the process that draws said nothing for {_SILENCE_SECONDS:g} s and was ended"
            )
        for text, data in documents:
            document = json.loads(text)
            event = document["event"]
            if event == "gl_works":
                self._gl_works = True
            elif event == "error":
                self._refused(document)
            elif event != "progress":
                self._asked = None
                return text, data
        return ()

    def ask(self, request: dict, blob: bytes = b"") -> tuple[dict, bytes]:
        """Asks and waits for the answer; raises as ``poll`` does."""
        try:
            self.submit(json.dumps(request), blob)
            while True:
                answer = self.poll(_SLICE_SECONDS)
                if answer:
                    return json.loads(answer[0]), answer[1]
        except KeyboardInterrupt:
            # Half an answer would be taken for the next one's.
            self.close()
            raise

    def close(self) -> None:
        """Ends the process. May be called again."""
        self._asked = None
        if self._process is None:
            return
        process, self._process = self._process, None
        self._channel.close()
        try:
            # It closes its scenes first, unless it is in the middle of one.
            process.wait(1.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._log.close()

    @property
    def running(self) -> int | None:
        """Process id, or None."""
        return None if self._process is None else self._process.pid

    def _send(self) -> None:
        document, blob = self._asked
        if self._process is None:
            self._start()
        try:
            self._channel.put_document(document, blob)
        except WireError:
            # It ended while nobody asked for anything.
            self.close()
            self._asked = (document, blob)
            self._start()
            self._channel.put_document(document, blob)
        self._heard = time.monotonic()

    def _start(self) -> None:
        reasons = self._reasons()
        left = [name for name in gl.backends(os.environ) if name not in reasons]
        # Without a way to GL there are still environments that draw themselves.
        self._backend = left[0] if left else "disable"
        self._gl_works = False
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the client)
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [
                    *(self._python, "-s"),
                    os.path.join(os.path.dirname(os.path.abspath(__file__)), "__main__.py"),
                    *("serve", "--fd", str(theirs.fileno())),
                ],
                env={**without_secrets(os.environ), "MUJOCO_GL": self._backend},
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=self._log,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        self._channel = Channel(ours)

    def _refused(self, document: dict) -> None:
        if document["kind"] == "gl":
            if self._backend != "disable":
                _failed[self._backend] = document["message"]
            self._try_next_way()
            return
        self._asked = None
        if document["kind"] == "request":
            raise LookupError(document["message"])
        if document["kind"] == "none":
            raise RenderUnavailable(document["message"])
        raise RenderUnavailable(f"the process that draws failed: {document['message']}")

    def _ended(self) -> None:
        code = self._process.wait()
        how = f"by signal {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
        said = self._last_words()
        if not self._gl_works and self._backend != "disable":
            # A driver that fails may end its process.
            self._ended_in[self._backend] = f"the process that tried it ended {how}{said}"
            self._try_next_way()
            return
        self.close()
        raise RenderUnavailable(f"the process that draws ended {how}{said}")

    def _try_next_way(self) -> None:
        asked, backend = self._asked, self._backend
        self.close()
        if backend == "disable":
            raise RenderUnavailable(gl.none_works(self._reasons()))
        self._asked = asked
        self._send()

    def _reasons(self) -> dict[str, str]:
        known = {**_failed, **self._ended_in}
        return {name: known[name] for name in gl.backends(os.environ) if name in known}

    def _last_words(self) -> str:
        size = self._log.seek(0, os.SEEK_END)
        self._log.seek(max(0, size - _LOG_TAIL))
        lines = self._log.read().decode("utf-8", "replace").strip().splitlines()
        return f" ({lines[-1]})" if lines else ""
