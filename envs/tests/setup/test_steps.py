"""Stamps, locks, interruptions and failures, over steps that count how often they work."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from promptpo_setup.errors import StepFailed, Stop
from promptpo_setup.fingerprint import Inputs
from promptpo_setup.progress import Progress, timings_table
from promptpo_setup.steps import SetUp, Shell, Step

ENVS = Path(__file__).resolve().parents[2]


@dataclass
class Workshop:
    """Three steps: ``a``, then ``b`` which builds on it, and ``c`` which stands alone."""

    folder: Path
    worked: list[str] = field(default_factory=list)
    commands: dict[str, list[str]] = field(default_factory=dict)
    interrupted: dict[str, bool] = field(default_factory=dict)
    said: io.StringIO = field(default_factory=io.StringIO)

    def step(self, name: str, after: tuple[str, ...] = ()) -> Step:
        lock, result = self.folder / f"{name}.lock", self.folder / f"{name}.result"
        if not lock.exists():
            lock.write_text(name)

        def work(shell: Shell) -> None:
            self.worked.append(name)
            self.interrupted[name] = shell.interrupted
            shell.run(self.commands.get(name, [sys.executable, "-c", "print('working')"]))
            result.write_text("made")

        return Step(
            name,
            f"step {name}",
            lambda: Inputs(self.folder, {"setting": "1"}, (lock,)),
            work,
            result.exists,
            after,
        )

    def set_up(self) -> SetUp:
        steps = [self.step("a"), self.step("b", ("a",)), self.step("c")]
        return SetUp(steps, self.folder / "state", os.environ, Progress(stream=self.said))

    def ensure(self) -> list[str]:
        self.worked.clear()
        self.set_up().ensure()
        return list(self.worked)


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


def test_a_second_call_does_no_work(workshop: Workshop) -> None:
    assert workshop.ensure() == ["a", "b", "c"]
    assert workshop.ensure() == []


def test_a_changed_lock_redoes_its_step_and_those_after_it(workshop: Workshop) -> None:
    workshop.ensure()
    (workshop.folder / "a.lock").write_text("changed")

    assert workshop.ensure() == ["a", "b"]
    assert workshop.ensure() == []


def test_a_changed_lock_leaves_the_steps_before_it(workshop: Workshop) -> None:
    workshop.ensure()
    (workshop.folder / "b.lock").write_text("changed")

    assert workshop.ensure() == ["b"]


def test_a_touched_file_of_the_same_content_redoes_nothing(workshop: Workshop) -> None:
    workshop.ensure()
    os.utime(workshop.folder / "a.lock", (1, 1))

    assert workshop.ensure() == []


def test_a_lost_result_is_made_again(workshop: Workshop) -> None:
    workshop.ensure()
    (workshop.folder / "a.result").unlink()

    assert workshop.ensure() == ["a", "b"]


def test_what_was_built_on_a_lost_result_is_not_trusted_after_a_failure(workshop: Workshop) -> None:
    workshop.ensure()
    (workshop.folder / "a.result").unlink()
    workshop.commands["b"] = [sys.executable, "-c", "raise SystemExit(1)"]
    with pytest.raises(StepFailed):
        workshop.ensure()
    workshop.commands.clear()

    assert workshop.ensure() == ["b"]


def test_a_torn_stamp_is_as_none(workshop: Workshop) -> None:
    workshop.ensure()
    (workshop.folder / "state/stamps/c.json").write_text('{"key": "4')

    assert workshop.ensure() == ["c"]


def test_a_failing_step_says_which_shows_its_end_and_what_to_do(workshop: Workshop) -> None:
    program = "print('first line'); print('error: No space left on device'); raise SystemExit(7)"
    workshop.commands["b"] = [sys.executable, "-c", program]

    with pytest.raises(StepFailed) as failure:
        workshop.ensure()

    text = str(failure.value)
    assert text.startswith("the step 'step b' failed: ")
    assert "ended with code 7" in text
    assert "    error: No space left on device\n" in text
    assert f"full log: {workshop.folder}/state/log/setup-b.log" in text
    assert "what to do: the disk is full" in text


def test_after_a_failure_only_what_is_left_is_done(workshop: Workshop) -> None:
    workshop.commands["b"] = [sys.executable, "-c", "raise SystemExit(1)"]
    with pytest.raises(StepFailed):
        workshop.ensure()
    workshop.commands.clear()

    assert workshop.ensure() == ["b", "c"]
    assert workshop.interrupted["b"] is False


def test_a_program_that_is_not_there_is_a_failure_of_its_step(workshop: Workshop) -> None:
    workshop.commands["a"] = ["/nonexistent/program"]

    with pytest.raises(StepFailed, match="/nonexistent/program could not be started"):
        workshop.ensure()


def test_a_state_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    (tmp_path / "state").write_text("a file where the folder belongs")

    with pytest.raises(Stop, match=r"the state folder .* cannot be used"):
        workshop.ensure()


def test_progress_names_each_step_with_its_seconds(workshop: Workshop) -> None:
    workshop.ensure()

    assert "[1/3] step a ...\n" in workshop.said.getvalue()
    assert "[3/3] step c: done in " in workshop.said.getvalue()


def test_the_table_of_timings_adds_up() -> None:
    assert timings_table({"one": 1.25, "three": 30.0}).splitlines() == [
        "  one           1.2 s",
        "  three        30.0 s",
        "  together     31.2 s",
    ]


# Whole processes: what happens when one is killed, and when two run at once.

PROGRAM = """
import os, sys
from pathlib import Path
sys.path.insert(0, {envs!r})
from promptpo_setup.fingerprint import Inputs
from promptpo_setup.progress import Progress
from promptpo_setup.steps import SetUp, Step

