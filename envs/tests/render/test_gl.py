"""Which way to GL is taken, and what is said where none works."""

import json
import os

import pytest
from promptpo_render import client, gl
from promptpo_render.client import RenderClient
from promptpo_render.errors import RenderUnavailable

WORKS = gl.find(os.environ)


def picture(name="Hopper-v5", scene=1):
    return {
        "type": "picture",
        "scene": scene,
        "environment": name,
        "preset": "paper",
        "width": 64,
        "height": 48,
        "seed": 0,
        "from": 0,
    }


@pytest.fixture
def fresh(monkeypatch):
    """A client in a process in which nothing was tried yet."""
    monkeypatch.setattr(client, "_failed", {})
    monkeypatch.delenv(gl.KEPT, raising=False)
    monkeypatch.delenv("MUJOCO_GL", raising=False)
    asking = RenderClient()
    yield asking
    asking.close()
    assert asking.running is None


def test_egl_then_osmesa_unless_the_user_named_one():
    assert gl.backends({}, "linux") == ["egl", "osmesa"]
    assert gl.backends({"MUJOCO_GL": ""}, "linux") == ["egl", "osmesa"]
    assert gl.backends({"MUJOCO_GL": " OSMesa "}, "linux") == ["osmesa"]
    assert gl.backends({"MUJOCO_GL": "off"}, "linux") == []
    assert gl.backends({}, "darwin") == ["cgl"]


def test_a_process_without_gl_still_knows_what_the_user_had_set():
    environ = {"MUJOCO_GL": "osmesa"}
    gl.keep_out(environ)
    gl.keep_out(environ)
    assert environ["MUJOCO_GL"] == "disable"
    assert gl.backends(environ, "linux") == ["osmesa"]
    unset = {}
    gl.keep_out(unset)
    assert gl.backends(unset, "linux") == ["egl", "osmesa"]


@pytest.mark.skipif(not WORKS.backend, reason=gl.none_works(WORKS.reasons))
def test_the_first_way_that_works_draws(fresh):
    answer, blob = fresh.ask(picture())
    assert (answer["width"], answer["height"]) == (64, 48)
    assert len(blob) == answer["frame_bytes"] + 64 * 48 * 3
    assert list(client._failed) == list(WORKS.reasons), "what failed is not tried again"
    assert fresh._backend == WORKS.backend


def test_a_way_that_fails_is_left_for_the_next_and_named(fresh, tmp_path, monkeypatch):
    _break_egl(tmp_path, monkeypatch)
    found = gl.find(os.environ)
    assert "egl" in found.reasons
    if found.backend:
        assert found.backend == "osmesa"
        assert fresh.ask(picture())[0]["event"] == "picture"
        assert fresh._backend == "osmesa"
    else:
        with pytest.raises(RenderUnavailable, match=r"egl: .*osmesa: "):
            fresh.ask(picture())
    assert "egl" in client._failed


def test_where_nothing_works_one_line_says_why_and_the_rest_is_drawn(fresh, tmp_path, monkeypatch):
    monkeypatch.setenv("MUJOCO_GL", "egl")
    _break_egl(tmp_path, monkeypatch)
    with pytest.raises(RenderUnavailable) as caught:
        fresh.ask(picture())
    line = str(caught.value)
    assert line.startswith("no renderer works on this machine (egl: ")
    assert "apt-get install" in line
    assert "\n" not in line
    assert "osmesa:" not in line, "the user named egl, so nothing else was tried"
    assert fresh.ask(picture("NoiseWorld0", 2))[0]["width"] == 240
    with pytest.raises(RenderUnavailable, match="no renderer works"):
        fresh.ask(picture(scene=3))


def test_an_unknown_word_in_mujoco_gl_is_said(fresh, monkeypatch):
    monkeypatch.setenv("MUJOCO_GL", "vulkan")
    with pytest.raises(RenderUnavailable, match=r"vulkan: .*invalid value"):
        fresh.ask(picture())


def test_drawing_that_is_switched_off_says_so(fresh, monkeypatch):
    monkeypatch.setenv("MUJOCO_GL", "disable")
    with pytest.raises(RenderUnavailable, match="switched off"):
        fresh.ask(picture())


def test_a_driver_that_ends_its_process_is_a_way_that_does_not_work(fresh, monkeypatch):
    monkeypatch.setenv("MUJOCO_GL", "egl")
    fresh.submit(json.dumps(picture()))
    fresh._process.kill()
    with pytest.raises(RenderUnavailable, match="egl: the process that tried it ended by signal"):
        while not fresh.poll(1.0):
            pass
    if WORKS.backend == "egl":
        assert fresh.ask(picture())[0]["event"] == "picture", "what was killed once may be well"


def _break_egl(folder, monkeypatch):
    """No vendor of EGL is found, and where one is linked without a choice of vendors, no EGL."""
    (folder / "libEGL.so.1").write_bytes(b"")
    monkeypatch.setenv("__EGL_VENDOR_LIBRARY_DIRS", str(folder))
    before = os.environ.get("LD_LIBRARY_PATH", "")
    monkeypatch.setenv("LD_LIBRARY_PATH", f"{folder}{os.pathsep}{before}")
