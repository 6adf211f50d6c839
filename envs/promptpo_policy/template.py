"""The template: a small single-threaded process that forks a child for each candidate.

Its worker talks to it over a SOCK_SEQPACKET socket, one JSON document a packet:
``{"do": "fork", "memory_bytes": .., "cpu_seconds": ..}`` with three descriptors (the child's end
of the request and of the reply pipe, and memory shared with the worker) is answered
``{"pid": ..}``; ``{"do": "reap", "pid": ..}`` kills the child if it still runs and is answered
``{"code": .., "signal": .., "cpu_seconds": ..}``. A child is never reaped before it is asked for,
so its pid cannot become another process's. At end of file the template ends, and its children with
it.
"""

from __future__ import annotations

import contextlib
import gc
import json
import mmap
import os
import signal
import socket
import sys
from collections.abc import Sequence

from promptpo_policy import confine

# Loaded before the walls are up: what policies import most, and what needs a shared library of
# the system, which is not readable later.
_PRELOADED = """
    abc array bisect bz2 cmath collections collections.abc copy ctypes dataclasses datetime decimal
    enum fractions functools hashlib heapq inspect itertools json linecache lzma math numbers
    operator queue random re statistics string struct textwrap time traceback types typing
    unicodedata warnings weakref zlib
"""
_REQUEST_FD = 3
_REPLY_FD = 4


def main(socket_fd: int, level: str, standard_library: Sequence[str]) -> None:
    """Serve forks until the worker goes away."""
    confine.die_with_parent(os.getppid())
    control = socket.socket(fileno=socket_fd)
    control.set_inheritable(False)
    try:
        walls = _prepare(level, standard_library)
    except (confine.ConfinementUnavailable, OSError, ImportError) as problem:
        control.send(json.dumps({"error": str(problem)}).encode())
        sys.exit(1)
    control.send(json.dumps({"ready": os.getpid()}).encode())
    os.chdir("/")
    while True:
        packet, descriptors, _flags, _address = socket.recv_fds(control, 65536, 3)
        if not packet:
            return
        request = json.loads(packet)
        if request["do"] == "fork":
            pid = _fork(walls, request, descriptors)
            for descriptor in descriptors:
                os.close(descriptor)
            control.send(json.dumps({"pid": pid}).encode())
        else:
            control.send(json.dumps(_reap(request["pid"])).encode())


def _prepare(level: str, standard_library: Sequence[str]) -> confine.Walls:
    import importlib

    import numpy

    for name in _PRELOADED.split():
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    importlib.import_module("numpy.random")
    importlib.import_module("numpy.linalg")
    # Imported here so that no child needs to read it.
    importlib.import_module("promptpo_policy.runtime")
    package = os.path.dirname(os.path.abspath(numpy.__file__))
    readable = confine.readable_paths(
        standard_library,
        [package, package + ".libs", os.path.dirname(os.path.abspath(__file__))],
    )
    walls = confine.Walls(level, readable)
    _forget_site_folders(standard_library)
    sys.dont_write_bytecode = True
    gc.collect()
    gc.freeze()
    return walls


def _forget_site_folders(standard_library: Sequence[str]) -> None:
    # NumPy's submodules are found through its own __path__.
    sys.path[:] = list(standard_library)
    for folder in list(sys.path_importer_cache):
        if not any(folder == kept or folder.startswith(kept + "/") for kept in standard_library):
            del sys.path_importer_cache[folder]


def _fork(walls: confine.Walls, request: dict, descriptors: Sequence[int]) -> int:
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    # From here on nothing may return: this is the child.
    code = 70
    try:
        confine.die_with_parent(parent)
        os.setsid()
        marker = memoryview(mmap.mmap(descriptors[2], mmap.PAGESIZE)).cast("q")
        _keep_only_pipes(descriptors[:2], walls)
        walls.raise_limits(request["memory_bytes"], request["cpu_seconds"])
        from promptpo_policy import runtime

        runtime.main(_REQUEST_FD, _REPLY_FD, marker, walls)
        code = 0
    finally:
        os._exit(code)


def _keep_only_pipes(descriptors: Sequence[int], walls: confine.Walls) -> None:
    request, reply = (os.dup2(fd, 60 + place) for place, fd in enumerate(descriptors))
    null = os.open("/dev/null", os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    kept = walls.move_ruleset(62)
    os.dup2(request, _REQUEST_FD, inheritable=False)
    os.dup2(reply, _REPLY_FD, inheritable=False)
    os.closerange(_REPLY_FD + 1, kept)
    os.closerange(kept + 1, os.sysconf("SC_OPEN_MAX"))


def _reap(pid: int) -> dict:
    with contextlib.suppress(ProcessLookupError):
        # The whole session: at level `process` a policy may have left children in its group.
        os.killpg(pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    _pid, status, usage = os.wait4(pid, 0)
    return {
        "code": os.WEXITSTATUS(status) if os.WIFEXITED(status) else -1,
        "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
    }
