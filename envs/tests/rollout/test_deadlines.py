"""No process can hold its worker up: not by silence, not by leaving what it is sent."""

import os
import signal
import time

import numpy as np
import pytest
from promptpo_rollout.limits import Limits
from promptpo_rollout.outcome import Failure
from promptpo_rollout.policy_process import Template, Watch

LIMITS = Limits(wall_s=0.3, cpu_s_load=0.02, cpu_s_feedback=0.02)
MANY = 4 << 20
"""Bytes: more than any pipe takes."""


class Looks(Watch):
    """Counts how often it was looked at; breaks off where it is told to."""

    def __init__(self, most=10**9):
        self.count = 0
        self.most = most

    def look(self):
        self.count += 1
        if self.count == self.most:
            raise InterruptedError("looked at often enough")


@pytest.fixture(scope="module", params=["sandbox", "process"])
def template(request):
    template = Template(request.param)
    yield template
    template.close()


def forked(template, watch):
    """A process with its walls up that waits for its task."""
    return template.fork(LIMITS, 1.0, watch)


def test_a_stopped_process_does_not_hold_the_writer(template):
    process = forked(template, Looks())
    process.allow("load", 0.01)
    _stop(process)
    with pytest.raises(Failure, match=r"did not answer within 0\.4 s") as caught:
        process.write(bytes(MANY))
    assert (caught.value.kind, caught.value.wall) == ("TIMEOUT", True)
    assert process.end().signal == 9


def test_a_stopped_process_does_not_hold_a_frame(template):
    process = forked(template, Looks())
    process.allow("act", 0.01)
    _stop(process)
    for frame in (bytes(8), bytes(MANY)):
        reply = memoryview(np.zeros(3)).cast("B")
        with pytest.raises(Failure) as caught:
            process.exchange(frame, reply)
        assert (caught.value.kind, caught.value.wall) == ("TIMEOUT", True)
        process = forked(template, Looks())
        process.allow("act", 0.01)
        _stop(process)
    process.end()


def test_a_cancellation_is_heard_while_nothing_comes(template):
    for use in (
        lambda process: process.read_document(),
        lambda process: process.write(bytes(MANY)),
    ):
        watch = Looks(most=2)
        process = forked(template, watch)
        process.allow("load", 1000.0)
        _stop(process)
        with pytest.raises(InterruptedError):
            use(process)
        process.end()
        assert watch.count == 2


def test_nothing_is_looked_at_once_a_process_has_ended(template):
    watch = Looks()
    process = forked(template, watch)
    process.end()
    counted = watch.count
    other = forked(template, Looks(most=2))
    other.allow("load", 1000.0)
    with pytest.raises(InterruptedError):
        other.read_document()
    other.end()
    assert watch.count == counted


def _stop(process):
    """Stop it, as the kernel lets nobody do to itself here: it takes and gives nothing more."""
    os.kill(process._pid, signal.SIGSTOP)
    while True:
        with open(f"/proc/{process._pid}/stat") as stat:
            if stat.read().rpartition(")")[2].split()[0] == "T":
                return
        time.sleep(0.001)
