"""Which command does what."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from promptpo_setup import bootstrap, commands, java, kernel_spec, suites
from promptpo_setup.home import Home
from promptpo_setup.jdk import Jdk

ROOT = Path(__file__).resolve().parents[3]
KIT = Jdk(Path("/opt/jdk"), "25.0.3")


@pytest.fixture
def became(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What the process was replaced by; the set-up is taken as done."""
    seen: list[list[str]] = []

    def replaced(program: str, words: list[str], environ: dict[str, str]) -> None:
        seen.append(words)
        raise SystemExit(0)

    monkeypatch.setattr(os, "execve", replaced)
    monkeypatch.setattr(commands, "prepare", lambda home, with_tests=False: KIT)
    return seen


@pytest.mark.parametrize(
    "words", [["optimize", "NoiseWorld1", "--seed", "0"], ["evaluate", "--help"], ["nonsense"]]
)
def test_what_is_not_known_here_goes_to_java(became: list[list[str]], words: list[str]) -> None:
    with pytest.raises(SystemExit):
        commands.main(words)

    (line,) = became
    assert line[0] == "/opt/jdk/bin/java"
    assert line[line.index(java.MAIN) + 1 :] == words


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["run", "--help"], "usage: ./promptpo run "),
        (["doctor", "-h"], "usage: ./promptpo doctor "),
        (["kernel", "--help"], "usage: ./promptpo kernel install|uninstall "),
    ],
)
def test_each_command_explains_itself(
    words: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert commands.main(words) == 0
    assert capsys.readouterr().out.startswith(expected)


def test_help_of_a_command_is_that_commands_help(became: list[list[str]]) -> None:
    with pytest.raises(SystemExit):
        commands.main(["help", "optimize"])
    assert became[0][-2:] == ["optimize", "--help"]


def test_a_disk_that_takes_nothing_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(home: Home, arguments: list[str]) -> int:
        raise OSError(30, "Read-only file system", "/checkout/artefacts")

    monkeypatch.setitem(commands.COMMANDS, "run", fails)
    assert commands.main(["run"]) == 1
    expected = "promptpo: /checkout/artefacts: Read-only file system\n"
    assert capsys.readouterr().err == expected


def test_lab_is_jupyterlab_over_the_checkout(became: list[list[str]]) -> None:
    with pytest.raises(SystemExit):
        commands.main(["lab", "--no-browser"])

    (line,) = became
    assert line[0].endswith("/bin/jupyter-lab")
    assert f"--ServerApp.root_dir={ROOT}" in line
    assert "--no-browser" in line


def test_help_goes_on_to_java_once_java_is_built(
    became: list[list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    home = Home(tmp_path)
    monkeypatch.setattr(commands.Home, "here", lambda: home)
    monkeypatch.setattr(commands.jdk, "choose", lambda environ: KIT)
    assert commands.main(["help"]) == 0
    assert became == []
    home.java_lib.mkdir(parents=True)
    # As Maven names it, with the group in front.
    (home.java_lib / "dev.promptpo.promptpo-cli-0.1.0-SNAPSHOT.jar").touch()
    with pytest.raises(SystemExit):
        commands.main(["help"])

    assert became[0][-1] == "--help"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["install"], "install expects one extra, one of: baselines, traffic, atari, ray"),
        (["install", "atari"], "the extra 'atari' .* is not in this version yet"),
        (["install", "x"], "unknown extra 'x'; the extras are: baselines"),
        (["kernel", "x"], "kernel expects: install or uninstall, then .*; found: x"),
        (["run", "x"], "run takes no arguments, found: x"),
    ],
)
def test_wrong_arguments_are_one_line_and_code_2(
    capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert commands.main(words) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert re.search(said, error)


def test_the_class_path_is_the_library_without_kernel_and_command_line(
    tmp_path: Path,
    became: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    home = Home(tmp_path)
    home.java_lib.mkdir(parents=True)
    for name in ("cli", "figures", "kernel", "lib"):
        (home.java_lib / f"dev.promptpo.promptpo-{name}-0.1.0.jar").touch()
    (home.java_lib / "org.other-1.jar").touch()
    monkeypatch.setattr(Home, "here", staticmethod(lambda: home))
    assert commands.main(["classpath"]) == 0
    assert [Path(entry).name for entry in capsys.readouterr().out.strip().split(os.pathsep)] == [
        "dev.promptpo.promptpo-figures-0.1.0.jar",
        "dev.promptpo.promptpo-lib-0.1.0.jar",
        "org.other-1.jar",
    ]
    assert commands.main(["classpath", "more"]) == 2


def test_the_kernel_comes_and_goes_where_the_users_jupyter_looks(
    became: list[list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    spec = tmp_path / "kernels/promptpo-java/kernel.json"

    assert commands.main(["kernel", "install"]) == 0
    assert spec.exists()
    assert commands.main(["kernel", "uninstall"]) == 0
    assert not spec.exists()


@pytest.mark.parametrize(
    ("options", "environ"),
    [
        (["--prefix", "PLACE"], {}),
        (["--prefix=PLACE"], {}),
        (["--sys-prefix"], {"VIRTUAL_ENV": "PLACE"}),
        (["--sys-prefix"], {"CONDA_PREFIX": "PLACE"}),
    ],
)
def test_the_kernel_goes_under_a_prefix(
    became: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    options: list[str],
    environ: dict[str, str],
) -> None:
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value.replace("PLACE", str(tmp_path)))
    words = [option.replace("PLACE", str(tmp_path)) for option in options]
    spec = tmp_path / "share/jupyter/kernels/promptpo-java/kernel.json"

    assert commands.main(["kernel", "install", *words]) == 0
    assert "{connection_file}" in json.loads(spec.read_text())["argv"]
    assert commands.main(["kernel", "uninstall", *words]) == 0
    assert not spec.exists()


def test_a_spec_whose_files_are_gone_is_found(tmp_path: Path) -> None:
    folder, lib, java = (tmp_path / name for name in ("spec", "lib", "java"))
    lib.mkdir()
    java.touch()
    kernel_spec.write(folder, {"argv": ["/bin/sh", str(java), "{connection_file}", f"{lib}/*"]})

    assert kernel_spec.broken(folder) == ""
    java.unlink()
    assert kernel_spec.broken(folder) == f"{java} is not there"
    (folder / "kernel.json").write_text("{")
    assert "cannot be read" in kernel_spec.broken(folder)


def test_the_shell_script_shows_its_help_without_any_set_up(tmp_path: Path) -> None:
    (tmp_path / "envs").mkdir()
    (tmp_path / "promptpo").write_bytes((ROOT / "promptpo").read_bytes())
    (tmp_path / "promptpo").chmod(0o755)
    (tmp_path / "envs/promptpo_setup").symlink_to(ROOT / "envs/promptpo_setup")
    (tmp_path / "called").symlink_to("promptpo")
    done = subprocess.run([tmp_path / "called", "--help"], capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: ./promptpo COMMAND")


def test_the_shell_script_says_which_python_is_wanted() -> None:
    environ = {"PATH": "/usr/bin:/bin", "PROMPTPO_PYTHON": "/nonexistent/python"}
    done = subprocess.run([ROOT / "promptpo"], capture_output=True, text=True, env=environ)

    assert done.returncode == 1
    assert done.stderr == (
        "promptpo: PROMPTPO_PYTHON=/nonexistent/python is not a Python 3.11, 3.12 or 3.13\n"
    )


def test_ci_runs_exactly_the_readmes_command() -> None:
    lines = (ROOT / ".ci/run").read_text().splitlines()

    assert lines[-1] == "exec ./promptpo test"
    assert os.access(ROOT / ".ci/run", os.X_OK)


def test_what_is_missing_is_said_before_anything_is_made(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for name in ("pom.xml", ".mvn/jvm.config", *(f"{m}/pom.xml" for m in bootstrap.MODULES)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "envs").mkdir()
    for name in ("requirements.lock", "pyproject.toml"):
        (tmp_path / "envs" / name).touch()
    monkeypatch.setattr(commands.Home, "here", lambda: Home(tmp_path))
    monkeypatch.setattr(commands.jdk, "choose", lambda environ: KIT)
    for name in ("CC", "MAVEN_HOME", "M2_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert commands.main(["setup"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("promptpo: the set-up needs what is missing here:\n  C compiler: ")
    assert "\n  Maven: no Maven was found; Debian: apt-get install maven" in error
    assert not (tmp_path / ".promptpo").exists()


# The summary of the tests.


def test_reports_are_counted(tmp_path: Path) -> None:
    one, two = tmp_path / "one.xml", tmp_path / "two.xml"
    one.write_text('<testsuite tests="5" failures="1" errors="1" skipped="1"/>')
    two.write_text(
        '<testsuites><testsuite tests="3" failures="0" errors="0" skipped="0"/></testsuites>'
    )

    assert suites.junit_counts([one, two]) == (5, 2, 1)


def test_a_torn_report_is_a_failure(tmp_path: Path) -> None:
    torn = tmp_path / "torn.xml"
    torn.write_text('<testsuite tests="5"')

    assert suites.junit_counts([torn]) == (0, 1, 0)


def test_the_last_line_of_the_summary_is_the_sum_alone() -> None:
    outcomes = [
        suites.Outcome("ruff check", 1, 0, 0, 0.2),
        suites.Outcome("JUnit", 120, 2, 3, 61.0, "Maven ended with code 1"),
    ]

    assert suites.summary(outcomes).splitlines() == [
        "ruff check      1 passed    0 failed    0 skipped     0.2 s",
        "JUnit         120 passed    2 failed    3 skipped    61.0 s  Maven ended with code 1",
        "121 passed, 2 failed, 3 skipped",
    ]


def test_one_failing_suite_does_not_keep_the_others_from_running(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    home = Home(tmp_path)  # nothing is here: every program of every suite is missing
    monkeypatch.setattr(suites, "find_maven", lambda environ: "/nonexistent/mvn")
    monkeypatch.setattr(suites.chromium, "find", lambda environ: Path("/nonexistent/chromium"))

    assert suites.run(home, KIT, suites.Options()) == 1
    printed = capsys.readouterr().out.splitlines()
    assert [line[3:] for line in printed if line.startswith("== ")] == [
        *("ruff check", "ruff format", "spotless", "pytest envs", "JUnit"),
        "notebooks and browser",
    ]
    assert printed[-1] == "0 passed, 6 failed, 0 skipped"


@pytest.mark.parametrize(("ci", "failed"), [("true", 1), ("", 0)])
def test_without_a_browser_only_ci_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ci: str, failed: int
) -> None:
    (tmp_path / "notebooks/tests").mkdir(parents=True)
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(suites.chromium, "find", lambda environ: None)
    monkeypatch.setattr(suites.chromium, "install", lambda home: None)
    monkeypatch.setattr(
        suites._Runner, "_pytest", lambda self, name, *_: suites.Outcome(name, 3, 0, 2, 1.0)
    )
    runner = suites._Runner(Home(tmp_path), KIT, suites.Options(only=("notebooks",)))
    (suite,) = runner.suites()
    outcome = suite.run()

    assert (outcome.passed, outcome.failed) == (3, failed)
    assert outcome.note.startswith("no Chromium here: the browser tests did not run")


def test_lab_asks_nobody_about_news_and_leaves_a_users_choice_alone(
    became: list[list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    home = Home(tmp_path)
    monkeypatch.setattr(commands.Home, "here", lambda: home)
    with pytest.raises(SystemExit):
        commands.main(["lab"])
    config = home.jupyter / "config" / "labconfig" / "page_config.json"
    disabled = json.loads(config.read_text())["disabledExtensions"]
    assert disabled == {"@jupyterlab/apputils-extension:announcements": True}

    config.write_text("{}")
    with pytest.raises(SystemExit):
        commands.main(["lab"])
    assert config.read_text() == "{}"
