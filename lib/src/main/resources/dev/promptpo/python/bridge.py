"""What the Java side keeps inside the embedded Python: output, failures, interrupts.

Executed once per JVM into the module ``_promptpo_bridge``. Nothing here is public.
"""

import builtins
import ctypes
import importlib
import importlib.util
import io
import linecache
import os
import sys
import threading
import traceback

_failures = threading.local()


class Refused(Exception):
    """Raised towards Java in place of what a task raised; the details wait in ``failure()``."""


class CallerStream(io.TextIOBase):
    """A text stream that writes where the Java caller of the running task writes."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, name, sink):
        self.name = name
        self._print = sink.print
        self._flush = sink.flush
        self._late = []

    def writable(self):
        return True

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if _on_java_thread():
            self._print(text)
        else:
            # A thread that Python started cannot call Java: the next task carries its text.
            self._late.append(text)
        return len(text)

    def flush(self):
        if _on_java_thread():
            self._flush()

    def carry(self):
        while self._late:
            self._print(self._late.pop(0))


_java_threads = set()


def _on_java_thread():
    return threading.get_ident() in _java_threads


def enter_thread():
    """Called once on each Java thread that owns an interpreter; gives Python's id of it."""
    _java_threads.add(threading.get_ident())
    return threading.get_ident()


def redirect(out, err):
    sys.stdout = CallerStream("<stdout>", out)
    sys.stderr = CallerStream("<stderr>", err)


def carry_output():
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, CallerStream):
            stream.carry()


def keep_gl_out():
    """Lets MuJoCo load no GL library here, where torch may run: the two crash in one process.

    What the user had set stands where promptpo_render looks for it (``gl.KEPT``).
    """
    os.environ.setdefault("PROMPTPO_MUJOCO_GL", os.environ.get("MUJOCO_GL", ""))
    os.environ["MUJOCO_GL"] = "disable"


def find_packages(home):
    """Puts the checkout's packages on the path where nothing else provides them."""
    folder = os.path.join(home, "envs")
    if not os.path.isdir(folder) or importlib.util.find_spec("promptpo_envs") is not None:
        return
    sys.path.insert(0, folder)
    # Processes started from here (the rollout pool) look in the same place.
    inherited = os.environ.get("PYTHONPATH", "")
    os.environ["PYTHONPATH"] = folder + (os.pathsep + inherited if inherited else "")


def guard(function, *arguments):
    """Calls ``function``; what it raises is kept as text for Java and replaced by ``Refused``.

    SystemExit too: left alone it would end the JVM.
    """
    _failures.last = None
    try:
        return function(*arguments)
    except BaseException as error:
        kind = type(error)
        name = kind.__qualname__
        if kind.__module__ not in ("builtins", "__main__"):
            name = f"{kind.__module__}.{name}"
        trace = error.__traceback__.tb_next  # without this function's own frame
        text = "".join(traceback.format_exception(kind, error, trace))
        _failures.last = [name, str(error), text]
    raise Refused(_failures.last[0])


def failure():
    """Type, text and traceback of what the last ``guard`` of this thread caught, or None."""
    last = getattr(_failures, "last", None)
    _failures.last = None
    return last


def call(module, function, *arguments):
    return guard(getattr(importlib.import_module(module), function), *arguments)


def call_method(target, method, *arguments):
    return guard(getattr(target, method), *arguments)


def bytes_of(array):
    return array.tobytes()


def new_namespace():
    return {"__name__": "__main__", "__builtins__": builtins}


def execute(source, name, namespace):
    # Tracebacks show the lines of what was typed.
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)

    def run():
        exec(compile(source, name, "exec"), namespace)

    guard(run)


def evaluate(source, namespace):
    return guard(lambda: eval(compile(source, "<expression>", "eval"), namespace))


def assign(name, value, namespace):
    namespace[name] = value


def raise_in(thread_id, interrupt):
    """Raises KeyboardInterrupt in a thread, or takes back one that has not been seen yet."""
    error = ctypes.py_object(KeyboardInterrupt) if interrupt else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread_id), error)
