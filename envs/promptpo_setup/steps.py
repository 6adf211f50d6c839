"""The machinery of the set-up: steps, their stamps, and what happens when one is interrupted or
fails.

A step is done when its stamp holds the digest of everything that it depends on, the steps before it
included, and its result is still there. A mark is written before the work and taken away after it,
so a mark that is found says that the last attempt was cut off.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from promptpo_setup import children
from promptpo_setup.errors import StepFailed, Stop
from promptpo_setup.fingerprint import Inputs
from promptpo_setup.locking import exclusive
from promptpo_setup.progress import Progress

TAIL_LINES = 15
TAIL_COLUMNS = 200

# What a line of a failed step's log says about the way out.
CAUSES: tuple[tuple[str, str], ...] = (
    ("No space left on device", "the disk is full: free some space"),
    ("Python.h: No such file", "Python's headers are missing: Debian has them in python3-dev"),
    ("ensurepip is not available", "Python's venv is missing: Debian has it in python3-venv"),
    ("unable to execute 'gcc'", "a C compiler is missing: Debian has it in build-essential"),
    (
        "error: command 'gcc' failed: No such file",
        "a C compiler is missing: Debian: build-essential",
    ),
    (
        "Temporary failure in name resolution",
        "the network is not reachable; the set-up needs it once",
    ),
    ("NewConnectionError", "the network is not reachable; the set-up needs it once"),
    ("Unknown host", "the network is not reachable; the set-up needs it once"),
    (
        "No matching distribution found",
        "the package index that pip is set to has none for this Python: name another with "
        "PROMPTPO_PYTHON, or another index in pip's settings",
    ),
    ("Permission denied", "a file or folder cannot be written: see who owns it"),
    ("Read-only file system", "the checkout cannot be written: use one that can"),
    ("COMPILATION ERROR", "the Java sources do not compile: see the first error in the log"),
)


@dataclass(frozen=True)
class Step:
    """One stage of the set-up.

    ``inputs`` names what it depends on, ``work`` does it, and ``intact`` is cheap evidence that its
    result is still there. ``after`` names the steps whose results it builds on. ``advice`` is what
    to do when it fails and the log tells no more.
    """

    name: str
    title: str
    inputs: Callable[[], Inputs]
    work: Callable[[Shell], None]
    intact: Callable[[], bool]
    after: tuple[str, ...] = ()
    advice: str = "read the log, mend what it names and run the same command again"


class CommandFailed(Exception):
    """A command of a step ended with another code than 0, or left something that will not do."""

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.advice = advice


class Shell:
    """Runs the commands of one step, with all they print in the step's log."""

    def __init__(self, log: Path, held: int, environ: Mapping[str, str], interrupted: bool) -> None:
        self._log = log
        self._held = held
        self._environ = dict(environ)
        #: Whether the attempt before this one was cut off, so that its result cannot be trusted.
        self.interrupted = interrupted

    def run(
        self,
        command: Sequence[str | os.PathLike[str]],
        environ: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        """Runs a command to its end.

        :raises CommandFailed: it ended with another code than 0, or could not be started
        """
        words = [os.fspath(word) for word in command]
        with self._log.open("ab") as log:
            log.write(("$ " + " ".join(words) + "\n").encode())
            log.flush()
            try:
                code = children.run(
                    words, self._environ | dict(environ or {}), folder, log, (self._held,)
                )
            except OSError as error:
                raise CommandFailed(f"{words[0]} could not be started: {error}") from error
        if code != 0:
            raise CommandFailed(f"{Path(words[0]).name} ended with code {code}")


class Stamps:
    """What was done, one JSON file a step in the state folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, step: str) -> dict[str, str]:
        """The stamp of a step, empty where there is none or it cannot be read."""
        try:
            stamp = json.loads((self.folder / f"{step}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return stamp if isinstance(stamp, dict) else {}

    def write(self, step: str, stamp: Mapping[str, str | float]) -> None:
        write_whole(self.folder / f"{step}.json", json.dumps(stamp, indent=1) + "\n")

    def cut_off(self, step: str) -> bool:
        """Whether an attempt was begun and neither ended nor failed."""
        return self._mark(step).exists()

    def begin(self, step: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._mark(step).touch()

    def forget(self, step: str) -> None:
        (self.folder / f"{step}.json").unlink(missing_ok=True)

    def end(self, step: str) -> None:
        self._mark(step).unlink(missing_ok=True)

    def _mark(self, step: str) -> Path:
        return self.folder / f"{step}.begun"


def write_whole(path: Path, text: str) -> None:
    """Writes a file so that a reader sees the old content or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


class SetUp:
    """Brings a checkout's state to what its steps ask for."""

    def __init__(
        self,
        steps: Sequence[Step],
        state: Path,
        environ: Mapping[str, str],
        progress: Progress,
    ) -> None:
        self._steps = tuple(steps)
        self._state = state
        self._stamps = Stamps(state / "stamps")
        self._environ = environ
        self._progress = progress

    def pending(self) -> list[Step]:
        """The steps that are to be done, in order. Reads only what changed since their stamps."""
        pending: list[Step] = []
        keys: dict[str, str] = {}
        for step in self._steps:
            key, listing = self._digests(step, keys)
            keys[step.name] = key
            stamp = self._stamps.read(step.name)
            redone = any(other.name in step.after for other in pending)
            same = stamp.get("key") == key and not self._stamps.cut_off(step.name)
            if redone or not same or not step.intact():
                pending.append(step)
            elif stamp.get("listing") != listing:
                self._remember_listing(step, stamp, listing)
        return pending

    def ensure(self) -> dict[str, float]:
        """Does what is pending, and gives the seconds of each step done; empty when nothing was to
        do.

        :raises StepFailed: a step failed; those before it are kept
        """
        if not self.pending():
            return {}
        try:
            with exclusive(self._state / "lock", self._progress.waiting) as held:
                return self._work_off(held)
        except OSError as error:
            raise Stop(f"the state folder {self._state} cannot be used: {error}") from error

    def _work_off(self, held: int) -> dict[str, float]:
        seconds: dict[str, float] = {}
        # Asked again: whoever held the lock may have done it all.
        todo = self.pending()
        for number, step in enumerate(todo, start=1):
            keys: dict[str, str] = {}
            for other in self._steps:
                keys[other.name], listing = self._digests(other, keys)
                if other is step:
                    break
            seconds[step.title] = self._do(step, held, f"[{number}/{len(todo)}]")
            self._stamps.write(
                step.name,
                {
                    "key": keys[step.name],
                    "listing": listing,
                    "seconds": round(seconds[step.title], 1),
                },
            )
            self._stamps.end(step.name)
        return seconds

    def _do(self, step: Step, held: int, position: str) -> float:
        log = self._state / "log" / f"setup-{step.name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.unlink(missing_ok=True)
        log.touch()
        shell = Shell(log, held, self._environ, self._stamps.cut_off(step.name))
        for name in self._built_on(step):
            self._stamps.forget(name)
        self._stamps.begin(step.name)
        start = time.monotonic()
        with self._progress.step(f"{position} {step.title}"):
            try:
                step.work(shell)
            except CommandFailed as failure:
                self._stamps.end(step.name)
                raise StepFailed(_report(step, failure, log)) from failure
            except Stop:
                self._stamps.end(step.name)
                raise
        return time.monotonic() - start

    def _built_on(self, step: Step) -> list[str]:
        """The steps whose results are lost with this one's, at any distance, itself included."""
        names = [step.name]
        for other in self._steps:
            if set(other.after) & set(names):
                names.append(other.name)
        return names

    def _digests(self, step: Step, keys: Mapping[str, str]) -> tuple[str, str]:
        inputs = step.inputs()
        chained = dict(inputs.values) | {f"after {name}": keys[name] for name in step.after}
        inputs = Inputs(inputs.root, chained, inputs.files)
        listing = inputs.listing()
        stamp = self._stamps.read(step.name)
        if stamp.get("listing") == listing and stamp.get("key"):
            return stamp["key"], listing
        return inputs.key(), listing

    def _remember_listing(self, step: Step, stamp: Mapping[str, str], listing: str) -> None:
        # A checkout that cannot be written is slower, not broken.
        with contextlib.suppress(OSError):
            self._stamps.write(step.name, dict(stamp) | {"listing": listing})


def _report(step: Step, failure: CommandFailed, log: Path) -> str:
    text = log.read_text(encoding="utf-8", errors="replace")
    tail = text.splitlines()[-TAIL_LINES:]
    causes = (advice for sign, advice in CAUSES if sign in text)
    todo = failure.advice or next(causes, step.advice)
    return "\n".join(
        [
            f"the step '{step.title}' failed: {failure}",
            *(f"    {line[:TAIL_COLUMNS]}" for line in tail),
            f"  full log: {log}",
            f"  what to do: {todo}",
        ]
    )
