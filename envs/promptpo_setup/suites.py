"""Every test of every module, and one summary."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from promptpo_setup import children, chromium
from promptpo_setup.bootstrap import MODULES, find_maven, maven_environment
from promptpo_setup.home import Home
from promptpo_setup.jdk import Jdk

_NO_TESTS_COLLECTED = 5


@dataclass(frozen=True)
class Options:
    """What of the tests to run: the slow ones too, only those whose name holds a word, only some
    suites.
    """

    slow: bool = False
    word: str = ""
    only: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """A suite's counts and wall-clock seconds; ``note`` says what a number cannot."""

    suite: str
    passed: int
    failed: int
    skipped: int
    seconds: float
    note: str = ""


@dataclass(frozen=True)
class Suite:
    """A suite: its name and how it is run."""

    name: str
    run: Callable[[], Outcome]


def parse(arguments: Sequence[str]) -> Options:
    """The options of ``./promptpo test``; ends the program with code 2 where they are wrong."""
    parser = argparse.ArgumentParser(prog="./promptpo test", description=__doc__)
    parser.add_argument("--slow", action="store_true", help="run what is marked slow as well")
    parser.add_argument("-k", dest="word", default="", help="only tests whose name holds this word")
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        choices=["format", "junit", "pytest", "notebooks"],
        help="only this suite; may be given more than once",
    )
    asked = parser.parse_args(arguments)
    return Options(asked.slow, asked.word, tuple(asked.only))


def run(home: Home, kit: Jdk, options: Options) -> int:
    """Runs the suites one after another, whatever becomes of each, and prints the summary.

    :returns: 0 when nothing failed, else 1
    """
    runner = _Runner(home, kit, options)
    outcomes = []
    for suite in runner.suites():
        print(f"\n== {suite.name}", flush=True)
        outcomes.append(suite.run())
    print(f"\n{summary(outcomes)}", flush=True)
    return 1 if any(outcome.failed for outcome in outcomes) else 0


def summary(outcomes: Sequence[Outcome]) -> str:
    """A row for each suite and, alone on the last line, the sums."""
    width = max([len(outcome.suite) for outcome in outcomes] or [0])
    rows = [
        f"{o.suite:<{width}}  {o.passed:5d} passed {o.failed:4d} failed {o.skipped:4d} skipped"
        f" {o.seconds:7.1f} s{'  ' + o.note if o.note else ''}"
        for o in outcomes
    ]
    passed, failed, skipped = (
        sum(getattr(outcome, count) for outcome in outcomes)
        for count in ("passed", "failed", "skipped")
    )
    return "\n".join([*rows, f"{passed} passed, {failed} failed, {skipped} skipped"])


def junit_counts(reports: Sequence[Path]) -> tuple[int, int, int]:
    """Passed, failed and skipped of JUnit's XML reports, which pytest writes too.

    A report that cannot be read counts as a failure: its tests may not have ended.
    """
    passed = failed = skipped = 0
    for report in reports:
        try:
            root = ElementTree.parse(report).getroot()
        except (ElementTree.ParseError, OSError):
            failed += 1
            continue
        for suite in [root] if root.tag == "testsuite" else root.iter("testsuite"):
            tests = int(suite.get("tests", 0))
            bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            passed_over = int(suite.get("skipped", 0))
            passed += tests - bad - passed_over
            failed += bad
            skipped += passed_over
    return passed, failed, skipped


