"""What the doctor says of the renderer."""

import os
import sys
from pathlib import Path

import pytest
from promptpo_setup import doctor
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
