"""The MuJoCo tasks: Gymnasium's own, told truly."""

import inspect
import itertools
import sys
import warnings

import gymnasium
import numpy as np
import promptpo_envs
import pytest
from gymnasium.utils.env_checker import check_env
from promptpo_envs.mujoco import FAMILY
from promptpo_envs.observation import FrameReader
from promptpo_policy.observation import observation_factory

NAMES = FAMILY.ids()


@pytest.mark.parametrize("name", NAMES)
def test_passes_gymnasiums_check(name):
    env = promptpo_envs.make(name)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # Observations have no bounds: Gymnasium warns of that, and of nothing else.
        warnings.filterwarnings("ignore", message=".*infinity")
        check_env(env.unwrapped, skip_render_check=True)


def random_actions(env: gymnasium.Env):
    """Uniformly random actions, float64 as the rollout engine sends them."""
    draw = np.random.default_rng(5)
    low, high = env.action_space.low.astype(float), env.action_space.high.astype(float)
    while True:
        yield draw.uniform(low, high)


def swinging_actions(env: gymnasium.Env):
    """Each actuator swings slowly, with a phase of its own."""
    high = env.action_space.high.astype(float)
    phases = 2.0 * np.arange(high.size)
    step = 0
    while True:
        yield 0.7 * high * np.sin(0.15 * step + phases)
        step += 1


class Logged:
    """What reward functions are told of a step, by the names of their arguments.

    All come from the simulator itself, and none from the reward.
    """

    def __init__(self, task: gymnasium.Env):
        self._task = task
        self.before: dict[str, float] = {}

    def begin(self) -> None:
        self.before = self._positions()

    def arguments(self, action, next_obs) -> dict:
        after = self._positions()
        data = self._task.data
        told = {
            "action": action,
            "next_obs": next_obs,
            "qpos": data.qpos.copy(),
            "qvel": data.qvel.copy(),
        }
        told |= {f"{name}_before": value for name, value in self.before.items()}
        told |= {f"{name}_after": value for name, value in after.items()}
        if self._task.model.nsite:
            told["tip_x"], _, told["tip_z"] = data.site("tip").xpos.tolist()
        self.before = after
        return told

    def _positions(self) -> dict[str, float]:
        data = self._task.data
        return {
            "x": float(data.qpos[0]),
            "torso_x": float(data.body(1).xpos[0]),
            "mass_x": float(self._task.model.body_mass @ data.xipos[:, 0])
            / float(self._task.model.body_mass.sum()),
        }


LENGTHS = [
    ("release", 500),
    pytest.param("release", 10_000, marks=pytest.mark.slow),
    pytest.param("paper", 10_000, marks=pytest.mark.slow),
]


@pytest.mark.parametrize("preset, steps", LENGTHS)
@pytest.mark.parametrize("actions", [random_actions, swinging_actions])
@pytest.mark.parametrize("name", NAMES)
def test_steps_are_gymnasiums_and_the_specification_tells_them(name, actions, preset, steps):
    document = promptpo_envs.specification(name, preset)
    fields = document["observation"]
    namespace: dict = {}
    exec(document["reward"]["source"], namespace)
    wanted = inspect.signature(namespace["reward"]).parameters.keys()
    named = observation_factory(fields, document["vector_size"])

    ours, theirs = promptpo_envs.make(name, preset), gymnasium.make(document["gymnasium_id"])
    assert theirs.spec.max_episode_steps == document["horizon"]
    frame_of, chosen = FrameReader(ours), actions(ours)
    logged = Logged(ours.unwrapped)
    low = np.array([-np.inf if f["low"] is None else f["low"] for f in fields])
    high = np.array([np.inf if f["high"] is None else f["high"] for f in fields])
    widths = [f["stop"] - f["start"] for f in fields]
    low, high = np.repeat(low, widths), np.repeat(high, widths)
    seed, over, ended = -1, True, 0
    for _ in range(steps):
        if over:
            seed += 1
            obs, their_obs = ours.reset(seed=seed)[0], theirs.reset(seed=seed)[0]
            logged.begin()
            assert np.array_equal(obs, their_obs)
        action = next(chosen)
        obs, reward, terminated, truncated, info = ours.step(action)
        their_obs, right, their_end, their_cut, their_info = theirs.step(action)
        frame = frame_of(obs)
        assert np.array_equal(frame[: document["vector_size"]], their_obs)
        assert (reward, terminated, truncated) == (right, their_end, their_cut)
        assert info.keys() == their_info.keys()
        assert "success" not in info
        assert (frame >= low - 1e-12).all() and (frame <= high + 1e-12).all()

        seen = named(frame.copy())
        back = np.concatenate([np.ravel(getattr(seen, field["name"])) for field in fields])
        assert np.array_equal(back, frame)
        assert np.array_equal(seen.vector, their_obs)
        told = logged.arguments(action, seen)
        computed = namespace["reward"](**{argument: told[argument] for argument in wanted})
        assert computed == pytest.approx(right, rel=1e-9, abs=1e-9)
        ended += terminated
        over = terminated or truncated
    assert ended == 0 or name in ENDS_EARLY
    if actions is random_actions and steps == 10_000:
        assert ended > 0 or name not in ENDS_EARLY


