"""Shows how far a notebook is: a line for each cell, and what the cell at work says of itself."""

from __future__ import annotations

import re
import shutil
import threading
import time
from typing import TextIO

# How often a log that is not a terminal gets a line from a long cell, in seconds.
_LOG_EVERY = 10.0
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class CellProgress:
    """Writes progress to a stream: on a terminal one line is kept up to date, elsewhere lines are
    added.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._terminal = stream.isatty()
        self._title = ""
        self._said = ""
        self._start = 0.0
        self._last_line = 0.0
        self._lock = threading.Lock()
        self._closed = threading.Event()
        if self._terminal:
            threading.Thread(target=self._tick, daemon=True).start()

    def begins(self, number: int, total: int, source: str) -> None:
        """A cell starts: its title is its first line of code."""
        first = next((line.strip() for line in source.splitlines() if _is_code(line)), "")
        with self._lock:
            self._title = f"cell {number}/{total}  {first}"
            self._said = ""
            self._start = self._last_line = time.monotonic()
            self._redraw()

    def shows(self, text: str) -> None:
        """The cell shows a text; its last line is the news."""
        lines = [line for line in _COLOUR.sub("", text).splitlines() if line.strip()]
        if not lines:
            return
        with self._lock:
            self._said = lines[-1].strip()
            now = time.monotonic()
            if not self._terminal and now - self._last_line >= _LOG_EVERY:
                self._last_line = now
                self._line(f"{self._title}  {now - self._start:.0f} s  {self._said}")
            self._redraw()

    def ends(self) -> None:
        """The cell at work ended."""
        with self._lock:
            if self._title:
                self._line(f"{self._title}  {time.monotonic() - self._start:.1f} s")
            self._title = ""

    def close(self) -> None:
        """No more is told; an unfinished line is taken away."""
        self._closed.set()
        with self._lock:
            if self._terminal:
                self._stream.write("\r\033[K")
                self._stream.flush()

    def _tick(self) -> None:
        while not self._closed.wait(1.0):
            with self._lock:
                self._redraw()

    def _redraw(self) -> None:
        if self._terminal and self._title:
            seconds = f"{time.monotonic() - self._start:.0f} s"
            text = f"{self._title[:40]}  {seconds}  {self._said}"
            width = shutil.get_terminal_size().columns - 1
            self._stream.write(f"\r\033[K{text[:width]}")
            self._stream.flush()

    def _line(self, text: str) -> None:
        self._stream.write(("\r\033[K" if self._terminal else "") + text + "\n")
        self._stream.flush()


def _is_code(line: str) -> bool:
    stripped = line.strip()
    return bool(stripped) and not stripped.startswith(("//", "import ", "/*", "*"))
