"""Rounds that are under way in a cell, and how they end: with an interrupt, with the kernel, with a
kill. What is left after each: no process of a policy, and at the end none at all.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import psutil
import pytest
from test_kernel_protocol import Kernel, home, plain, write_spec

INTERRUPTED_S = 1.0
"""The promise for a round that is interrupted; it takes a quarter of that."""
KILLED_S = 2.0
"""The promise for what a kill leaves."""

# Four candidates whose episodes take minutes, well within their limits.
ROUND = '''
import dev.promptpo.llm.Models;
import dev.promptpo.optimizer.PromptPO;
import dev.promptpo.optimizer.Run;
import java.nio.file.Path;

String slow = """
```python
class CartPolePolicy:
    def act(self, obs):
        sum(range(3_000_000))
        return int(obs.pole_angle + obs.pole_angular_velocity > 0)
```
""";
Run run = PromptPO.on("CartPole-v1").model(Models.scripted(request -> slow))
        .candidates(4).rounds(1).seed(0).start();
System.out.println("a round begins");
run.step();
'''


@pytest.fixture
def kernel(tmp_path: Path):
    environment = {
        "PROMPTPO_HOME": str(home()),
        "PROMPTPO_VENV": sys.prefix,
        "PROMPTPO_RUNS": str(tmp_path / "runs"),
    }
    write_spec(tmp_path, "java-rollouts", environment)
    running = Kernel(tmp_path, "java-rollouts")
    try:
        if running.run("import dev.promptpo.rollout.RolloutEngines;").status != "ok":
            message = "the library is not on the kernel's class path"
            if os.environ.get("CI") == "true":
                pytest.fail(message)
            pytest.skip(message)
        yield running
    finally:
        if running.manager.has_kernel:
            running.stop()
        else:
            running.client.stop_channels()


def engine(kernel: Kernel) -> list[psutil.Process]:
    """The pool, its workers, their templates and the policies that run."""
    return psutil.Process(kernel.pid).children(recursive=True)


def policies(kernel: Kernel) -> list[psutil.Process]:
    """A policy is a copy of its template: a process whose parent has the same command line."""
    found = []
    for process in engine(kernel):
        try:
            command = process.cmdline()
            if any("promptpo_policy" in word for word in command) and (
                process.parent().cmdline() == command
            ):
                found.append(process)
        except (psutil.NoSuchProcess, psutil.ZombieProcess, AttributeError):
            continue
    return found


def begin(kernel: Kernel) -> str:
    """Starts the round; returns when its policies run."""
    # Its self-test runs in processes like a policy's.
    kernel.run("dev.promptpo.rollout.RolloutEngines.shared().isolation()")
    request = kernel.send(ROUND)
    kernel.wait_for_output(request, "a round begins")
    until = time.monotonic() + 60
    while not policies(kernel):
        assert time.monotonic() < until, "no policy was started"
        time.sleep(0.02)
    return request


def seconds_until_gone(processes: list[psutil.Process]) -> float:
    """How long they went on; fails where that is longer than was promised."""
    began = time.monotonic()
    while any(map(alive, processes)):
        assert time.monotonic() - began < KILLED_S, f"went on: {list(filter(alive, processes))}"
        time.sleep(0.01)
    return time.monotonic() - began


def alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_an_interrupt_ends_a_round_and_leaves_no_policy(kernel: Kernel) -> None:
    request = begin(kernel)
    began = time.monotonic()
    kernel.manager.interrupt_kernel()
    reply = kernel.receive(request)
    ended = time.monotonic() - began
    print(f"\nthe cell ended {ended:.2f} s after the interrupt")
    assert reply.status == "error"
    assert "interrupt" in "\n".join(plain(reply.traceback)).lower()
    # One that waited for a worker may have been started since, and been told to end.
    while policies(kernel):
        assert time.monotonic() - began < INTERRUPTED_S, "policies went on after the interrupt"
        time.sleep(0.01)
    assert ended < INTERRUPTED_S
    print(f"its policies were gone {time.monotonic() - began:.2f} s after it")
    # The pool, its workers and their templates are for the next round, which starts at once.
    assert len(engine(kernel)) >= 3


def test_a_kernel_that_is_closed_leaves_no_process(kernel: Kernel) -> None:
    begin(kernel)
    processes = engine(kernel)
    assert len(processes) >= 4
    kernel.manager.shutdown_kernel()
    print(f"\nall were gone {seconds_until_gone(processes):.2f} s after the kernel")


def test_a_kernel_that_is_killed_leaves_no_process(kernel: Kernel) -> None:
    begin(kernel)
    processes = engine(kernel)
    os.kill(kernel.pid, signal.SIGKILL)
    print(f"\nall were gone {seconds_until_gone(processes):.2f} s after the kill")


CALL = '''
String {0}Source = """
class CartPolePolicy:
    def __init__(self):
        self.calls = 0
    def act(self, obs):
        self.calls += 1
        return {1}
""";
var {0} = RolloutEngines.shared().rollout("CartPole-v1", {0}Source, List.of(1L, 2L),
        Map.of("cpu_s_step", 0.5));
'''


def test_a_cell_shows_what_came_of_a_rollout(kernel: Kernel) -> None:
    kernel.run("import dev.promptpo.analysis.Tables; import java.util.List; import java.util.Map;")
    for name, action in (("good", "int(obs.pole_angle > 0)"), ("bad", "self.plan[0]")):
        reply = kernel.run(CALL.format(name, action))
        assert reply.status == "ok", reply.content
    shown = kernel.run("good").result
    assert "completed: score " in shown["text/html"] and "over 2 episodes" in shown["text/plain"]
    shown = kernel.run("bad").result
    for form in (shown["text/plain"], shown["text/html"]):
        assert "EXCEPTION in act, episode 1, step 1" in form
        assert "line 6, in act\n    return self.plan[0]" in form
    table = kernel.run("Tables.rollouts(List.of(good, bad))").result["text/plain"].splitlines()
    assert table[0].split()[:6] == ["rollout", "outcome", "kind", "phase", "message", "score"]
    assert "completed" in table[1] and "has no attribute 'plan'" in table[2]
