"""A kernel started by its command line, without a kernel spec."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.connect import write_connection_file

READY_S = 120
ANSWER_S = 300
END_S = 120


class Launched:
    """A kernel and a client of it.

    :param words: the command line; the word ``{connection_file}`` stands for the file
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="kernel-")
        file = str(Path(self._folder.name) / "connection.json")
        write_connection_file(file)
        self._start = time.monotonic()
        command = [file if word == "{connection_file}" else word for word in words]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        self.client = BlockingKernelClient(connection_file=file)
        self.client.load_connection_file()
        # Without the heartbeat, which would call a kernel dead that still starts.
        self.client.start_channels(hb=False)

    @property
    def seconds(self) -> float:
        """Seconds since the launch."""
        return time.monotonic() - self._start

    def wait_until_ready(self) -> None:
        """Returns when the kernel answers."""
        self.client.wait_for_ready(timeout=READY_S)

    def run(self, code: str) -> tuple[str, float]:
        """Runs a cell: its result's, or its error's, text, and the seconds until that came."""
        start = time.monotonic()
        request = self.client.execute(code)
        text, seconds = "", 0.0
        while True:
            message = self.client.get_iopub_msg(timeout=ANSWER_S)
            if message["parent_header"].get("msg_id") != request:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "execute_result":
                text, seconds = content["data"].get("text/plain", ""), time.monotonic() - start
            elif kind == "error":
                text, seconds = f"{content['ename']}: {content['evalue']}", time.monotonic() - start
            elif kind == "status" and content["execution_state"] == "idle":
                return text, seconds or time.monotonic() - start

    def end(self) -> int:
        """Asks the kernel to end and waits until it has; gives its exit code."""
        self.client.shutdown()
        try:
            return self.process.wait(timeout=END_S)
        finally:
            self.client.stop_channels()

    def __enter__(self) -> Launched:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.client.stop_channels()
        self._folder.cleanup()
