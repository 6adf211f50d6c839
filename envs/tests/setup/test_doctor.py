"""What the doctor says of the renderer, of the notebook kernel, and of what Java needs to draw."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from promptpo_setup import doctor, jdk, kernel_spec, quick_start
from promptpo_setup.home import Home

ENVS = Path(__file__).resolve().parents[2]


@pytest.fixture
def home(tmp_path):
    """A checkout whose virtual environment is the one that runs this test."""
    root = tmp_path / "checkout"
    root.mkdir()
    (root / "envs").symlink_to(ENVS)
    venv = tmp_path / "venv"
    (venv / "bin").mkdir(parents=True)
    python = venv / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    return Home(root, venv)


def test_a_renderer_that_works_is_named(home, monkeypatch):
    monkeypatch.delenv("MUJOCO_GL", raising=False)
    finding = doctor._renderer(home)
    if finding.level == "ok":
        assert finding.text.split(":")[0] in ("egl", "osmesa", "cgl")
    else:
        assert "none works (" in finding.text
        assert "apt-get install" in finding.todo


def test_none_is_a_note_that_says_why(home, monkeypatch):
    monkeypatch.setenv("MUJOCO_GL", "vulkan")
    finding = doctor._renderer(home)
    assert finding.level == "note", "nothing but pictures needs one"
    assert "vulkan: " in finding.text
    monkeypatch.setenv("MUJOCO_GL", "disable")
    assert "switches it off" in doctor._renderer(home).text


def test_before_the_set_up_it_is_not_looked_for(tmp_path):
    assert doctor._renderer(Home(tmp_path, None)).todo == "./promptpo setup"
    assert not os.listdir(tmp_path)


def test_the_notebook_kernel_is_said_to_be_as_it_is(tmp_path, monkeypatch):
    home = Home(tmp_path / "checkout", tmp_path / "venv")
    users = tmp_path / "data" / "kernels" / kernel_spec.KERNEL_NAME
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    java = tmp_path / "java"
    java.touch()
    spec = {"argv": [str(java), "{connection_file}"]}

    def found():
        finding = doctor._notebook_kernel(home)
        return finding.level, finding.text, finding.todo

    before = ("note", "no kernel spec before the set-up", "./promptpo setup")
    assert found() == before
    kernel_spec.write(home.kernel_folder, spec)
    assert found() == ("ok", str(home.kernel_folder), "")
    kernel_spec.write(users, spec)
    assert found() == ("ok", f"{home.kernel_folder}; also in {users}", "")
    quick_start.folder(home).mkdir(parents=True)
    quick_start.failure(home).write_text("no room\n")
    level, text, todo = found()
    assert (level, text) == ("note", "starts without a cache (no room)")
    assert todo == f"see {home.log / 'setup-start.log'}"
    gone = {"argv": [str(tmp_path / "gone")]}
    kernel_spec.write(users, gone)
    wrong = f"{tmp_path / 'gone'} is not there"
    assert found() == ("note", f"{users}: {wrong}", "./promptpo kernel install")
    kernel_spec.write(home.kernel_folder, gone)
    assert found() == ("missing", f"{home.kernel_folder}: {wrong}", "./promptpo setup")


def test_this_java_draws_letters():
    finding = doctor._fonts()
    assert (finding.level, finding.text) == ("ok", "Java draws letters")


def test_a_java_that_cannot_load_its_fonts_is_missing_a_library(tmp_path, monkeypatch):
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text(
        "#!/bin/sh\n"
        'case "$*" in *headless=true*Fonts.java) ;; *) exit 3;; esac\n'
        "echo 'libfontmanager.so: libharfbuzz.so.0: cannot open shared object file'\n"
        "echo 'Please install something' >&2\n"
        "exit 1\n"
    )
    java.chmod(0o755)
    monkeypatch.setattr(jdk, "choose", lambda environ: jdk.Jdk(tmp_path, "25.0.1"))
    finding = doctor._fonts()
    assert finding.level == "missing"
    assert "libharfbuzz.so.0: cannot open" in finding.text
    assert "apt-get install" in finding.todo
    assert finding in doctor.lacking(["java"]), "said before anything is built"


def test_java_says_itself_why_it_cannot_draw(tmp_path):
    none = tmp_path / "fonts.conf"
    none.write_text(f"<fontconfig><dir>{tmp_path / 'none'}</dir></fontconfig>")
    done = subprocess.run(
        # Java remembers fonts in the user's home.
        [jdk.choose(os.environ).java, f"-Duser.home={tmp_path}", doctor._FONTS],
        env=os.environ | {"FONTCONFIG_FILE": str(none)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "font" in done.stdout
    assert len(done.stdout.splitlines()) == 1
