"""One line for each step, on standard error: standard output belongs to the command."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


class Progress:
    """Tells a person and a log file which step is at work and how long each took."""

    def __init__(self, log: Path | None = None, stream: TextIO | None = None) -> None:
        self._log = log
        self._stream = stream or sys.stderr
        self._terminal = self._stream.isatty()

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Shows the step and, on a terminal, its running seconds."""
        start = time.monotonic()
        done = threading.Event()
        self._write_log(f"{title} begins")
        if self._terminal:
            ticker = threading.Thread(target=self._tick, args=(title, start, done), daemon=True)
            ticker.start()
        else:
            self._line(f"{title} ...")
        outcome = "interrupted"
        try:
            yield
            outcome = "done"
        except Exception:
            outcome = "failed"
            raise
        finally:
            done.set()
            text = f"{title}: {outcome} in {time.monotonic() - start:.1f} s"
            if self._terminal:
                ticker.join()
                self._stream.write("\r\033[K")
            self._line(text)
            self._write_log(text)

    def waiting(self, holder: str) -> None:
        """Another set-up of this checkout is at work."""
        self.say(f"another set-up of this checkout is at work (process {holder}); waiting for it")

    def say(self, text: str) -> None:
        """A line for both."""
        self._line(text)
        self._write_log(text)

    def _tick(self, title: str, start: float, done: threading.Event) -> None:
        while True:
            self._stream.write(f"\r\033[K{title} ... {time.monotonic() - start:.0f} s")
            self._stream.flush()
            if done.wait(1.0):
                return

    def _line(self, text: str) -> None:
        self._stream.write(text + "\n")
        self._stream.flush()

    def _write_log(self, text: str) -> None:
        if self._log is None:
            return
        self._log.parent.mkdir(parents=True, exist_ok=True)
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        with self._log.open("a", encoding="utf-8") as log:
            log.write(f"{stamp} {text}\n")


def timings_table(seconds: Mapping[str, float]) -> str:
    """Stage and seconds, with the sum."""
    width = max(len(title) for title in [*seconds, "together"])
    rows = [f"  {title:<{width}}  {value:7.1f} s" for title, value in seconds.items()]
    rows.append(f"  {'together':<{width}}  {sum(seconds.values()):7.1f} s")
    return "\n".join(rows)
