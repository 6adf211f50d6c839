"""What went wrong in generated code, as the typed reason that its author is shown.

The mapping is the project's (kinds SYNTAX, NO_CLASS, CONSTRUCTION, EXCEPTION, BAD_ACTION, TIMEOUT,
MEMORY, FORBIDDEN): a PermissionError, a refused thread or the import of anything but the standard
library and NumPy is FORBIDDEN; a MemoryError is MEMORY. A traceback holds the policy's own frames
only, with their source lines.
"""

from __future__ import annotations

import errno
import linecache
import sys
import traceback

from promptpo_policy.action import BadAction

SOURCE_FILE = "policy.py"
MESSAGE_LIMIT = 300
TRACEBACK_LIMIT = 4000
_READ_LIMIT = 10 * MESSAGE_LIMIT
"""Characters of an exception's text that are looked at: it may have millions."""

_FRAMES_LIMIT = 1000
"""Calls of a traceback that are looked at, the last ones: a recursion may have millions."""

# Given up before a failure is described, so that a process without memory can still say so.
_reserve = [bytearray(4 << 20)]

# What the loader says where a module of the standard library needs a library of the system.
_UNREADABLE = ("Permission denied", "not permitted", "cannot open shared object file")


class NoClass(Exception):
    """The source defines no class that can be used."""


class CpuLimitReached(BaseException):
    """Raised inside generated code when it has used its CPU time for one call."""

    # Tracebacks name the module of what is not built in; its author has no such module.
    __module__ = "builtins"


def remember_source(source: str) -> None:
    """Let tracebacks show the lines of ``source``."""
    lines = [line + "\n" for line in source.splitlines()]
    linecache.cache[SOURCE_FILE] = (len(source), None, lines, SOURCE_FILE)


def describe(problem: BaseException, phase: str, slot: int) -> dict:
    """The reason document of an exception that left generated code in ``phase``.

    An exception's class is generated code too: one that misbehaves when it is asked for its text,
    its name or its fields is named without them.
    """
    _reserve.clear()
    kind = "CONSTRUCTION" if phase == "construct" else "EXCEPTION"
    try:
        kind = _kind(problem, phase)
        message = _message(problem, kind)
        shown = "" if isinstance(problem, (BadAction, NoClass)) else _own_frames(problem)
    except BaseException:
        message, shown = f"{_class_name(problem)}: (it cannot be described)", ""
    return {"kind": kind, "phase": phase, "slot": slot, "message": message, "traceback": shown}


def _kind(problem: BaseException, phase: str) -> str:
    if isinstance(problem, CpuLimitReached):
        return "TIMEOUT"
    if isinstance(problem, NoClass):
        return "NO_CLASS"
    if isinstance(problem, BadAction):
        return "BAD_ACTION"
    if isinstance(problem, MemoryError):
        return "MEMORY"
    if _is_refusal(problem):
        return "FORBIDDEN"
    if phase == "load" and isinstance(problem, SyntaxError):
        return "SYNTAX"
    return "CONSTRUCTION" if phase == "construct" else "EXCEPTION"


def _is_refusal(problem: BaseException) -> bool:
    if isinstance(problem, OSError):
        if problem.errno in (errno.EACCES, errno.EPERM) or _is_unresolved(problem):
            return True
        # The standard library's own errors around it, such as urllib's.
        return isinstance(problem.__context__, PermissionError)
    if isinstance(problem, ModuleNotFoundError):
        return _foreign_module(problem) != ""
    if isinstance(problem, ImportError):
        return any(sign in _text(problem) for sign in _UNREADABLE)
    return isinstance(problem, RuntimeError) and "can't start new thread" in _text(problem)


def _is_unresolved(problem: OSError) -> bool:
    """Whether a host's name was asked for: the resolver does not say that it had no sockets."""
    module = sys.modules.get("_socket")
    return module is not None and isinstance(problem, (module.gaierror, module.herror))


def _foreign_module(problem: ModuleNotFoundError) -> str:
    name = problem.name if isinstance(problem.name, str) else ""
    root = name.partition(".")[0]
    return "" if root in sys.stdlib_module_names or root == "numpy" else root


def _message(problem: BaseException, kind: str) -> str:
    if isinstance(problem, (BadAction, NoClass, CpuLimitReached)):
        return _one_line(_text(problem))
    if kind == "FORBIDDEN" and isinstance(problem, ModuleNotFoundError):
        return _one_line(
            "a policy may import the standard library and NumPy only; "
            f"it asked for {_foreign_module(problem)}"
        )
    text = _one_line(f"{_class_name(problem)}: {_text(problem)}".rstrip(": "))
    if kind == "FORBIDDEN":
        return _one_line(
            f"{text} (a policy may compute, and read the standard library and NumPy; it has no "
            "files, network, processes or threads)"
        )
    return text


def _own_frames(problem: BaseException) -> str:
    try:
        report = traceback.TracebackException.from_exception(problem, limit=-_FRAMES_LIMIT)
        _keep_own(report, set())
        text = "".join(report.format())
    except Exception:
        text = f"{_class_name(problem)}\n"
    if len(text) <= TRACEBACK_LIMIT:
        return text
    head = TRACEBACK_LIMIT // 3
    return f"{text[:head]}\n  [...]\n{text[-(TRACEBACK_LIMIT - head) :]}"


def _keep_own(report: traceback.TracebackException, seen: set[int]) -> None:
    if id(report) in seen:
        return
    seen.add(id(report))
    own = [frame for frame in report.stack if frame.filename == SOURCE_FILE]
    report.stack = traceback.StackSummary.from_list(own)
    grouped = getattr(report, "exceptions", None) or ()
    for other in (report.__cause__, report.__context__, *grouped):
        if other is not None:
            _keep_own(other, seen)


def _text(problem: BaseException) -> str:
    try:
        # A text's class may be generated code as well; its characters are not.
        return str.__str__(str(problem))[:_READ_LIMIT]
    except BaseException:
        return "(its message cannot be shown)"


def _class_name(problem: BaseException) -> str:
    """The name of its class, past what a metaclass says."""
    return str.__str__(type.__dict__["__name__"].__get__(type(problem)))[:_READ_LIMIT]


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MESSAGE_LIMIT else line[: MESSAGE_LIMIT - 3] + "..."
