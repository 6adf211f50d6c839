"""Programs that we start: none outlives us when we are interrupted."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

_GRACE_SECONDS = 10.0


def run(
    command: Sequence[str | os.PathLike[str]],
    environ: Mapping[str, str],
    folder: Path | None = None,
    output: IO[bytes] | None = None,
    inherited: tuple[int, ...] = (),
) -> int:
    """Runs a program to its end and gives its exit code.

    With ``output``, all that it prints goes there and it reads nothing. When this process is
    interrupted, the program is asked to end, given some seconds to clean up, and then killed.

    :raises OSError: it could not be started
    """
    child = subprocess.Popen(
        [os.fspath(word) for word in command],
        env=dict(environ),
        cwd=folder,
        stdin=None if output is None else subprocess.DEVNULL,
        stdout=output,
        stderr=None if output is None else subprocess.STDOUT,
        pass_fds=inherited,
    )
    try:
        return child.wait()
    except BaseException:
        child.terminate()
        try:
            child.wait(timeout=_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        raise
