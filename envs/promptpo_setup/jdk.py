"""Finds a Java development kit, wherever it lies."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from promptpo_setup.errors import Stop

OLDEST = 21
_RELEASE_VERSION = re.compile(r'^JAVA_VERSION="([^"]+)"', re.MULTILINE)
_FIRST_LTS = 17
_LTS_EVERY = 4


@dataclass(frozen=True)
class Jdk:
    """A development kit: its home folder and full version, such as ``25.0.3``."""

    home: Path
    version: str

    @property
    def feature(self) -> int:
        """The feature release: 25 of ``25.0.3``, 8 of ``1.8.0_402``."""
        numbers = [int(n) for n in re.findall(r"\d+", self.version)]
        return numbers[1] if numbers[0] == 1 and len(numbers) > 1 else numbers[0]

    @property
    def java(self) -> Path:
        return self.home / "bin" / "java"

    @property
    def long_term(self) -> bool:
        """Whether it is a release with long-term support: 17, 21, 25, 29, ..."""
        return self.feature >= _FIRST_LTS and (self.feature - _FIRST_LTS) % _LTS_EVERY == 0

    def flags(self) -> list[str]:
        """What each of our Java programs needs: native access for Jep, no warnings about old
        libraries, and text laid out through JNI, which is ready .2 s sooner for a first chart than
        the foreign-function interface that newer kits prefer (docs/benchmarks.md).
        """
        flags = [
            "--enable-native-access=ALL-UNNAMED",
            "-Djava.awt.headless=true",
            "-Dsun.font.layout.ffm=false",
        ]
        if self.feature >= 23:
            flags.append("--sun-misc-unsafe-memory-access=allow")
        return flags


def read(home: Path) -> Jdk | None:
    """The kit in a folder, or None where it holds no compiler or does not say its version."""
    if not (_runs(home / "bin" / "java") and _runs(home / "bin" / "javac")):
        return None
    try:
        text = (home / "release").read_text(encoding="utf-8", errors="replace")
    except OSError:
        text = ""
    match = _RELEASE_VERSION.search(text)
    version = match.group(1) if match else _ask_version(home / "bin" / "java")
    return Jdk(home, version) if version else None


def candidates(environ: Mapping[str, str], system: Path = Path("/")) -> Iterator[Path]:
    """Folders that may be a kit, those named by the environment first; ``system`` is the root
    folder.
    """
    for name in ("PROMPTPO_JAVA_HOME", "JAVA_HOME", "JDK_HOME"):
        if environ.get(name):
            yield Path(environ[name])
    if environ.get("CONDA_PREFIX"):
        yield Path(environ["CONDA_PREFIX"], "lib", "jvm")
    for program in ("javac", "java"):
        found = shutil.which(program, path=environ.get("PATH", ""))
        if found:
            yield Path(found).resolve().parent.parent
    user = Path(environ.get("HOME") or "/nonexistent")
    for folder, pattern in (
        (system / "usr/lib/jvm", "*"),
        (system / "usr/java", "*"),
        (system / "opt", "*"),
        (system / "opt/java", "*"),
        (user / ".sdkman/candidates/java", "*"),
        (user / ".jdks", "*"),
        (system / "Library/Java/JavaVirtualMachines", "*/Contents/Home"),
        (user / "Library/Java/JavaVirtualMachines", "*/Contents/Home"),
        (system / "opt/homebrew/opt", "openjdk*/libexec/openjdk.jdk/Contents/Home"),
    ):
        yield from sorted(folder.glob(pattern))


def found(environ: Mapping[str, str], system: Path = Path("/")) -> list[Jdk]:
    """Every kit on the machine, each once, in the order of :func:`candidates`."""
    kits: dict[Path, Jdk] = {}
    for folder in candidates(environ, system):
        kit = read(folder)
        if kit is not None:
            kits.setdefault(folder.resolve(), kit)
    return list(kits.values())


def choose(environ: Mapping[str, str], system: Path = Path("/")) -> Jdk:
    """The kit to use.

    ``PROMPTPO_JAVA_HOME`` is taken at its word. Then the one that JAVA_HOME or JDK_HOME names, if
    it is new enough; then the newest with long-term support; then the newest.

    :raises Stop: there is none of version 21 or newer with a compiler; says what was found
    """
    ordered = environ.get("PROMPTPO_JAVA_HOME")
    if ordered:
        kit = read(Path(ordered))
        if kit is None or kit.feature < OLDEST:
            what = "no JDK" if kit is None else f"JDK {kit.version}"
            raise Stop(f"PROMPTPO_JAVA_HOME={ordered} holds {what}; name a JDK {OLDEST} or newer")
        return kit
    kits = found(environ, system)
    suitable = [kit for kit in kits if kit.feature >= OLDEST]
    if not suitable:
        raise Stop(
            f"no JDK {OLDEST} or newer with a compiler was found ({describe(kits)}); {ADVICE}"
        )
    named = {Path(environ[n]).resolve() for n in ("JAVA_HOME", "JDK_HOME") if environ.get(n)}
    for kit in suitable:
        if kit.home.resolve() in named:
            return kit
    return max(suitable, key=lambda kit: (kit.long_term, _numbers(kit.version)))


ADVICE = (
    "install one (Debian: apt-get install openjdk-21-jdk-headless or a Temurin package; macOS: "
    "brew install openjdk@21; SDKMAN: sdk install java), or name one: JAVA_HOME=... ./promptpo"
)


def describe(kits: Iterable[Jdk]) -> str:
    """The kits in one line."""
    return "; ".join(f"{kit.version} in {kit.home}" for kit in kits) or "none at all"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(n) for n in re.findall(r"\d+", version))


def _runs(program: Path) -> bool:
    return program.is_file() and os.access(program, os.X_OK)


def _ask_version(java: Path) -> str:
    try:
        asked = subprocess.run(
            [java, "-version"], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    match = re.search(r'version "([^"]+)"', asked.stderr + asked.stdout)
    return match.group(1) if match else ""
