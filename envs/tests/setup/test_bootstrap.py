"""The real steps, as far as they can be looked at without a network."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from promptpo_setup import bootstrap, kernel_spec, quick_start
from promptpo_setup.errors import Stop
from promptpo_setup.home import Home
from promptpo_setup.jdk import Jdk
from promptpo_setup.progress import Progress
from promptpo_setup.steps import Shell

ROOT = Path(__file__).resolve().parents[3]
KIT = Jdk(Path("/opt/jdk"), "25.0.3")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with poms, a source and lock files, and nothing else."""
    for name in ("pom.xml", ".mvn/jvm.config", "lib/src/main/java/A.java"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    for module in bootstrap.MODULES:
        (tmp_path / module).mkdir(exist_ok=True)
        (tmp_path / module / "pom.xml").write_text(module)
    (tmp_path / "envs").mkdir()
    for name in ("requirements.lock", "requirements-test.lock", "pyproject.toml"):
        (tmp_path / "envs" / name).write_text("six==1.17.0\n")
    return tmp_path


def titles(home: Home, with_tests: bool = False) -> list[str]:
    return [
        step.title for step in bootstrap.set_up(home, KIT, {}, Progress(), with_tests).pending()
    ]


def test_a_fresh_checkout_needs_every_step(checkout: Path) -> None:
    assert titles(Home(checkout), with_tests=True) == [
        "virtual environment",
        "Python packages",
        "Jep",
        "our Python packages",
        "Python packages of the tests",
        "Java modules",
        "the kernel's quick start",
        "kernel spec",
    ]


def test_a_virtual_environment_of_someone_else_is_left_alone(checkout: Path) -> None:
    other = checkout / "other"
    other.mkdir()
    (checkout / ".promptpo").mkdir()
    (checkout / ".promptpo/venv").symlink_to(other)
    linked, named = Home.of(checkout, {}), Home.of(checkout, {"PROMPTPO_VENV": str(other)})

    assert (
        titles(linked)
        == titles(named)
        == [
            "Java modules",
            "the kernel's quick start",
            "kernel spec",
        ]
    )
    assert other not in linked.kernel_folder.parents
    assert named.environment({})["PROMPTPO_VENV"] == str(other)


def test_a_half_made_virtual_environment_is_made_again(checkout: Path) -> None:
    home = Home(checkout)
    (home.venv / "bin").mkdir(parents=True)
    (home.venv / "half").touch()
    (step,) = [s for s in bootstrap.Bootstrap(home, KIT, {}).steps() if s.name == "venv"]
    ran: list[list[str]] = []

    class Recorder:
        interrupted = False

        def run(self, command: list[object], *_: object) -> None:
            ran.append([str(word) for word in command])

    step.work(Recorder())  # type: ignore[arg-type]

    assert not (home.venv / "half").exists()
    assert ran[0][-3:] == ["-m", "venv", str(home.venv)]


def test_a_sound_virtual_environment_without_a_stamp_is_kept(checkout: Path) -> None:
    home = Home(checkout)
    base = bootstrap.base_python()
    subprocess.run([base, "-I", "-m", "venv", "--without-pip", home.venv], check=True)
    (pip,) = home.venv.glob("lib/python3*/site-packages")
    (pip / "pip.py").touch()
    (step,) = [s for s in bootstrap.Bootstrap(home, KIT, {}).steps() if s.name == "venv"]
    # The set-up runs with the base interpreter, as ./promptpo does.
    program = (
        f"import sys; sys.path.insert(0, {str(ROOT / 'envs')!r})\n"
        "from pathlib import Path\n"
        "from promptpo_setup.bootstrap import Bootstrap\n"
        "from promptpo_setup.home import Home\n"
        "from promptpo_setup.jdk import Jdk\n"
        f"b = Bootstrap(Home(Path({str(checkout)!r})), Jdk(Path('/x'), '25'), {{}})\n"
        "print(b._venv_is_sound())\n"
    )

    def sound() -> str:
        return subprocess.check_output([base, "-I", "-c", program], text=True).strip()

    assert sound() == "True"
    (pip / "pip.py").unlink()
    assert sound() == "False"
    assert step.intact()


def test_a_changed_java_source_builds_and_a_changed_test_does_not(checkout: Path) -> None:
    home = Home(checkout)
    steps = {step.name: step for step in bootstrap.Bootstrap(home, KIT, {}).steps()}
    step = steps["java"]
    assert "java" in steps["start"].after, "new jars need a new cache"
    before = step.inputs().key()
    (checkout / "lib/src/test/java").mkdir(parents=True)
    (checkout / "lib/src/test/java/ATest.java").write_text("x")
    assert step.inputs().key() == before
    (checkout / "lib/src/main/java/B.java").write_text("x")
    assert step.inputs().key() != before


def test_a_library_in_two_versions_is_seen() -> None:
    jars = ["g.core-1.2.jar", "g.core-1.3.jar", "g.core-extra-1.2.jar", "h.core-1.2.jar"]

    assert bootstrap.clashing(jars) == ["g.core 1.2, 1.3"]


def test_a_finished_folder_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    for name in ("lib", "lib.new", "lib.old"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()

    bootstrap.replace_folder(tmp_path / "lib.new", tmp_path / "lib")

    assert [p.name for p in tmp_path.iterdir()] == ["lib"]
    assert [p.name for p in (tmp_path / "lib").iterdir()] == ["lib.new"]


def test_maven_is_told_the_home_folder_and_the_user_has_the_last_word() -> None:
    told = bootstrap.maven_environment(KIT, {"HOME": "/home/x", "MAVEN_OPTS": "-Duser.home=/y"})

    assert told["JAVA_HOME"] == "/opt/jdk"
    options = told["MAVEN_OPTS"].split()
    assert options.index("-Duser.home=/home/x") < options.index("-Duser.home=/y")


def test_the_kernel_spec_starts_our_kernel_with_the_chosen_kit(tmp_path: Path) -> None:
    spec = kernel_spec.content(Home(tmp_path), KIT)
    kernel_spec.write(tmp_path / "kernel", spec)
    read = json.loads((tmp_path / "kernel/kernel.json").read_text())

    assert read["argv"][1:5] == [
        str(kernel_spec.LAUNCHER),
        "{connection_file}",
        f"{tmp_path}/.promptpo/java/lib/*",
        "/opt/jdk/bin/java",
    ]
    assert read["interrupt_mode"] == "message"
    assert read["env"]["PROMPTPO_VENV"] == f"{tmp_path}/.promptpo/venv"
    sources = read["env"]["PROMPTPO_KERNEL_SOURCES"].split(os.pathsep)
    assert f"{tmp_path}/lib/src/main/java" in sources, "tooltips show what is written there"


@pytest.fixture
def started(tmp_path: Path) -> Callable[[str], list[str]]:
    """The words that the kernel's Java gets, for what PROMPTPO_JVM_OPTS holds."""
    java = tmp_path / "java"
    java.write_text('#!/bin/sh\nfor word in "$@"; do echo "$word"; done\n')
    java.chmod(0o755)

    def words(options: str) -> list[str]:
        command = [kernel_spec.LAUNCHER, "a file.json", "/a lib/*", java, "-Dours=1"]
        told = os.environ | {"PROMPTPO_JVM_OPTS": options}
        return subprocess.check_output(command, text=True, env=told).splitlines()

    return words


def test_the_users_jvm_options_come_after_ours(started: Callable[[str], list[str]]) -> None:
    end = ["-cp", "/a lib/*", "dev.promptpo.kernel.Main", "a file.json"]

    assert started("") == ["-Dours=1", "-XX:+UseSerialGC", *end]
    assert started("-Xmx1g -Da=*") == [
        "-Dours=1",
        "-XX:+UseSerialGC",
        "-Xmx1g",
        "-Da=*",
        *end,
    ]
    assert started("-XX:+UseG1GC") == ["-Dours=1", "-XX:+UseG1GC", *end]


def test_a_cache_that_cannot_be_made_is_said_and_not_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path)
    shell = Shell(tmp_path / "log", os.open(os.devnull, os.O_RDONLY), {}, False)
    quick_start.folder(home).mkdir(parents=True)
    quick_start.cache(home).write_text("of older jars")
    quick_start.make(home, KIT, shell)

    assert not quick_start.cache(home).exists()
    assert "could not be started" in quick_start.failure(home).read_text()
    (step,) = [s for s in bootstrap.Bootstrap(home, KIT, {}).steps() if s.name == "start"]
    assert step.intact()


def test_jupyter_keeps_its_state_in_the_checkout(tmp_path: Path) -> None:
    told = Home(tmp_path).environment({"HOME": "/home/x", "PYTHONPATH": "/elsewhere"})
    folders = [value for name, value in told.items() if re.match("JUPYTER.*_DIR$|IPYTHONDIR", name)]

    assert len(folders) == 6
    assert all(folder.startswith(f"{tmp_path}/.promptpo/") for folder in folders)
    assert "PYTHONPATH" not in told


# The lock files in the repository.


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock"])
def test_lock_files_pin_each_package_once(name: str) -> None:
    lines = bootstrap.lock_lines(ROOT / "envs" / name)
    names = [line.split("==")[0].lower() for line in lines]

    assert len(set(names)) == len(names) > 5
    assert not [line for line in lines if "://" in line or "@" in line]


def test_the_test_lock_repeats_nothing_of_the_base() -> None:
    base, tests = (
        {line.split("==")[0].lower() for line in bootstrap.lock_lines(ROOT / "envs" / name)}
        for name in ("requirements.lock", "requirements-test.lock")
    )

    assert not base & tests
    assert {"numpy", "gymnasium", "jupyterlab", "nbclient", "nbconvert", "jep"} <= base


def test_a_lock_file_that_does_not_pin_is_refused(tmp_path: Path) -> None:
    lock = tmp_path / "some.lock"
    lock.write_text("# comment\nnumpy>=2\n")

    with pytest.raises(Stop, match=r"expected name==version, found: numpy>=2"):
        bootstrap.lock_lines(lock)


def test_the_setup_imports_the_standard_library_only() -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(ROOT / 'envs')!r})\n"
        "import promptpo_setup.commands\n"
        "names = {name.split('.')[0] for name in sys.modules} - set(sys.stdlib_module_names)\n"
        "print(sorted(n for n in names if not n.startswith('_')))\n"
    )
    base = bootstrap.base_python()
    printed = subprocess.check_output([base, "-I", "-S", "-c", program], text=True)

    assert printed.strip() == "['promptpo_setup']"
    assert sys.version_info >= (3, 11)
