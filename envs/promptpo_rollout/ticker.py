"""Ten times a second, a look at what a policy's process has used, while the worker waits for it.

The worker reads and writes with blocking calls, the cheapest there are: asking at each of them how
long it may last would cost as much as the call. A thread that otherwise sleeps interrupts them with
a signal instead, and the signal's handler, which runs in the waiting thread, may raise. A signal is
sent only while something waits, so an environment's own system calls are not interrupted.
"""

from __future__ import annotations

import functools
import signal
import threading
import time
from typing import Protocol

TICK_SECONDS = 0.1
# One of the real-time signals: environments may have uses of their own for SIGALRM.
_SIGNAL = signal.SIGRTMIN + 7


class Waiter(Protocol):
    """What is looked after, in the main thread."""

    waiting: bool
    """Whether it is in a wait that may be broken off."""

    def look_at_clocks(self) -> None:
        """Called while it waits; raises to break the wait off. Sets ``waiting`` to False meanwhile,
        so that it is not interrupted in turn."""


@functools.cache
def ticker() -> Ticker:
    """The process's own, made when it is first asked for: in the main thread."""
    return Ticker()


class Ticker:
    """Looks after one Waiter at a time."""

    def __init__(self) -> None:
        self._waiter: Waiter | None = None
        self._wanted = threading.Event()
        self._main = threading.main_thread().ident
        signal.signal(_SIGNAL, self._on_signal)
        threading.Thread(target=self._run, name="ticker", daemon=True).start()

    def look_after(self, waiter: Waiter) -> None:
        """Call its ``look_at_clocks`` from now on whenever it waits for longer than a tick."""
        self._waiter = waiter
        self._wanted.set()

    def leave(self, waiter: Waiter) -> None:
        """Look after it no longer."""
        if self._waiter is waiter:
            self._waiter = None
            self._wanted.clear()

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            time.sleep(TICK_SECONDS)
            waiter = self._waiter
            if waiter is not None and waiter.waiting:
                signal.pthread_kill(self._main, _SIGNAL)

    def _on_signal(self, _signal: int, _frame: object) -> None:
        waiter = self._waiter
        if waiter is not None and waiter.waiting:
            waiter.look_at_clocks()
