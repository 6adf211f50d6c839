"""What is on this machine, what is missing, and what to install."""

from __future__ import annotations

import ctypes
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from promptpo_setup import chromium, jdk, kernel_spec, quick_start
from promptpo_setup.bootstrap import find_maven, maven_environment, set_up
from promptpo_setup.errors import Stop
from promptpo_setup.extras import EXTRAS
from promptpo_setup.home import Home
from promptpo_setup.progress import Progress

_NEEDED_MB = 2500
_RENDERER_SECONDS = 60
_FONTS = Path(__file__).resolve().with_name("Fonts.java")
_FONTS_SECONDS = 60
_OLDEST_MAVEN = (3, 8)
_LANDLOCK_CREATE_RULESET = 444
_LANDLOCK_VERSION_FLAG = 1


@dataclass(frozen=True)
class Finding:
    """One line of the report. ``level`` is ``ok``, ``note`` (something optional is missing) or
    ``missing``.
    """

    level: str
    subject: str
    text: str
    todo: str = ""


def run(home: Home) -> int:
    """Prints the report; 0 when everything that the base needs is there."""
    findings = examine(home)
    width = max(len(finding.subject) for finding in findings)
    for f in findings:
        print(f"{f.level:<8}{f.subject:<{width}}  {f.text}")
        if f.todo:
            print(f"{'':<8}{'':<{width}}  -> {f.todo}")
    missing = [finding for finding in findings if finding.level == "missing"]
    print("the base is complete" if not missing else f"{len(missing)} missing for the base")
    return 1 if missing else 0


def examine(home: Home) -> list[Finding]:
    """All findings, the base first."""
    checks: tuple[Callable[[], Finding], ...] = (
        _python,
        _headers,
        _compiler,
        _jdk,
        _maven,
        _fonts,
        _kernel,
        _landlock,
        _seccomp,
        lambda: _disk(home),
        lambda: _state(home),
        lambda: _notebook_kernel(home),
        lambda: _renderer(home),
        _chromium,
    )
    return [check() for check in checks] + [_extra(extra.name) for extra in EXTRAS]


def lacking(steps: Collection[str]) -> list[Finding]:
    """What these steps of the set-up need and this machine does not have."""
    checks: list[Callable[[], Finding]] = []
    if "jep" in steps:
        checks += [_headers, _compiler]
    if "java" in steps:
        checks += [_maven, _fonts]
    return [finding for finding in (check() for check in checks) if finding.level == "missing"]


def _python() -> Finding:
    return Finding("ok", "Python", f"{platform.python_version()} in {sys.executable}")


def _headers() -> Finding:
    header = Path(sysconfig.get_path("include"), "Python.h")
    if header.exists():
        return Finding("ok", "Python headers", str(header.parent))
    todo = "Debian: apt-get install python3-dev; or name another Python: PROMPTPO_PYTHON=..."
    return Finding("missing", "Python headers", f"no {header}", todo)


def _compiler() -> Finding:
    for name in (os.environ.get("CC", ""), "cc", "gcc", "clang"):
        found = shutil.which(name) if name else None
        if found:
            return Finding("ok", "C compiler", found)
    todo = "Debian: apt-get install build-essential; macOS: xcode-select --install"
    return Finding("missing", "C compiler", "none of cc, gcc, clang", todo)


def _jdk() -> Finding:
    kits = jdk.found(os.environ)
    try:
        kit = jdk.choose(os.environ)
    except Stop:
        return Finding(
            "missing", "JDK", f"none of {jdk.OLDEST} or newer ({jdk.describe(kits)})", jdk.ADVICE
        )
    others = [other for other in kits if other != kit]
    seen = f"; also {jdk.describe(others)}" if others else ""
    return Finding("ok", "JDK", f"{kit.version} in {kit.home}{seen}")


def _maven() -> Finding:
    todo = "Debian: apt-get install maven; macOS: brew install maven"
    try:
        maven = find_maven(os.environ)
        environ = os.environ | maven_environment(jdk.choose(os.environ), os.environ)
    except Stop as stop:
        return Finding("missing", "Maven", str(stop).split(";")[0], todo)
    asked = subprocess.run([maven, "-v"], capture_output=True, text=True, env=environ, check=False)
    match = re.search(r"Apache Maven (\d+)\.(\d+)(\.\d+)?", asked.stdout)
    if not match:
        return Finding("missing", "Maven", f"{maven} -v does not answer", todo)
    version = (int(match.group(1)), int(match.group(2)))
    if version < _OLDEST_MAVEN:
        return Finding("missing", "Maven", f"{match.group(0)} is older than 3.8", todo)
    return Finding("ok", "Maven", f"{match.group(0).removeprefix('Apache Maven ')} in {maven}")


