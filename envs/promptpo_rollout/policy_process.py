"""A worker's side of policy processes: fork, talk with deadlines, reap. Trusts nothing it reads."""

from __future__ import annotations

import dataclasses
import json
import mmap
import os
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import NamedTuple

from promptpo_policy import frames

from promptpo_rollout.limits import Limits
from promptpo_rollout.outcome import CLAIMABLE, REPORTABLE, Failure
from promptpo_rollout.plain_text import plain
from promptpo_rollout.ticker import TICK_SECONDS, ticker

_GRACE = 0.4
_WALLS_SECONDS = 5.0
_CALL = struct.Struct("=q")
_TEMPLATE_SECONDS = 60.0
_MESSAGE_LIMIT = 400
_TRACEBACK_LIMIT = 6000
_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    # The order of a set of strings is the same in each template.
    "PYTHONHASHSEED": "0",
}


class TemplateError(Exception):
    """The template could not start or stopped answering; the message says why."""


@dataclasses.dataclass(frozen=True)
class Exit:
    """How a policy's process ended: exit code or -1, signal or 0, CPU seconds it used."""

    code: int
    signal: int
    cpu_seconds: float


class Template:
    """The process that policies are forked from."""

    def __init__(self, level: str) -> None:
        import numpy
        import promptpo_policy

        self.level = level
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-s", "-S", "-P", "-B"),
                    os.path.join(os.path.dirname(promptpo_policy.__file__), "__main__.py"),
                    *(str(theirs.fileno()), level),
                    os.path.dirname(os.path.dirname(os.path.abspath(numpy.__file__))),
                ],
                env=_ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        self._socket = ours
        self._socket.settimeout(_TEMPLATE_SECONDS)
        started = self._answer()
        if "error" in started:
            self.close()
            raise TemplateError(started["error"])

    def fork(self, limits: Limits, cpu_seconds: float, watch: Watch) -> PolicyProcess:
        """A new policy process with its walls going up; ``cpu_seconds`` is its total."""
        request_read, request_write = os.pipe2(os.O_CLOEXEC)
        reply_read, reply_write = os.pipe2(os.O_CLOEXEC)
        shared = os.memfd_create("calls", os.MFD_CLOEXEC)
        try:
            os.truncate(shared, mmap.PAGESIZE)
            marker = mmap.mmap(shared, mmap.PAGESIZE)
            message = {
                "do": "fork",
                "memory_bytes": int(limits.memory_mb * (1 << 20)),
                "cpu_seconds": cpu_seconds,
            }
            pid = self._ask(message, [request_read, reply_write, shared])["pid"]
        except BaseException:
            os.close(request_write)
            os.close(reply_read)
            raise
        finally:
            os.close(request_read)
            os.close(reply_write)
            os.close(shared)
        pipes = (request_write, reply_read)
        process = PolicyProcess(self, pid, pipes, marker, limits, cpu_seconds, watch)
        process.confirm_walls()
        return process

    def reap(self, pid: int) -> Exit:
        """End the child if it still runs, and say how it ended."""
        return Exit(**self._ask({"do": "reap", "pid": pid}))

    def close(self) -> None:
        """End the template, and with it what is left of its children."""
        self._socket.close()
        self._process.kill()
        self._process.wait()

    def _ask(self, message: dict, descriptors: Sequence[int] = ()) -> dict:
        try:
            socket.send_fds(self._socket, [json.dumps(message).encode()], descriptors)
        except OSError as problem:
            raise TemplateError(f"the policy template ended ({problem})") from None
        return self._answer()

    def _answer(self) -> dict:
        try:
            packet = self._socket.recv(65536)
        except TimeoutError:
            raise TemplateError(
                f"the policy template did not answer for {_TEMPLATE_SECONDS:g} s"
            ) from None
        except OSError as problem:
            raise TemplateError(f"the policy template ended ({problem})") from None
        if not packet:
            raise TemplateError("the policy template ended; see the pool's log")
        return json.loads(packet)


class _Budget(NamedTuple):
    """CPU seconds allowed a call and for the whole answer, and wall seconds."""

    call: float
    answer: float
    wall: float


class _Answer(NamedTuple):
    """Which answer is awaited, since when (monotonic), and CPU seconds used before."""

    number: int
    since: float
    used: float


