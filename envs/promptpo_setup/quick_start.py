"""The cache from which the kernel's classes are loaded: read, linked and profiled once, at set-up.

A Java virtual machine checks by itself that a cache fits its version, its options and its class
path, and does without one that does not; so a missing or stale cache costs time and nothing else.
"""

from __future__ import annotations

from pathlib import Path

from promptpo_setup.home import Home
from promptpo_setup.jdk import Jdk
from promptpo_setup.kernel_spec import command
from promptpo_setup.steps import CommandFailed, Shell, write_whole

# From this release on, a cache also holds linked classes and profiles (JEP 483, 515).
_AOT = 25


def folder(home: Home) -> Path:
    """Where the cache lies: beside the jars, whose class path takes every jar of its own folder."""
    return home.java_lib.with_name("start")


def cache(home: Home) -> Path:
    return folder(home) / "kernel.cache"


def failure(home: Home) -> Path:
    """Says why there is no cache, where making one failed."""
    return folder(home) / "failed.txt"


def options(home: Home, jdk: Jdk) -> list[str]:
    """What makes a kernel use the cache, quietly where it does not fit."""
    if jdk.feature >= _AOT:
        return [f"-XX:AOTCache={cache(home)}", "-Xlog:aot=off", "-Xlog:cds=off"]
    return [f"-XX:SharedArchiveFile={cache(home)}", "-Xshare:auto", "-Xlog:cds=off"]


def make(home: Home, jdk: Jdk, shell: Shell) -> None:
    """Makes the cache from a rehearsal; where that fails, says so and leaves none."""
    cache(home).unlink(missing_ok=True)
    failure(home).unlink(missing_ok=True)
    folder(home).mkdir(parents=True, exist_ok=True)
    try:
        if jdk.feature >= _AOT:
            _make_aot(home, jdk, shell)
        else:
            _rehearse(home, jdk, shell, f"-XX:ArchiveClassesAtExit={cache(home)}")
        if not cache(home).exists():
            raise CommandFailed("the rehearsal left no cache")
    except CommandFailed as failed:
        cache(home).unlink(missing_ok=True)
        write_whole(failure(home), f"{failed}\n")


def _make_aot(home: Home, jdk: Jdk, shell: Shell) -> None:
    configuration = folder(home) / "kernel.rehearsal"
    # Recorded first and made apart: one step would end after Jupyter's patience with a kernel.
    _rehearse(home, jdk, shell, "-XX:AOTMode=record", f"-XX:AOTConfiguration={configuration}")
    words = command(home, jdk, "-XX:AOTMode=create", f"-XX:AOTConfiguration={configuration}")
    shell.run([*words, f"-XX:AOTCache={cache(home)}"], {"PROMPTPO_JVM_OPTS": ""})
    configuration.unlink(missing_ok=True)


def _rehearse(home: Home, jdk: Jdk, shell: Shell, *options: str) -> None:
    words = command(home, jdk, *options)
    shell.run(
        [home.venv_python, "-m", "promptpo_notebook.rehearsal", *words],
        {"PROMPTPO_JVM_OPTS": ""},
    )
