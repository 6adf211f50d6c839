"""Proof of an isolation level at start: a probe tries what the level refuses.

The probe is generated code like any other: a Feedback class in a policy process, forked from the
template that will fork the policies. It goes for a canary file whose content it cannot guess.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import tempfile

from promptpo_policy.confine import SANDBOX

from promptpo_rollout import feedback
from promptpo_rollout.limits import Limits
from promptpo_rollout.outcome import Failure
from promptpo_rollout.policy_process import Template, TemplateError, Watch
from promptpo_rollout.request import FeedbackRequest

ALWAYS = ("environment", "descriptors", "memory")
"""Probes that every level must refuse; the level ``sandbox`` must refuse all of them."""

_MISSING = {
    "canary_read": "Landlock does not keep files from being read",
    "canary_write": "files can be written",
    "canary_beside": "files can be made",
    "packages": "packages other than NumPy can be read",
    "parent_environment": "another process's environment can be read",
    "socket": "sockets can be opened",
    "fork": "processes can be started",
    "exec": "programs can be started",
    "thread": "threads can be started",
    "signal": "signals can be sent to other processes",
    "environment": "environment variables are inherited",
    "descriptors": "descriptors are inherited",
    "memory": "the memory limit does not hold",
}

_PROBE = """
import json, os

CANARY = %(canary)r
PACKAGE = %(package)r

def canary_read():
    open(CANARY, "rb").read()

def canary_write():
    os.close(os.open(CANARY, os.O_WRONLY))

def canary_beside():
    os.close(os.open(CANARY + ".new", os.O_WRONLY | os.O_CREAT))

def packages():
    open(PACKAGE, "rb").read()

def parent_environment():
    open("/proc/%%d/environ" %% os.getppid(), "rb").read()

def socket():
    import _socket
    _socket.socket(1, 1).close()

def fork():
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)

def exec():
    os.execve("/proc/self/exe", ["nothing", "--version"], {})

def thread():
    import _thread
    _thread.start_new_thread(int, ())

def signal():
    os.kill(os.getppid(), 0)

def environment():
    allowed = {"LANG", "LC_CTYPE", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS",
               "PYTHONHASHSEED"}
    if set(os.environ) <= allowed:
        raise PermissionError

def descriptors():
    found = set()
    for number in range(64):
        try:
            os.fstat(number)
            found.add(number)
        except OSError:
            pass
    if found == {0, 1, 2, 3, 4}:
        raise PermissionError

def memory():
    bytes(1 << 36)

PROBES = [canary_read, canary_write, canary_beside, packages, parent_environment, socket, fork,
          thread, signal, environment, descriptors, memory]

class Feedback:
    def summarize_trajectory(self, trajectory):
        found = {}
        for probe in PROBES + ([exec] if %(try_exec)r else []):
            try:
                probe()
                found[probe.__name__] = "allowed"
            except (OSError, RuntimeError, MemoryError, ImportError):
                found[probe.__name__] = "refused"
        return json.dumps(found)
"""

_SPECIFICATION = {
    "observation": [{"name": "nothing", "start": 0, "stop": 1, "shape": []}],
    "observation_size": 1,
    "vector_size": 1,
    "action": {"kind": "discrete", "n": 2},
}


def run(template: Template, watch: Watch) -> dict[str, str]:
    """What each probe found, "refused" or "allowed"; TemplateError if the level does not hold."""
    import gymnasium

    folder = tempfile.mkdtemp(prefix="promptpo-canary-")
    try:
        canary = os.path.join(folder, "canary")
        content = secrets.token_bytes(32)
        with open(canary, "wb") as file:
            file.write(content)
        probe = _PROBE % {
            "canary": canary,
            "package": os.path.abspath(gymnasium.__file__),
            # An allowed exec would replace the probe.
            "try_exec": template.level == SANDBOX,
        }
        found = _probe(template, watch, probe)
        with open(canary, "rb") as file:
            if file.read() != content:
                found["canary_write"] = "allowed"
    finally:
        shutil.rmtree(folder)
    required = _MISSING if template.level == SANDBOX else ALWAYS
    broken = [_MISSING[name] for name in required if found.get(name) != "refused"]
    if broken:
        raise TemplateError(
            f"the isolation level {template.level} does not hold here: {'; '.join(broken)}"
        )
    return found


def _probe(template: Template, watch: Watch, source: str) -> dict[str, str]:
    request = FeedbackRequest("probe", "paper", source, (1,), 3, bytes(24), Limits())
    try:
        (summary,), _cpu = feedback.summaries(request, _SPECIFICATION, template, watch)
        found = json.loads(summary)
    except (Failure, ValueError) as problem:
        raise TemplateError(
            f"the self-test of the isolation level {template.level} did not run: {problem}"
        ) from problem
    return {name: str(value) for name, value in found.items()}