def _fonts() -> Finding:
    """Lets Java draw a letter: small installations lack libraries that it loads for charts."""
    todo = "Debian: apt-get install libfontconfig1 libharfbuzz0b"
    try:
        java = jdk.choose(os.environ).java
    except Stop:
        return Finding("note", "fonts", "not looked for without a JDK")
    try:
        asked = subprocess.run(
            [java, "-Djava.awt.headless=true", _FONTS],
            capture_output=True,
            text=True,
            timeout=_FONTS_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding("note", "fonts", f"the check did not answer: {error}")
    if asked.returncode == 0:
        return Finding("ok", "fonts", "Java draws letters")
    why = (asked.stdout.strip() or asked.stderr.strip() or "no reason given").splitlines()[-1]
    return Finding("missing", "fonts", f"Java cannot draw letters: {why}", todo)


def _kernel() -> Finding:
    text = f"{platform.system()} {platform.release()} {platform.machine()}"
    if platform.system() == "Linux":
        return Finding("ok", "system", text)
    todo = (
        "policies roll out on Linux only (a container or a virtual machine will do); recordings, "
        "kept runs and their figures open here"
    )
    return Finding("note", "system", text, todo)


def landlock_abi() -> int:
    """The version of Landlock that the running kernel enforces; 0 where there is none."""
    if platform.system() != "Linux":
        return 0
    version = ctypes.CDLL(None, use_errno=True).syscall(
        ctypes.c_long(_LANDLOCK_CREATE_RULESET),
        None,
        ctypes.c_size_t(0),
        ctypes.c_uint32(_LANDLOCK_VERSION_FLAG),
    )
    return max(0, int(version))


def _landlock() -> Finding:
    abi = landlock_abi()
    if abi:
        return Finding("ok", "Landlock", f"ABI {abi}")
    todo = "the sandbox needs Linux 5.13 or newer with Landlock on; else --isolation process"
    return Finding("note", "Landlock", "not enforced by this kernel", todo)


def _seccomp() -> Finding:
    for name in ("libseccomp.so.2", "libseccomp.so"):
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return Finding("ok", "libseccomp", name)
    level = "missing" if platform.system() == "Linux" else "note"
    return Finding(level, "libseccomp", "not found", "Debian: apt-get install libseccomp2")


def _disk(home: Home) -> Finding:
    free = shutil.disk_usage(home.root).free // 2**20
    done = home.java_lib.exists()
    if done or free > _NEEDED_MB:
        return Finding("ok", "disk", f"{free} MB free")
    return Finding("missing", "disk", f"{free} MB free", f"the set-up takes about {_NEEDED_MB} MB")


def _state(home: Home) -> Finding:
    try:
        kit = jdk.choose(os.environ)
        pending = set_up(home, kit, os.environ, Progress()).pending()
    except (Stop, OSError) as error:
        return Finding("note", "set-up", f"cannot be examined: {error}".splitlines()[0])
    if not pending:
        return Finding("ok", "set-up", f"complete, in {home.state}")
    left = ", ".join(step.title for step in pending)
    return Finding("note", "set-up", f"still to do: {left}", "./promptpo setup")


def _notebook_kernel(home: Home) -> Finding:
    """The kernel specs: ours, and the one in the user's own Jupyter where that was installed."""
    subject = "notebook kernel"
    if not (home.kernel_folder / "kernel.json").exists():
        return Finding("note", subject, "no kernel spec before the set-up", "./promptpo setup")
    wrong = kernel_spec.broken(home.kernel_folder)
    if wrong:
        return Finding("missing", subject, f"{home.kernel_folder}: {wrong}", "./promptpo setup")
    user = kernel_spec.user_folder()
    if (user / "kernel.json").exists() and (wrong := kernel_spec.broken(user)):
        return Finding("note", subject, f"{user}: {wrong}", "./promptpo kernel install")
    if quick_start.failure(home).exists():
        why = quick_start.failure(home).read_text(encoding="utf-8").strip()
        log = home.log / "setup-start.log"
        return Finding("note", subject, f"starts without a cache ({why})", f"see {log}")
    also = f"; also in {user}" if (user / "kernel.json").exists() else ""
    return Finding("ok", subject, f"{home.kernel_folder}{also}")


def _renderer(home: Home) -> Finding:
    """Asks the code that draws, in the virtual environment that has MuJoCo."""
    subject, todo = "renderer", "only films and pictures of MuJoCo's environments need one"
    if not home.venv_python.exists():
        return Finding("note", subject, "not looked for before the set-up", "./promptpo setup")
    try:
        asked = subprocess.run(
            [home.venv_python, "-s", home.root / "envs" / "promptpo_render", "check"],
            capture_output=True,
            text=True,
            timeout=_RENDERER_SECONDS,
            check=False,
        )
        found = json.loads(asked.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return Finding("note", subject, "the check did not answer", todo)
    if found["backend"]:
        return Finding("ok", subject, f"{found['backend']}: {found['renderer']}")
    why = "; ".join(f"{name}: {reason}" for name, reason in found["reasons"].items())
    return Finding(
        "note",
        subject,
        f"none works ({why or 'MUJOCO_GL switches it off'})",
        f"{todo}; Debian: apt-get install libegl1 libgl1-mesa-dri (or libosmesa6)",
    )


def _chromium() -> Finding:
    found = chromium.find(os.environ)
    if found:
        return Finding("ok", "Chromium", str(found))
    todo = "only the browser tests need it; Debian: apt-get install chromium"
    return Finding("note", "Chromium", "not found", todo)


def _extra(name: str) -> Finding:
    return Finding("note", f"extra {name}", "not in this version yet")