folder = Path({folder!r})

def work(shell):
    with (folder / "attempts").open("a") as attempts:
        attempts.write(f"{{os.getpid()}} interrupted={{shell.interrupted}}\\n")
    shell.run([sys.executable, "-c", {command!r}])
    (folder / "result").write_text("made")

step = Step("only", "only step", lambda: Inputs(folder), work, (folder / "result").exists)
SetUp([step], folder / "state", os.environ, Progress()).ensure()
"""


def start(folder: Path, command: str) -> subprocess.Popen[str]:
    program = textwrap.dedent(PROGRAM).format(envs=str(ENVS), folder=str(folder), command=command)
    return subprocess.Popen(
        [sys.executable, "-I", "-c", program], stderr=subprocess.PIPE, text=True
    )


def attempts(folder: Path) -> list[str]:
    file = folder / "attempts"
    return [line.split()[1] for line in file.read_text().splitlines()] if file.exists() else []


def wait_for(condition: Callable[[], object], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def test_two_at_once_wait_for_each_other_and_work_once(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    command = f"import os, time\nwhile not os.path.exists({str(gate)!r}): time.sleep(.01)"
    first = start(tmp_path, command)
    wait_for(lambda: attempts(tmp_path))
    second = start(tmp_path, command)
    assert second.stderr is not None
    line = second.stderr.readline()
    assert line == (
        f"another set-up of this checkout is at work (process {first.pid}); waiting for it\n"
    )
    gate.touch()

    assert (first.wait(20), second.wait(20)) == (0, 0)
    assert len(attempts(tmp_path)) == 1


def test_a_killed_set_up_is_recognised_and_its_orphan_waited_for(tmp_path: Path) -> None:
    gate, at_work = tmp_path / "gate", tmp_path / "at-work"
    command = (
        f"import os, time\nopen({str(at_work)!r}, 'w').close()\n"
        f"while not os.path.exists({str(gate)!r}): time.sleep(.01)"
    )
    first = start(tmp_path, command)
    wait_for(at_work.exists)
    first.send_signal(signal.SIGKILL)
    first.wait(20)
    second = start(tmp_path, command)
    assert second.stderr is not None
    assert "is at work" in second.stderr.readline()
    gate.touch()

    assert second.wait(20) == 0
    assert attempts(tmp_path) == ["interrupted=False", "interrupted=True"]
    assert (tmp_path / "result").exists()