class _Runner:
    def __init__(self, home: Home, kit: Jdk, options: Options) -> None:
        self._home = home
        self._kit = kit
        self._options = options
        self._environ = home.environment() | {"JAVA_HOME": str(kit.home)}
        self._reports = home.artefacts / "test"

    def suites(self) -> list[Suite]:
        envs, notebooks = (
            self._home.root / "envs" / "tests",
            self._home.root / "notebooks" / "tests",
        )
        groups = {
            "format": [
                Suite("ruff check", lambda: self._ruff("ruff check", "check")),
                Suite("ruff format", lambda: self._ruff("ruff format", "format", "--check")),
                Suite("spotless", self._spotless),
            ],
            "pytest": [Suite("pytest envs", lambda: self._pytest("pytest envs", envs))],
            "junit": [Suite("JUnit", self._junit)],
            "notebooks": [
                Suite("notebooks and browser", lambda: self._browser(notebooks)),
            ],
        }
        wanted = self._options.only or tuple(groups)
        return [suite for name in groups if name in wanted for suite in groups[name]]

    def _ruff(self, name: str, *arguments: str) -> Outcome:
        ruff = self._home.venv_python.parent / "ruff"
        folders = [f for f in ("envs", "notebooks") if (self._home.root / f).exists()]
        return self._single(name, [ruff, *arguments, *folders], {})

    def _spotless(self) -> Outcome:
        return self._single("spotless", self._maven("-q", "spotless:check"), self._maven_environ())

    def _junit(self) -> Outcome:
        for module in MODULES:
            shutil.rmtree(
                self._home.root / module / "target" / "surefire-reports", ignore_errors=True
            )
        # Failures are counted from the reports, so that one module's do not keep the next from
        # running.
        arguments = ["verify", "-Dmaven.test.failure.ignore=true", "-Dstyle.color=never"]
        if self._options.slow:
            arguments.append("-Dsurefire.groups.excluded=")
        if self._options.word:
            arguments += [
                f"-Dtest=*{self._options.word}*",
                "-Dsurefire.failIfNoSpecifiedTests=false",
            ]
        code, seconds = self._call(self._maven(*arguments), self._maven_environ())
        reports = [
            report
            for module in MODULES
            for report in (self._home.root / module / "target").glob("surefire-reports/TEST-*.xml")
        ]
        passed, failed, skipped = junit_counts(reports)
        note = ""
        if code != 0:
            failed, note = failed + 1, f"Maven ended with code {code}"
        return Outcome("JUnit", passed, failed, skipped, seconds, note)

    def _pytest(self, name: str, folder: Path, extra: Mapping[str, str] | None = None) -> Outcome:
        if not folder.exists():
            return Outcome(name, 0, 1, 0, 0.0, f"{folder} is missing")
        self._reports.mkdir(parents=True, exist_ok=True)
        report = self._reports / f"{name.replace(' ', '-')}.xml"
        report.unlink(missing_ok=True)
        command = [self._home.venv_python, "-m", "pytest", "-q", "-rfE", f"--junitxml={report}"]
        if not self._options.slow:
            command += ["-m", "not slow"]
        if self._options.word:
            command += ["-k", self._options.word]
        code, seconds = self._call([*command, folder], extra or {})
        if code == _NO_TESTS_COLLECTED:
            missing = 0 if self._options.word else 1
            return Outcome(name, 0, missing, 0, seconds, "no tests were found")
        passed, failed, skipped = junit_counts([report])
        if code != 0 and failed == 0:
            return Outcome(name, passed, 1, skipped, seconds, f"pytest ended with code {code}")
        return Outcome(name, passed, failed, skipped, seconds)

    def _browser(self, folder: Path) -> Outcome:
        browser = chromium.find(os.environ) or chromium.install(self._home)
        extra = {"PROMPTPO_CHROMIUM": str(browser)} if browser else {}
        outcome = self._pytest("notebooks and browser", folder, extra)
        if browser:
            return outcome
        note = "no Chromium here: the browser tests did not run"
        failed = outcome.failed
        if chromium.required(os.environ) and failed == 0:
            failed, note = 1, note + ", which is a failure under CI=true"
        return Outcome(
            outcome.suite, outcome.passed, failed, outcome.skipped, outcome.seconds, note
        )

    def _single(
        self, name: str, command: Sequence[str | Path], extra: Mapping[str, str]
    ) -> Outcome:
        code, seconds = self._call(command, extra)
        return Outcome(name, int(code == 0), int(code != 0), 0, seconds)

    def _maven(self, *arguments: str) -> list[str]:
        return [find_maven(os.environ), "-B", "-ntp", *arguments]

    def _maven_environ(self) -> dict[str, str]:
        return maven_environment(self._kit, os.environ)

    def _call(self, command: Sequence[str | Path], extra: Mapping[str, str]) -> tuple[int, float]:
        start = time.monotonic()
        words = [str(word) for word in command]
        try:
            code = children.run(words, self._environ | dict(extra), self._home.root)
        except OSError as error:
            print(f"promptpo: {words[0]} could not be started: {error}", file=sys.stderr)
            code = 127
        return code, time.monotonic() - start
