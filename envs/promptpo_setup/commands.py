"""The command line: what is done here, and what goes on to Java."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from promptpo_setup import children, doctor, java, jdk, kernel_spec, notebooks, quick_start, suites
from promptpo_setup.bootstrap import set_up
from promptpo_setup.errors import Stop
from promptpo_setup.extras import EXTRAS
from promptpo_setup.home import Home
from promptpo_setup.progress import Progress, timings_table
from promptpo_setup.steps import write_whole

HELP = """\
usage: ./promptpo COMMAND [options]

  run                     set up what is missing, execute the quickstart notebook, show its results
  lab [options]           JupyterLab with the Java kernel ready; options go to jupyter lab
  test [--slow] [-k WORD] every test of every module, with one summary at the end
  doctor                  what was found on this machine, what is missing, what to install
  setup                   set up what is missing and nothing else
  install EXTRA           add an extra to the base installation
  classpath               what to put on the class path of another kernel, of jshell or a program
  kernel install|uninstall [--user|--sys-prefix|--prefix FOLDER]
                          make the kernel known to your own Jupyter (or to the active environment's,
                          or to the one under a folder), or take it away again
  benchmark kernel        how quickly a notebook starts, and what its checkpoints cost

  everything else goes to the batch program, which `./promptpo help` lists once the set-up is done:
  optimize, evaluate, environments, runs, ...; each explains itself with --help