class Watch:
    """Something else to look at while a policy computes: the worker's control channel."""

    def look(self) -> None:
        """Look, without waiting; raises to break the wait off."""
        raise NotImplementedError


class PolicyProcess:
    """One policy's process and the two pipes to it.

    Reads and writes block; a ticker looks at the clocks ten times a second while they do, and
    breaks them off. An answer's clocks start at the first look at it: nothing is read from
    a clock at a step, so a limit may be passed by a tenth of a second.
    """

    def __init__(
        self,
        template: Template,
        pid: int,
        pipes: tuple[int, int],
        marker: mmap.mmap,
        limits: Limits,
        cpu_seconds: float,
        watch: Watch,
    ) -> None:
        self._template = template
        self._pid = pid
        self._request_fd, self._reply_fd = pipes
        self._marker = marker
        self._limits = limits
        self._total_cpu = cpu_seconds
        self._total_wall = limits.wall_for(cpu_seconds)
        self._waited = 0.0
        self._watch = watch
        self._exit: Exit | None = None
        # The kernel's name for the CPU clock of another process (clock_getcpuclockid(3)).
        self._clock = (~pid << 3) | 2
        self.waiting = False
        self._phase = "load"
        self._budget = _Budget(0.0, 0.0, 0.0)
        self._asked = 0
        self._answer = _Answer(-1, 0.0, 0.0)
        self._call = (-1, 0.0)
        ticker().look_after(self)

    def allow(self, phase: str, cpu_seconds: float, calls: int = 1) -> None:
        """Set the budget of each answer from the next one on: what it does, CPU seconds a call,
        and calls."""
        self._phase = phase
        self._budget = _Budget(
            cpu_seconds, cpu_seconds * calls, self._limits.wall_for(cpu_seconds * calls)
        )
        self._asked += 1

    def confirm_walls(self) -> None:
        """Wait until the process says that its walls are up, before it has read anything.

        TemplateError if they are not: that is this machine's failure, not a policy's.
        """
        self.allow("load", _WALLS_SECONDS)
        try:
            answer = self.read_document()
        except Failure as failure:
            answer = {"problem": failure.message}
        except BaseException:
            self.end()
            raise
        if answer != {"walls": self._template.level}:
            self.end()
            problem = str(answer.get("problem", answer))
            raise TemplateError(f"a policy's process could not be confined: {problem}")

    def exchange(self, frame: bytes, into: memoryview) -> None:
        """``write`` one frame and ``read_into`` what it is answered.

        This runs at each step of each rollout: two system calls and nothing else.
        """
        self._asked += 1
        self.waiting = True
        try:
            written = os.write(self._request_fd, frame)
            if written == len(frame):
                got = os.readv(self._reply_fd, (into,))
                if got == len(into):
                    return
            else:
                got = -1
        except BrokenPipeError:
            raise self._gone() from None
        finally:
            self.waiting = False
        if got == -1:
            self.write(memoryview(frame)[written:])
            got = 0
        elif got == 0:
            raise self._gone()
        self.read_into(into[got:])

    def write(self, data: bytes | memoryview) -> None:
        """Write all of ``data``; Failure if the process is gone or takes too long."""
        view = memoryview(data).cast("B")
        while view:
            self.waiting = True
            try:
                written = os.write(self._request_fd, view)
            except BrokenPipeError:
                raise self._gone() from None
            finally:
                self.waiting = False
            view = view[written:]

    def read_into(self, view: memoryview) -> None:
        """Fill ``view`` (bytes); Failure if the process is gone or takes too long."""
        while view:
            self.waiting = True
            try:
                got = os.readv(self._reply_fd, (view,))
            finally:
                self.waiting = False
            if not got:
                raise self._gone()
            # Bytes that come one by one do not start the clock anew: it is the same answer.
            view = view[got:]

    def read_document(self) -> dict:
        """One JSON object of at most frames.DOCUMENT_LIMIT bytes; PROTOCOL if it is none."""
        prefix = bytearray(frames.LENGTH.size)
        self.read_into(memoryview(prefix))
        (size,) = frames.LENGTH.unpack(prefix)
        if size > frames.DOCUMENT_LIMIT:
            raise self.protocol_failure(f"it announced a document of {size} bytes")
        body = bytearray(size)
        if size:
            self.read_into(memoryview(body))
        try:
            document = json.loads(body.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            raise self.protocol_failure("its document is no JSON") from None
        if not isinstance(document, dict):
            raise self.protocol_failure("its document is no JSON object")
        return document

    def failure_of(self, document: dict) -> Failure:
        """The failure that a reason document claims, checked and cut to size."""
        kind, phase, slot = (document.get(key) for key in ("kind", "phase", "slot"))
        message, traceback = document.get("message"), document.get("traceback")
        if (
            not isinstance(kind, str)
            or kind not in REPORTABLE
            or phase not in CLAIMABLE[self._phase]
            or type(slot) is not int
            or not isinstance(message, str)
            or not isinstance(traceback, str)
        ):
            return self.protocol_failure("its reason is malformed")
        line = plain(" ".join(message.split())[:_MESSAGE_LIMIT])
        return Failure(kind, phase, line, plain(traceback[:_TRACEBACK_LIMIT]), slot)

    def protocol_failure(self, detail: str) -> Failure:
        """A PROTOCOL failure: what came does not follow the frames."""
        return Failure(
            "PROTOCOL", self._phase, f"the policy's process broke the protocol: {detail}"
        )

    def cpu_seconds(self) -> float:
        """CPU seconds used so far."""
        if self._exit is not None:
            return self._exit.cpu_seconds
        try:
            return time.clock_gettime(self._clock)
        except OSError:
            return 0.0

    def end(self) -> Exit:
        """End the process if it runs, and say how it ended. May be called again."""
        if self._exit is None:
            self.waiting = False
            ticker().leave(self)
            os.close(self._request_fd)
            os.close(self._reply_fd)
            self._marker.close()
            self._exit = self._template.reap(self._pid)
        return self._exit

    def look_at_clocks(self) -> None:
        """Raise if it is over time or not wanted any more; the ticker calls this in a wait."""
        self.waiting = False
        self._watch.look()
        self._waited += TICK_SECONDS
        budget, used, now = self._budget, self.cpu_seconds(), time.monotonic()
        if self._answer.number != self._asked:
            self._answer = _Answer(self._asked, now, used)
            self._call = (-1, used)
        # A call that overruns is stopped in the process, which can say where; this is for one that
        # cannot be stopped there. The count of calls is the process's own word: believed only
        # within the limit of all calls together.
        (call,) = _CALL.unpack_from(self._marker)
        if call != self._call[0]:
            self._call = (call, used)
        for taken, limit in (
            (used - self._call[1], budget.call),
            (used - self._answer.used, budget.answer),
        ):
            if taken > limit + _GRACE:
                raise self._timeout(
                    f"used {taken:.1f} s of CPU time (limit {limit:g} s) and could not be "
                    "interrupted (inside compiled code?)"
                )
        self.check_total()
        if now - self._answer.since > budget.wall:
            raise self._timeout(f"did not answer within {budget.wall:g} s", wall=True)
        self.waiting = True

    def check_total(self) -> None:
        """Failure if it has used what all of its episodes may use together."""
        used = self.cpu_seconds()
        if used > self._total_cpu:
            raise self._timeout(
                f"used {used:.1f} s of CPU time for all of its episodes (limit "
                f"{self._total_cpu:g} s)"
            )
        # A policy that waits a little in each call meets no other deadline.
        if self._waited > self._total_wall:
            raise self._timeout(
                f"kept others waiting for {self._waited:.0f} s in all (limit "
                f"{self._total_wall:g} s)",
                wall=True,
            )

    def _timeout(self, what: str, wall: bool = False) -> Failure:
        self.end()
        return Failure("TIMEOUT", self._phase, f"the policy's process {what}", wall=wall)

    def _gone(self) -> Failure:
        # A process that closed its pipes but runs on is ended here; it looks killed.
        ended = self.end()
        if ended.signal == signal.SIGXCPU:
            return Failure("TIMEOUT", self._phase, "the process used all of its CPU time")
        if ended.signal == signal.SIGSYS:
            return Failure(
                "FORBIDDEN", self._phase, "the policy made a system call that the sandbox forbids"
            )
        if ended.signal:
            how = f"by signal {ended.signal} ({_signal_name(ended.signal)})"
        else:
            how = f"with exit code {ended.code}"
        return Failure("PROCESS_DIED", self._phase, f"the policy's process ended {how}")


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"


def feedback_block(block: memoryview) -> bytes:
    """The length that goes before an episode's rows."""
    return struct.pack(">Q", len(block))
