"""Starts our Java programs."""

from __future__ import annotations

import os
from collections.abc import Sequence

from promptpo_setup.home import Home
from promptpo_setup.jdk import Jdk

MAIN = "dev.promptpo.cli.Main"


def command(home: Home, jdk: Jdk, arguments: Sequence[str]) -> list[str]:
    """The command line of the batch program. It mostly waits for other processes, so it starts
    quickly rather than compiling well.
    """
    return [
        str(jdk.java),
        *jdk.flags(),
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Xshare:auto",
        f"-Dpromptpo.home={home.root}",
        "-cp",
        f"{home.java_lib}/*",
        MAIN,
        *arguments,
    ]


def class_path(home: Home) -> list[str]:
    """The jars of the library and of all that it needs, without the kernel and the command line:
    another kernel brings its own.
    """
    ours = ("dev.promptpo.promptpo-kernel-", "dev.promptpo.promptpo-cli-")
    jars = sorted(home.java_lib.glob("*.jar"))
    return [str(jar) for jar in jars if not jar.name.startswith(ours)]


def become(home: Home, jdk: Jdk, arguments: Sequence[str]) -> None:
    """Replaces this process by the batch program: its exit code and signals are the user's."""
    words = command(home, jdk, arguments)
    os.execve(words[0], words, home.environment())