Set-up and state live in .promptpo/ inside the checkout. PROMPTPO_PYTHON and
PROMPTPO_JAVA_HOME name a Python and a JDK to use; docs/setup.md has the rest.
"""


def main(arguments: Sequence[str]) -> int:
    """Runs one command and gives its exit code."""
    signal.signal(signal.SIGTERM, _terminated)
    try:
        return _dispatch(list(arguments), Home.here())
    except Stop as stop:
        print(f"promptpo: {stop}", file=sys.stderr)
        return stop.code
    except OSError as error:
        # A disk or a folder that takes nothing more; what was done before is kept.
        where = f"{error.filename}: " if error.filename else ""
        print(f"promptpo: {where}{error.strerror or error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("promptpo: interrupted; the same command goes on from here", file=sys.stderr)
        return 130


def _usage(name: str) -> str:
    """What the help says of one command."""
    lines = HELP.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(f"  {name} "))
    return f"usage: ./promptpo {lines[start].strip()}"


def _terminated(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _dispatch(arguments: list[str], home: Home) -> int:
    if arguments[:1] == ["help"] and len(arguments) > 1:
        arguments = [*arguments[1:], "--help"]
    if not arguments or arguments[0] in ("--help", "-h", "help"):
        return _help(home)
    name, rest = arguments[0], arguments[1:]
    command = COMMANDS.get(name)
    if command is not None and name not in EXPLAIN_THEMSELVES and {"--help", "-h"} & set(rest):
        print(_usage(name))
        return 0
    if command is not None:
        return command(home, rest)
    java.become(home, prepare(home), arguments)
    raise AssertionError("the process was replaced")


def prepare(home: Home, with_tests: bool = False) -> jdk.Jdk:
    """Does what the set-up still needs; quick where that is nothing.

    :returns: the JDK to use
    :raises Stop: something is missing or a step failed
    """
    kit = jdk.choose(os.environ)
    if home.given_venv and not home.venv_python.exists():
        raise Stop(f"the virtual environment {home.venv} holds no bin/python; unset PROMPTPO_VENV")
    progress = Progress(home.log / "setup.log")
    setting_up = set_up(home, kit, os.environ, progress, with_tests)
    # Said before the minutes that the other steps take, rather than after them.
    lacking = doctor.lacking([step.name for step in setting_up.pending()])
    if lacking:
        lines = [f"  {finding.subject}: {finding.text}; {finding.todo}" for finding in lacking]
        raise Stop("\n".join(["the set-up needs what is missing here:", *lines]))
    seconds = setting_up.ensure()
    if seconds:
        _keep_timings(home, seconds)
        print(f"set-up is done\n{timings_table(seconds)}", file=sys.stderr)
    return kit


def _keep_timings(home: Home, seconds: dict[str, float]) -> None:
    """Adds to the seconds of earlier set-ups, so that one that was cut off leaves no gap."""
    file = home.stamps / "timings.json"
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        kept = {}
    kept |= {title: round(value, 1) for title, value in seconds.items()}
    write_whole(file, json.dumps(kept, indent=1) + "\n")


def _help(home: Home) -> int:
    print(HELP)
    if not next(home.java_lib.glob("dev.promptpo.promptpo-cli-*.jar"), None):
        return 0
    sys.stdout.flush()
    java.become(home, jdk.choose(os.environ), ["--help"])
    return 0


def _run(home: Home, arguments: list[str]) -> int:
    _no_more("run", arguments)
    prepare(home)
    return notebooks.run_quickstart(home)


def _lab(home: Home, arguments: list[str]) -> int:
    prepare(home)
    return notebooks.lab(home, arguments)


def _test(home: Home, arguments: list[str]) -> int:
    options = suites.parse(arguments)
    return suites.run(home, prepare(home, with_tests=True), options)


def _doctor(home: Home, arguments: list[str]) -> int:
    _no_more("doctor", arguments)
    return doctor.run(home)


def _setup(home: Home, arguments: list[str]) -> int:
    _no_more("setup", arguments)
    kit = prepare(home)
    print(f"ready: JDK {kit.version} in {kit.home}, {home.venv}", file=sys.stderr)
    return 0


def _install(home: Home, arguments: list[str]) -> int:
    names = ", ".join(extra.name for extra in EXTRAS)
    if len(arguments) != 1:
        raise Stop(f"install expects one extra, one of: {names}", code=2)
    for extra in EXTRAS:
        if extra.name == arguments[0]:
            raise Stop(f"the extra '{extra.name}' ({extra.purpose}) is not in this version yet", 2)
    raise Stop(f"unknown extra '{arguments[0]}'; the extras are: {names}", code=2)


def _kernel(home: Home, arguments: list[str]) -> int:
    asked = _kernel_arguments(arguments)
    folder = asked.folder(home)
    if asked.action == "install":
        kit = prepare(home)
        spec = kernel_spec.content(home, kit, *quick_start.options(home, kit))
        kernel_spec.write(folder, spec)
        print(f"installed {folder}")
    elif kernel_spec.remove(folder):
        print(f"removed {folder}")
    else:
        print(f"nothing at {folder}")
    return 0


@dataclass(frozen=True)
class _KernelArguments:
    """``install`` or ``uninstall``, and for whom: the user, or a Jupyter under a prefix."""

    action: str
    prefix: Path | None = None

    def folder(self, home: Home) -> Path:
        if self.prefix is None:
            return kernel_spec.user_folder()
        return kernel_spec.jupyter_folder(self.prefix)


def _kernel_arguments(arguments: list[str]) -> _KernelArguments:
    match arguments:
        case ["install" | "uninstall" as action]:
            return _KernelArguments(action)
        case ["install" | "uninstall" as action, "--user"]:
            return _KernelArguments(action)
        case ["install" | "uninstall" as action, "--sys-prefix"]:
            return _KernelArguments(action, Path(_sys_prefix()))
        case ["install" | "uninstall" as action, "--prefix", prefix]:
            return _KernelArguments(action, Path(prefix).absolute())
        case ["install" | "uninstall" as action, option] if option.startswith("--prefix="):
            return _KernelArguments(action, Path(option.removeprefix("--prefix=")).absolute())
    raise Stop(
        "kernel expects: install or uninstall, then nothing, --user, --sys-prefix or --prefix "
        f"FOLDER; found: {' '.join(arguments) or 'nothing'}",
        code=2,
    )


def _sys_prefix() -> str:
    """The active environment: conda's, a virtual environment's, else this Python's own."""
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        if os.environ.get(name):
            return os.environ[name]
    return sys.prefix


def _benchmark(home: Home, arguments: list[str]) -> int:
    kit = prepare(home)
    if arguments[:1] != ["kernel"]:
        java.become(home, kit, ["benchmark", *arguments])
    words = kernel_spec.command(home, kit)
    cached = kernel_spec.command(home, kit, *quick_start.options(home, kit))
    command = [home.venv_python, "-m", "promptpo_notebook.benchmark", *arguments[1:]]
    return children.run([*command, "--plain", *words, "--cached", *cached], home.environment())


def _classpath(home: Home, arguments: list[str]) -> int:
    _no_more("classpath", arguments)
    prepare(home)
    print(os.pathsep.join(java.class_path(home)))
    return 0


def _no_more(name: str, arguments: list[str]) -> None:
    if arguments:
        raise Stop(f"{name} takes no arguments, found: {' '.join(arguments)}", code=2)


EXPLAIN_THEMSELVES = ("lab", "test", "benchmark")

COMMANDS: dict[str, Callable[[Home, list[str]], int]] = {
    "run": _run,
    "lab": _lab,
    "test": _test,
    "doctor": _doctor,
    "setup": _setup,
    "classpath": _classpath,
    "install": _install,
    "kernel": _kernel,
    "benchmark": _benchmark,
}
