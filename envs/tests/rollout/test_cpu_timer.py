"""The timer of a policy's process: what a tick does, without waiting for one."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator

import pytest
from promptpo_policy.failure import CpuLimitReached
from promptpo_policy.runtime import CpuTimer


class Clock:
    """The process's CPU time, as the test has it."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "process_time", clock)
    return clock


@pytest.fixture
def timer(clock: Clock) -> Iterator[CpuTimer]:
    before = signal.getsignal(signal.SIGPROF)
    timer = CpuTimer(memoryview(bytearray(8)).cast("q"))
    signal.setitimer(signal.ITIMER_PROF, 0)  # ticks come from the test alone
    yield timer
    signal.signal(signal.SIGPROF, before)


def tick(timer: CpuTimer, clock: Clock, seconds: float, ticks: int) -> None:
    for _ in range(ticks):
        clock.now += seconds
        timer._tick(signal.SIGPROF, None)


def test_more_ticks_than_the_time_used_shorten_no_limit(timer: CpuTimer, clock: Clock) -> None:
    timer.arm(10.0)
    tick(timer, clock, 0.05, 190)  # 9.5 s in the time of 19
    with pytest.raises(CpuLimitReached, match=r"10 s of CPU time"):
        tick(timer, clock, 0.05, 12)


def test_fewer_ticks_than_the_time_used_lengthen_none(timer: CpuTimer, clock: Clock) -> None:
    timer.arm(10.0)
    tick(timer, clock, 0.5, 19)
    with pytest.raises(CpuLimitReached):
        tick(timer, clock, 0.5, 3)


def test_one_tick_after_compiled_code_counts_all_of_its_time(timer: CpuTimer, clock: Clock) -> None:
    timer.arm(3.0)
    with pytest.raises(CpuLimitReached):
        tick(timer, clock, 3.2, 1)


def test_each_call_has_the_limit_for_itself(timer: CpuTimer, clock: Clock) -> None:
    timer.arm(1.0)
    for _ in range(50):
        tick(timer, clock, 0.1, 8)
        timer.next_call()
    timer.disarm()
    tick(timer, clock, 0.1, 50)
