"""The steps that make a checkout ready: Python packages, Jep, Java modules, kernel spec."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from promptpo_setup import kernel_spec, quick_start
from promptpo_setup.errors import Stop
from promptpo_setup.fingerprint import Inputs, files_below
from promptpo_setup.home import Home, base_python
from promptpo_setup.jdk import Jdk
from promptpo_setup.progress import Progress
from promptpo_setup.steps import CommandFailed, SetUp, Shell, Step, write_whole

MODULES = ("kernel", "lib", "figures", "cli")
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)")
_JAR = re.compile(r"^(?P<name>.+?)-(?P<version>\d[^/]*)\.jar$")
# NumPy's C interface, which only a Jep that was built with NumPy asks for.
_NUMPY_MARK = b"_multiarray_umath"


class Bootstrap:
    """The steps for one checkout, one JDK and the Python that runs this."""

    def __init__(self, home: Home, jdk: Jdk, environ: Mapping[str, str]) -> None:
        self._home = home
        self._jdk = jdk
        self._environ = dict(environ)
        self._envs = home.root / "envs"

    def steps(self, with_tests: bool = False) -> list[Step]:
        """All steps in order; with ``with_tests`` what the tests need as well.

        A virtual environment that someone else keeps gets no Python steps.
        """
        python = [] if self._home.given_venv else self._python_steps(with_tests)
        own_venv = bool(python)
        return [*python, self._java(), self._quick_start(own_venv), self._kernel_spec(own_venv)]

    def _python_steps(self, with_tests: bool) -> list[Step]:
        steps = [self._venv(), self._packages(), self._jep(), self._project()]
        return [*steps, self._test_packages()] if with_tests else steps

    # 1. the virtual environment

    def _venv(self) -> Step:
        def work(shell: Shell) -> None:
            if shell.interrupted or not self._venv_is_sound():
                shutil.rmtree(self._home.venv, ignore_errors=True)
                shell.run([base_python(), "-I", "-m", "venv", self._home.venv])
            write_whole(self._home.stamps / "python", f"{base_python()}\n")

        values = {
            "python": str(base_python()),
            "version": sys.version,
            # Scripts in a virtual environment name its absolute path.
            "venv": str(self._home.venv),
        }
        return Step(
            "venv",
            "virtual environment",
            lambda: Inputs(self._home.root, values),
            work,
            lambda: self._home.venv_python.exists() and (self._home.venv / "pyvenv.cfg").exists(),
            advice="install Python's venv (Debian: apt-get install python3-venv), then run again",
        )

    def _venv_is_sound(self) -> bool:
        """Whether a whole virtual environment of this Python, made for this folder, is there."""
        settings = self._home.venv / "pyvenv.cfg"
        if not settings.exists() or str(self._home.venv) not in settings.read_text():
            return False
        question = "import sys, pip; print(sys.version); print(sys.base_prefix)"
        try:
            answer = subprocess.run(
                [self._home.venv_python, "-I", "-c", question],
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
        except OSError:
            return False
        return answer.stdout == f"{sys.version}\n{sys.base_prefix}\n"

    # 2. the pinned packages

    def _packages(self) -> Step:
        lock = self._envs / "requirements.lock"
        return self._locked("packages", "Python packages", lock, ("venv",), without=("jep",))

    def _test_packages(self) -> Step:
        lock = self._envs / "requirements-test.lock"
        return self._locked("test-packages", "Python packages of the tests", lock, ("packages",))

    def _locked(
        self,
        name: str,
        title: str,
        lock: Path,
        after: tuple[str, ...],
        without: tuple[str, ...] = (),
    ) -> Step:
        installed = self._home.stamps / f"{name}.installed"

        def work(shell: Shell) -> None:
            wanted = [line for line in lock_lines(lock) if _name(line) not in without]
            names = {_name(line) for line in wanted}
            earlier = set(_words(installed)) - names - set(without)
            if earlier:
                self._pip(shell, "uninstall", "--yes", *sorted(earlier))
            chosen = self._home.state / f"{name}.lock"
            write_whole(chosen, "\n".join(wanted) + "\n")
            # The lock names everything, so nothing is resolved and nothing unnamed comes in. After
            # an attempt that was cut off, what is there may be incomplete.
            again = ["--force-reinstall"] if shell.interrupted else []
            self._pip(shell, "install", "--no-deps", *again, "-r", chosen)
            write_whole(installed, "\n".join(sorted(names)) + "\n")

        return Step(
            name,
            title,
            lambda: Inputs(self._home.root, {}, (lock,)),
            work,
            lambda: self._installed("*.dist-info") and installed.exists(),
            after,
            "see that pip reaches the package index that it is set to, then run again",
        )

    # 3. Jep, against the chosen JDK

    def _jep(self) -> Step:
        def work(shell: Shell) -> None:
            lock = self._envs / "requirements.lock"
            wanted = next(line for line in lock_lines(lock) if _name(line) == "jep")
            # Without build isolation, so that it is built with our NumPy; never from pip's cache,
            # which may hold one that was built against another JDK or without NumPy.
            self._pip(
                shell,
                *("install", "--no-deps", "--no-build-isolation", "--no-cache-dir"),
                *("--force-reinstall", "--no-binary", "jep", wanted),
                environ={"JAVA_HOME": str(self._jdk.home)},
            )
            if not self._jep_has_numpy():
                raise CommandFailed("Jep was built without NumPy")

        values = {"jdk": str(self._jdk.home), "feature": str(self._jdk.feature)}
        return Step(
            "jep",
            "Jep",
            lambda: Inputs(self._home.root, values),
            work,
            lambda: self._installed("jep/libjep.*"),
            ("packages",),
            "it is built from source: a C compiler, Python's headers and a JDK are needed; "
            "./promptpo doctor says which is missing",
        )

    def _installed(self, pattern: str) -> bool:
        return any(self._home.venv.glob(f"lib/python3*/site-packages/{pattern}"))

    def _jep_has_numpy(self) -> bool:
        libraries = self._home.venv.glob("lib/python3*/site-packages/jep/libjep.*")
        return any(_NUMPY_MARK in library.read_bytes() for library in libraries)

    # 4. our own Python packages

    def _project(self) -> Step:
        def work(shell: Shell) -> None:
            self._pip(
                shell, "install", "--no-deps", "--no-build-isolation", "--editable", self._envs
            )

        return Step(
            "project",
            "our Python packages",
            lambda: Inputs(self._home.root, {}, (self._envs / "pyproject.toml",)),
            work,
            lambda: self._installed("promptpo_envs-*.dist-info"),
            ("packages",),
        )

    def _pip(
        self,
        shell: Shell,
        command: str,
        *arguments: str | Path,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        pip = [
            self._home.venv_python,
            "-I",
            "-m",
            "pip",
            "--no-input",
            "--disable-pip-version-check",
        ]
        shell.run([*pip, command, *arguments], environ)

    # 5. the Java modules

    def _java(self) -> Step:
        def work(shell: Shell) -> None:
            maven = find_maven(self._environ)
            fresh = self._home.java_lib.with_name("lib.new")
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir(parents=True)
            shell.run(
                [
                    *(maven, "-B", "-ntp", "-Dmaven.test.skip=true"),
                    *("package", "dependency:copy-dependencies"),
                    "-DincludeScope=runtime",
                    "-Dmdep.prependGroupId=true",
                    f"-DoutputDirectory={fresh}",
                ],
                maven_environment(self._jdk, self._environ),
                self._home.root,
            )
            for module in MODULES:
                for jar in (self._home.root / module / "target").glob(f"promptpo-{module}-*.jar"):
                    shutil.copy2(jar, fresh / f"dev.promptpo.{jar.name}")
            clash = clashing(jar.name for jar in fresh.glob("*.jar"))
            if clash:
                raise CommandFailed(
                    f"the class path would hold one library twice: {'; '.join(clash)}",
                    "manage its version in the dependencyManagement of pom.xml",
                )
            replace_folder(fresh, self._home.java_lib)

        def inputs() -> Inputs:
            root = self._home.root
            poms = [root / "pom.xml", root / ".mvn" / "jvm.config"]
            poms += [root / module / "pom.xml" for module in MODULES]
            sources = files_below(root / module / "src" / "main" for module in MODULES)
            return Inputs(root, {}, (*poms, *sources))

        return Step(
            "java",
            "Java modules",
            inputs,
            work,
            lambda: next(self._home.java_lib.glob("dev.promptpo.*.jar"), None) is not None,
            advice="see that Maven reaches the repository that it is set to and that the sources "
            "compile, then run again",
        )

    # 6. the cache that the kernel starts from

    def _quick_start(self, own_venv: bool) -> Step:
        def work(shell: Shell) -> None:
            quick_start.make(self._home, self._jdk, shell)

        notebook = kernel_spec.LAUNCHER.parent.parent / "promptpo_notebook"
        return Step(
            "start",
            "the kernel's quick start",
            lambda: Inputs(
                self._home.root,
                {"jdk": f"{self._jdk.home} {self._jdk.version}", "lib": str(self._home.java_lib)},
                (kernel_spec.LAUNCHER, notebook / "launch.py", notebook / "rehearsal.py"),
            ),
            work,
            # A cache that could not be made is not tried for again before something has changed.
            lambda: (
                quick_start.cache(self._home).exists() or quick_start.failure(self._home).exists()
            ),
            ("packages", "project", "java") if own_venv else ("java",),
        )

    # 7. the kernel spec

    def _kernel_spec(self, own_venv: bool) -> Step:
        options = quick_start.options(self._home, self._jdk)
        spec = kernel_spec.content(self._home, self._jdk, *options)

        ipython = self._home.jupyter / "ipython"

        def work(_: Shell) -> None:
            kernel_spec.write(self._home.kernel_folder, spec)
            # IPython, which Jupyter's programs load, does not make its folder's parent.
            ipython.mkdir(parents=True, exist_ok=True)

        values = {
            "spec": json.dumps(spec, sort_keys=True),
            "folder": str(self._home.kernel_folder),
        }
        return Step(
            "kernel",
            "kernel spec",
            lambda: Inputs(self._home.root, values),
            work,
            lambda: (self._home.kernel_folder / "kernel.json").exists() and ipython.exists(),
            ("venv",) if own_venv else (),
        )


def lock_lines(lock: Path) -> list[str]:
    """The requirements of a lock file.

    :raises Stop: a line that does not pin one package to one version
    """
    lines = [line.split("#")[0].strip() for line in lock.read_text(encoding="utf-8").splitlines()]
    lines = [line for line in lines if line]
    for line in lines:
        if not _PINNED.match(line):
            raise Stop(f"{lock}: expected name==version, found: {line}")
    return lines


def _name(requirement: str) -> str:
    match = _PINNED.match(requirement)
    assert match is not None, requirement
    return re.sub(r"[-_.]+", "-", match.group(1)).lower()


def _words(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").split() if file.exists() else []


def find_maven(environ: Mapping[str, str]) -> str:
    """The ``mvn`` to use.

    :raises Stop: there is none
    """
    for name in ("MAVEN_HOME", "M2_HOME"):
        maven = Path(environ.get(name) or "/nonexistent", "bin", "mvn")
        if maven.exists():
            return str(maven)
    maven_on_path = shutil.which("mvn", path=environ.get("PATH", ""))
    if not maven_on_path:
        raise Stop(
            "no Maven was found; install Maven 3.8 or newer (Debian: apt-get install maven; "
            "macOS: brew install maven), or set MAVEN_HOME"
        )
    return maven_on_path


def maven_environment(jdk: Jdk, environ: Mapping[str, str]) -> dict[str, str]:
    """What Maven is told: the JDK, and the home folder that the environment names.

    Java takes the home folder from the user database, whatever HOME says; a user with another HOME,
    or none in that database, would get a repository where they do not expect it. What the user sets
    comes last and wins.
    """
    options = [environ.get("MAVEN_OPTS", "")]
    if Path(environ.get("HOME") or ".").is_absolute():
        options.insert(0, f"-Duser.home={environ['HOME']}")
    if jdk.feature >= 24:
        options.insert(0, "--enable-native-access=ALL-UNNAMED")
    if jdk.feature >= 23:
        options.insert(0, "--sun-misc-unsafe-memory-access=allow")
    return {"JAVA_HOME": str(jdk.home), "MAVEN_OPTS": " ".join(filter(None, options))}


def clashing(jars: Iterable[str]) -> list[str]:
    """Those jars that are there in more than one version."""
    versions: dict[str, set[str]] = {}
    for jar in jars:
        match = _JAR.match(jar)
        if match:
            versions.setdefault(match["name"], set()).add(match["version"])
    return [f"{name} {', '.join(sorted(v))}" for name, v in sorted(versions.items()) if len(v) > 1]


def replace_folder(fresh: Path, place: Path) -> None:
    """Puts a finished folder in the place of an older one; cut off between, the place is empty,
    never mixed.
    """
    old = place.with_name(place.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    fresh.rename(place)
    shutil.rmtree(old, ignore_errors=True)


def set_up(
    home: Home, jdk: Jdk, environ: Mapping[str, str], progress: Progress, with_tests: bool = False
) -> SetUp:
    """The set-up of a checkout."""
    steps = Bootstrap(home, jdk, environ).steps(with_tests)
    return SetUp(steps, home.state, home.environment(environ), progress)