ENDS_EARLY = {"Ant-v5", "Hopper-v5", "Humanoid-v5", "InvertedDoublePendulum-v5"}
POSITIONS = {
    "Ant-v5": ["torso_xy", "contact_forces"],
    "HalfCheetah-v5": ["torso_x"],
    "Hopper-v5": ["torso_x"],
    "Humanoid-v5": [],
    "InvertedDoublePendulum-v5": ["tip_position"],
    "Reacher-v5": ["fingertip_position", "target_position"],
    "Swimmer-v5": ["tip_position"],
}


@pytest.mark.parametrize("name", NAMES)
def test_release_adds_the_state_and_the_positions(name):
    assert promptpo_envs.specification(name, "paper")["privileged"] is False
    document = promptpo_envs.specification(name, "release")
    assert document["privileged"] is True
    extra = [field["name"] for field in document["observation"] if field["extra"]]
    assert extra == ["qpos", "qvel", "dt", *POSITIONS[name]]

    env = promptpo_envs.make(name, "release")
    frame_of = FrameReader(env)
    named = observation_factory(document["observation"], document["vector_size"])
    obs, _ = env.reset(seed=4)
    for action, _ in zip(swinging_actions(env), range(40), strict=False):
        frame = frame_of(obs)
        seen, data, model = named(frame), env.unwrapped.data, env.unwrapped.model
        assert np.array_equal(seen.qpos, data.qpos)
        assert np.array_equal(seen.qvel, data.qvel)
        assert seen.dt == model.opt.timestep * env.unwrapped.frame_skip
        if "torso_x" in extra:
            assert seen.torso_x == data.joint("rootx").qpos[0]
        if "torso_xy" in extra:
            assert np.array_equal(seen.torso_xy, data.joint("root").qpos[:2])
            clipped = np.clip(seen.contact_forces, -1, 1)
            assert np.array_equal(clipped.ravel(), seen.vector[27:])
        if name == "Swimmer-v5":
            assert seen.tip_position[0] == data.joint("slider1").qpos[0]
            assert seen.tip_position[1] == data.joint("slider2").qpos[0]
        if name == "InvertedDoublePendulum-v5":
            x, y, z = data.site("tip").xpos
            assert (seen.tip_position.tolist(), y) == ([x, z], 0.0)
        if name == "Reacher-v5":
            assert np.array_equal(seen.fingertip_position, data.body("fingertip").xpos[:2])
            assert np.array_equal(seen.target_position, data.body("target").xpos[:2])
            assert seen.target_position == pytest.approx([seen.target_x, seen.target_y])
        obs, *_ = env.step(action)


@pytest.mark.parametrize("name", NAMES)
def test_same_seed_gives_the_same_episode_whatever_went_before(name):
    fresh, used = promptpo_envs.make(name), promptpo_envs.make(name)
    used.reset(seed=1)
    for action, _ in zip(random_actions(used), range(50), strict=False):
        _, _, terminated, *_ = used.step(action)
        if terminated:
            break
    first, again = fresh.reset(seed=7)[0], used.reset(seed=7)[0]
    assert np.array_equal(first, again)
    for action, _ in zip(swinging_actions(used), range(30), strict=False):
        one, reward, terminated, *_ = fresh.step(action)
        other, same, *_ = used.step(action)
        assert np.array_equal(one, other) and reward == same
        if terminated:
            break


def test_a_step_lasts_what_the_text_says():
    for name in NAMES:
        document, env = promptpo_envs.specification(name), promptpo_envs.make(name)
        assert f"One step lasts {env.unwrapped.dt:g} s" in document["context"]["observation"]


def test_torques_are_told_in_units_of_the_actuators_gear():
    for name in NAMES:
        action, env = promptpo_envs.specification(name)["action"], promptpo_envs.make(name)
        model = env.unwrapped.model
        for unit, gear in zip(action["units"], model.actuator_gear[:, 0], strict=True):
            assert unit in (f"x {gear:g} N m", f"x {gear:g} N")
        assert model.actuator_ctrlrange.T.tolist() == [action["low"], action["high"]]


READS_ALL = """
import sys

import numpy as np


class {policy_class}:
    def __init__(self):
        self.step = 0

    def act(self, obs):
        assert "mujoco" not in sys.modules
        total = sum(float(np.sum(getattr(obs, name))) for name in {names})
        self.step += 1
        return np.sin(0.1 * self.step + np.arange({size})) * np.cos(total)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the sandbox level is Linux's")
def test_policies_read_every_field_in_a_process_of_their_own():
    from promptpo_rollout.local import Engine

    with Engine(workers=1) as engine:
        for name, preset in itertools.product(NAMES, ["paper", "release"]):
            document = promptpo_envs.specification(name, preset)
            fields = document["observation"]
            source = READS_ALL.format(
                policy_class=document["policy_class"],
                names=[field["name"] for field in fields],
                size=len(document["action"]["names"]),
            )
            result = engine.rollout(name, source, [11], preset=preset)
            assert result["outcome"] == "completed", result
            assert result["successes"] == [None]

            namespace: dict = {}
            exec(source.replace('assert "mujoco" not in sys.modules', "pass"), namespace)
            policy = namespace[document["policy_class"]]()
            named = observation_factory(fields, document["vector_size"])
            env = promptpo_envs.make(name, preset)
            frame_of, total, over = FrameReader(env), 0.0, False
            low, high = document["action"]["low"], document["action"]["high"]
            obs, _ = env.reset(seed=11)
            while not over:
                action = np.clip(policy.act(named(frame_of(obs).copy())), low, high)
                obs, reward, terminated, truncated, _ = env.step(action)
                total += float(reward)
                over = terminated or truncated
            assert result["returns"] == [total]
            assert result["lengths"] == [policy.step]
