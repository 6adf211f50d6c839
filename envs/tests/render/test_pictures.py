"""Pictures of single states: what is drawn, where, and what is said where nothing can be."""

import importlib.util
import os

import gymnasium
import numpy as np
import pytest
from promptpo_envs import notebook, registered
from promptpo_envs.registered.bundle import Bundle
from promptpo_render import gl, mirror
from promptpo_render.errors import RenderUnavailable

LAMP = """
import gymnasium
import numpy as np
from gymnasium import spaces


class Lamp(gymnasium.Env):
    metadata = {"render_modes": ["rgb_array"], "render_fps": 10}

    def __init__(self, render_mode=None):
        self.render_mode = render_mode
        self.observation_space = spaces.Discrete(2)
        self.action_space = spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.on = 0
        return self.on, {}

    def step(self, action):
        self.on = action
        return self.on, 0.0, False, False, {}

    def render(self):
        return np.full((8, 8, 3), 200 * self.on, dtype=np.uint8)
"""
WORKS = gl.find(os.environ)
needs_gl = pytest.mark.skipif(not WORKS.backend, reason=gl.none_works(WORKS.reasons))


@pytest.fixture
def opened():
    handles = []

    def open(name, preset="paper"):
        handles.append(notebook.open(name, preset))
        return handles[-1]

    yield open
    for handle in handles:
        handle.close()
    assert mirror._client.running is None, "the process ends with the last environment"


@needs_gl
def test_a_mujoco_environment_is_drawn_in_another_process(opened):
    hopper = opened("Hopper-v5")
    hopper.reset(3)
    standing = hopper.render()
    assert (standing.dtype, standing.shape) == (np.uint8, (mirror.HEIGHT, mirror.WIDTH, 3))
    assert np.array_equal(hopper.render(), standing), "drawing changes nothing"
    process = mirror._client.running
    assert process not in (None, os.getpid())
    for _ in range(8):
        hopper.step([1.0, -1.0, 0.5])
    moved = hopper.render()
    assert mirror._client.running == process
    assert 0.01 < (moved != standing).any(axis=2).mean() < 0.9
    hopper.reset(3)
    assert np.array_equal(hopper.render(), standing), "a seed gives its first picture again"


def test_an_environment_that_was_registered_here_is_drawn_there(opened, monkeypatch):
    monkeypatch.setattr(registered.FAMILY, "_current", {})
    monkeypatch.setitem(gymnasium.registry, "promptpo/Lamp", None)
    own = registered.FAMILY.add(Bundle.of_source(LAMP))
    lamp = opened("Lamp")
    lamp.reset(1)
    dark = lamp.render()
    assert dark.shape == (8, 8, 3)
    assert dark.max() == 0
    lamp.step(1)
    assert (lamp.render() == 200).all()
    assert mirror._client.running not in (None, os.getpid())
    assert own.id == "Lamp"


@needs_gl
def test_the_whole_hopper_stands_inside_its_picture(opened):
    hopper = opened("Hopper-v5")
    hopper.reset(0)
    red, green, blue = np.moveaxis(hopper.render().astype(int), 2, 0)
    body = (red > green + 25) & (green > blue + 10)
    rows, columns = np.nonzero(body)
    assert body.mean() > 0.01
    assert 10 < rows.min() < rows.max() < mirror.HEIGHT - 10
    assert 10 < columns.min() < columns.max() < mirror.WIDTH - 10


@needs_gl
def test_two_environments_share_the_process_and_one_may_close(opened):
    one, other = opened("Hopper-v5"), opened("HalfCheetah-v5")
    one.reset(0)
    other.reset(0)
    assert not np.array_equal(one.render(), other.render())
    one.close()
    assert mirror._client.running is not None
    other.step([0.0] * 6)
    assert other.render().any()


@needs_gl
def test_a_process_that_was_killed_is_started_again_and_catches_up(opened):
    hopper = opened("Hopper-v5")
    hopper.reset(1)
    hopper.step([0.3, 0.2, 0.1])
    seen = hopper.render()
    mirror._client._process.kill()
    mirror._client._process.wait()
    assert np.array_equal(hopper.render(), seen)


@needs_gl
def test_an_episode_that_goes_another_way_there_gives_no_picture(opened):
    cheetah = opened("HalfCheetah-v5")
    cheetah.reset(0)
    # What no seed and no action tells.
    cheetah._env.unwrapped.model.opt.gravity[2] = -1.0
    cheetah.step([0.5] * 6)
    with pytest.raises(RenderUnavailable, match="HalfCheetah-v5 does not repeat itself"):
        cheetah.render()


def test_a_board_is_drawn_where_it_is(opened):
    board = opened("NoiseWorld1")
    board.reset(0)
    assert board.render().shape == (480, 480, 3)
    assert mirror._client.running is None


@pytest.mark.skipif(importlib.util.find_spec("pygame") is not None, reason="pygame is here")
def test_what_pygame_draws_says_what_to_install(opened):
    cart = opened("CartPole-v1")
    cart.reset(0)
    with pytest.raises(RenderUnavailable) as caught:
        cart.render()
    assert str(caught.value).count("\n") == 0
    assert "CartPole-v1 is drawn by pygame" in str(caught.value)
    assert "-m pip install pygame" in str(caught.value)
    assert cart.step(1)[1] == 1.0, "the environment goes on"


def test_nothing_is_drawn_before_reset_and_the_environment_is_usable_after(opened):
    hopper = opened("Hopper-v5")
    with pytest.raises(RenderUnavailable, match=r"reset\(seed\) first"):
        hopper.render()
    assert hopper.reset(0).shape == (11,)


def test_what_only_this_process_knows_is_said_to_be_unknown_there(opened):
    gymnasium.register("OnlyHere-v0", entry_point=_OnlyHere, max_episode_steps=3)
    here = opened("OnlyHere-v0")
    here.reset(0)
    with pytest.raises(RenderUnavailable, match="does not know OnlyHere-v0"):
        here.render()


class _OnlyHere(gymnasium.Env):
    metadata = {"render_modes": ["rgb_array"]}
    observation_space = gymnasium.spaces.Box(0, 1, (1,), np.float64)
    action_space = gymnasium.spaces.Discrete(2)

    def __init__(self, render_mode=None):
        self.render_mode = render_mode

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return np.zeros(1), {}

    def step(self, action):
        return np.zeros(1), 0.0, False, False, {}


@needs_gl
def test_meta_world_stands_upright_and_a_maze_is_seen_whole(opened):
    arm = opened("button-press-v3")
    arm.reset(0)
    sky = arm.render()[:40].reshape(-1, 3)
    # The sky is above, and nothing but the floor and the table's legs below.
    assert (np.abs(sky.astype(int) - (226, 232, 240)).max(axis=1) < 25).mean() > 0.5
    assert (np.abs(arm.render()[-40:].astype(int) - (226, 232, 240)).max(axis=2) < 25).mean() < 0.05
    maze = opened("PointMaze")
    maze.reset(0)
    red, green, blue = np.moveaxis(maze.render().astype(int), 2, 0)
    wall = (red > 180) & (green > 120) & (green < 190) & (blue < 130)
    rows, columns = np.nonzero(wall)
    assert 0 < rows.min() < rows.max() < mirror.HEIGHT - 1
    assert 0 < columns.min() < columns.max() < mirror.WIDTH - 1
    assert (rows.max() - rows.min()) > 0.9 * mirror.HEIGHT
