"""Meta-World's tasks: ids, specifications, episodes decided by their seed."""

import hashlib
import json
import pickle
import subprocess
import sys
import warnings
from pathlib import Path

import gymnasium
import metaworld
import numpy as np
import promptpo_envs
import pytest
from gymnasium.utils import seeding
from gymnasium.utils.env_checker import check_env
from promptpo_envs.meta_world.goals import GOALS, SEED, goal_vectors
from promptpo_envs.meta_world.tasks import IDS
from promptpo_envs.observation import FrameReader
from promptpo_policy.observation import observation_factory

WRITTEN = ["button-press-v3", "door-open-v3", "drawer-open-v3", "pick-place-v3"]


def actions(seed: int, steps: int = 500) -> np.ndarray:
    """Smooth random actions, which carry the hand further than independent ones."""
    rng = np.random.default_rng(seed)
    knots = rng.uniform(-1.5, 1.5, (steps // 10 + 2, 4))
    times = np.arange(steps) / 10.0
    columns = [np.interp(times, np.arange(len(knots)), knots[:, i]) for i in range(4)]
    return np.clip(np.stack(columns, axis=1), -1.0, 1.0)


def scripted_policy(id: str):
    """The simulator's own scripted policy of a task: a function from observation to action."""
    from metaworld import policies

    words = "".join(word.capitalize() for word in id.removesuffix("-v3").split("-"))
    scripted = getattr(policies, f"Sawyer{words}V3Policy")()

    def act(obs: np.ndarray) -> np.ndarray:
        with warnings.catch_warnings():
            # It says that its actions may be clipped, and they are.
            warnings.simplefilter("ignore", UserWarning)
            return np.clip(scripted.get_action(obs.copy()).astype(np.float64), -1.0, 1.0)

    return act


def handwritten_source(id: str) -> str:
    """The policy file of a task that was written by hand, from its specification alone."""
    return (Path(__file__).parent / "meta_world_policies" / f"{id}.py").read_text("utf-8")


def episode(env, seed: int, steps: int) -> bytes:
    """Everything that an episode under those actions gives, as bytes."""
    obs, info = env.reset(seed=seed)
    parts = [obs.tobytes(), str(info).encode()]
    for action in actions(seed, steps):
        obs, reward, terminated, truncated, info = env.step(action)
        parts += [obs.tobytes(), np.float64(reward).tobytes(), bytes([terminated, truncated])]
        parts.append(bytes([info["success"]]))
    return b"".join(parts)


def in_a_fresh_process(source: str) -> subprocess.CompletedProcess:
    """Runs Python source with these environments on its path; raises if it fails."""
    root = Path(promptpo_envs.__file__).parents[1]
    return subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(root)!r})\n{source}"],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )


def test_the_names_are_those_of_the_simulator():
    assert sorted(metaworld.MT1.ENV_NAMES) == sorted(IDS)
    assert len(IDS) == 50


@pytest.mark.parametrize(
    "written",
    [
        "button-press",
        "button-press-v3",
        "BUTTON_PRESS",
        "Meta-World/button-press-v3",
        "MetaWorld-button-press",
        "metaworld/button_press_v3",
        "promptpo/button-press-v3",
    ],
)
def test_ids_match_with_and_without_version_and_benchmark(written):
    assert promptpo_envs.specification(written)["id"] == "button-press-v3"


def test_an_earlier_version_is_unknown_and_the_nearest_is_named():
    with pytest.raises(promptpo_envs.UnknownEnvironment) as caught:
        promptpo_envs.specification("button-press-v2")
    assert caught.value.nearest[0] == "button-press-v3"


@pytest.mark.parametrize(
    "written, nearest",
    [
        ("reech-v3", "reach-v3"),
        ("Meta-World/buton-press", "Meta-World/button-press-v3"),
        ("Meta-World/reach-v2", "Meta-World/reach-v3"),
    ],
)
def test_a_misspelt_task_names_the_nearest(written, nearest):
    with pytest.raises(promptpo_envs.UnknownEnvironment) as caught:
        promptpo_envs.specification(written)
    assert caught.value.nearest[0] == nearest


def test_the_benchmark_itself_is_no_environment():
    assert "Meta-World/MT1" in gymnasium.registry
    with pytest.raises(promptpo_envs.UnknownEnvironment, match="Meta-World/MT1"):
        promptpo_envs.make("Meta-World/MT1")


def agrees_with_its_environment(id: str, preset: str) -> None:
    """A drafted specification says as much of the environment as one can see of it."""
    document = promptpo_envs.specification(id, preset)
    assert (document["id"], document["drafted"]) == (id, True)
    assert document["score"] == ("success" if preset == "release" else "return")
    env = promptpo_envs.make(id, preset)
    frame = FrameReader(env)
    low, high = env.observation_space.low, env.observation_space.high
    for field in document["observation"][: None if preset == "paper" else -3]:
        part = slice(field["start"], field["stop"])
        for bound, values in ((field["low"], low[part]), (field["high"], high[part])):
            if bound is None:
                assert np.isinf(values).all()
            else:
                assert (values == bound).all()
    obs, _ = env.reset(seed=2)
    for action in actions(2, 20):
        assert obs in env.observation_space
        assert frame(obs).shape == (document["observation_size"],)
        obs, reward, *_, info = env.step(action)
        assert np.isfinite(reward)
        assert isinstance(info["success"], bool)
    env.close()


@pytest.mark.parametrize("preset", ["paper", "release"])
@pytest.mark.parametrize("id", ["hammer-v3", "pick-out-of-hole-v3"])
def test_a_task_without_a_file_has_a_drafted_specification(id, preset):
    agrees_with_its_environment(id, preset)


@pytest.mark.slow
@pytest.mark.parametrize("id", [id for id in IDS if id not in WRITTEN])
def test_every_task_without_a_file_is_usable(id):
    for preset in ("paper", "release"):
        agrees_with_its_environment(id, preset)
    env = promptpo_envs.make(id)
    once = episode(env, 7, 60)
    episode(env, 1, 30)
    assert episode(env, 7, 60) == once
    tasks = metaworld.MT1(id, seed=SEED).train_tasks
    drawn = np.array([pickle.loads(task.data)["rand_vec"] for task in tasks])
    assert drawn.tobytes() == goal_vectors(id).tobytes()
    env.close()


def test_a_drafted_task_tells_how_far_its_hand_reaches():
    document = promptpo_envs.specification("pick-out-of-hole")
    assert "within x -0.5 to 0.5, y 0.4 to 1 and z -0.05 to 0.5." in document["context"]["policy"]


START = {
    # hand, then smallest and largest of the object's and of the goal's place, over the goals
    "button-press-v3": ((0.005, 0.4, 0.196), ((-0.1, 0.657, 0.115), (0.1, 0.707, 0.115))),
    "door-open-v3": ((0.005, 0.601, 0.195), ((0.19, 0.644, 0.15), (0.29, 0.742, 0.15))),
    "drawer-open-v3": ((0.005, 0.601, 0.195), ((-0.1, 0.73, 0.09), (0.1, 0.73, 0.09))),
    "pick-place-v3": ((0.005, 0.601, 0.195), ((-0.1, 0.6, 0.02), (0.1, 0.7, 0.02))),
}
OPENED = {
    "button-press-v3": (0.0, 0.093, 0.0),
    "door-open-v3": (-0.491, -0.243, 0.0),
    "drawer-open-v3": (0.0, -0.19, 0.0),
}


@pytest.mark.parametrize("id", WRITTEN)
def test_episodes_start_where_the_text_says(id):
    document = promptpo_envs.specification(id)
    env = promptpo_envs.make(id)
    first = np.array([env.reset(options={"goal": goal})[0] for goal in range(GOALS)])
    hand, (low, high) = START[id]
    text = document["context"]["observation"]
    assert f"({', '.join(f'{value:g}' for value in hand)})" in text
    for smallest, largest, axis in zip(low, high, "xyz", strict=True):
        span = f"{smallest:g} to {largest:g}" if smallest < largest else f"{smallest:g}"
        assert f"{axis} {span}" in text
    assert np.allclose(first[:, :3], hand, atol=6e-4)
    assert (first[:, 3] == 1.0).all(), "the gripper is open"
    objects = first[:, 4:7]
    assert (objects >= np.subtract(low, 1e-3)).all() and (objects <= np.add(high, 1e-3)).all()
    # And they are no wider than they need be.
    assert np.allclose(objects.min(axis=0), low, atol=0.01)
    assert np.allclose(objects.max(axis=0), high, atol=0.01)
    goals = first[:, 36:39]
    if id in OPENED:
        assert np.allclose(goals - objects, OPENED[id], atol=6e-4)
    else:
        assert (goals >= (-0.1, 0.8, 0.05)).all() and (goals <= (0.1, 0.9, 0.3)).all()
    env.close()


@pytest.mark.parametrize("preset", ["paper", "release"])
@pytest.mark.parametrize("id", WRITTEN)
def test_gymnasium_has_nothing_to_object_to(id, preset):
    env = gymnasium.make(f"promptpo/{id}", preset=preset)
    with pytest.warns(UserWarning) as warned:
        check_env(env.unwrapped, skip_render_check=True)
    # Positions of objects are unbounded, unused entries are always zero; no more than that.
    known = ("infinity. This is probably too", "maximum and minimum values are equal")
    assert [str(w.message) for w in warned if not any(k in str(w.message) for k in known)] == []
    env.close()


@pytest.mark.parametrize("id", WRITTEN)
def test_observations_lie_in_the_space_and_the_space_holds_the_simulators(id):
    env = promptpo_envs.make(id).unwrapped
    own, space = env.simulator.sawyer_observation_space, env.observation_space
    used = np.flatnonzero(space.high != space.low)
    # The simulator says -1 to 1 for a gripper that it clips to 0 to 1.
    rest = np.setdiff1d(used, [3, 21])
    assert (own.low[rest] >= space.low[rest]).all() and (own.high[rest] <= space.high[rest]).all()
    obs, _ = env.reset(seed=3)
    assert obs in space
    for action in actions(3):
        obs = env.step(action)[0]
        assert obs in space
    env.close()


@pytest.mark.parametrize("preset", ["paper", "release"])
@pytest.mark.parametrize("id", WRITTEN)
def test_a_policy_sees_the_simulators_observation_to_the_bit(id, preset):
    document = promptpo_envs.specification(id, preset)
    env = promptpo_envs.make(id, preset)
    observation = observation_factory(document["observation"], document["vector_size"])
    frame = FrameReader(env)
    obs, _ = env.reset(seed=5)
    before = obs
    for action in [None, *actions(5, 40)]:
        if action is not None:
            obs = env.step(action)[0]
        seen = observation(frame(obs))
        assert seen.vector.tobytes() == obs.tobytes()
        fields = [f for f in document["observation"] if not f["extra"]]
        parts = [np.atleast_1d(getattr(seen, field["name"])) for field in fields]
        assert np.concatenate(parts).tobytes() == obs.tobytes()
        assert obs[18:36].tobytes() == before[:18].tobytes()
        if preset == "release":
            data = env.unwrapped.simulator.data
            assert seen.qpos.tobytes() == data.qpos.tobytes()
            assert seen.qvel.tobytes() == data.qvel.tobytes()
            assert seen.dt == env.unwrapped.simulator.dt
        before = obs
    env.close()


@pytest.mark.parametrize("id", WRITTEN)
def test_presets_differ_in_score_and_in_what_a_policy_sees(id):
    paper, release = (promptpo_envs.specification(id, p) for p in ("paper", "release"))
    assert (paper["score"], paper["privileged"]) == ("return", False)
    assert (release["score"], release["privileged"]) == ("success", True)
    extras = [field["name"] for field in release["observation"] if field["extra"]]
    assert extras == ["qpos", "qvel", "dt"]
    assert paper["observation_size"] == paper["vector_size"] == release["vector_size"] == 39
    names = [f["name"] for f in paper["observation"]]
    assert names == [f["name"] for f in release["observation"]][: len(names)]


@pytest.mark.parametrize("id", WRITTEN)
def test_the_goal_is_visible_and_differs_between_seeds(id):
    env = promptpo_envs.make(id)
    first = np.array([env.reset(seed=seed)[0] for seed in range(12)])
    assert (np.abs(first[:, 36:39]).sum(axis=1) > 0.1).all(), "a hidden goal is all zeros"
    assert len(np.unique(first[:, 36:39], axis=0)) > 6
    env.close()


def test_goals_are_drawn_evenly_by_the_seed():
    env = promptpo_envs.make("button-press")
    for seed in (0, 1, 2**32 - 1):
        drawn = int(seeding.np_random(seed)[0].integers(GOALS))
        assert env.reset(seed=seed)[1]["goal"] == drawn
    # Without a seed the next number is drawn, as Gymnasium has it.
    env.reset(seed=9)
    goals = {env.reset()[1]["goal"] for _ in range(20)}
    assert len(goals) > 8
    env.close()


def test_a_goal_can_be_asked_for():
    env = promptpo_envs.make("button-press")
    seed = 4
    obs, info = env.reset(seed=seed)
    again, _ = env.reset(options={"goal": info["goal"]})
    assert obs.tobytes() == again.tobytes()
    with pytest.raises(ValueError, match="goal is 50: expected 0 to 49"):
        env.reset(options={"goal": 50})
    env.close()


@pytest.mark.parametrize("id", WRITTEN)
def test_the_same_seed_gives_the_same_episode_in_a_fresh_process_to_the_bit(id):
    here = Path(__file__).parent
    done = in_a_fresh_process(
        f"import sys; sys.path.insert(0, {str(here)!r})\n"
        "import hashlib, promptpo_envs, test_meta_world as t\n"
        f"env = promptpo_envs.make({id!r})\n"
        "print(hashlib.sha256(t.episode(env, 7, 120)).hexdigest())\n"
    )
    assert done.stderr == "", "nothing may be written where a worker's messages go"
    env = promptpo_envs.make(id)
    # What came before must not matter, here: an episode cut short and one of another goal.
    episode(env, 1, 30)
    np.random.seed(123)
    episode(env, 2, 60)
    assert done.stdout == hashlib.sha256(episode(env, 7, 120)).hexdigest() + "\n"
    env.close()


def test_the_global_generator_of_numpy_is_left_alone():
    np.random.seed(5)
    before = np.random.get_state()[1].tobytes()
    goal_vectors("button-press-v3")
    env = promptpo_envs.make("button-press")
    env.reset(seed=0)
    env.step(np.zeros(4))
    assert np.random.get_state()[1].tobytes() == before
    env.close()


@pytest.mark.parametrize("id", WRITTEN)
def test_the_goals_are_those_of_the_benchmark(id):
    tasks = metaworld.MT1(id, seed=SEED).train_tasks
    drawn = np.array([pickle.loads(task.data)["rand_vec"] for task in tasks])
    assert drawn.tobytes() == goal_vectors(id).tobytes()
    assert len(np.unique(drawn, axis=0)) == GOALS


def test_an_action_means_the_same_in_single_and_double_precision():
    env = promptpo_envs.make("button-press")
    single = actions(1, 30).astype(np.float32)
    rows = []
    for given in (single, single.astype(np.float64)):
        env.reset(seed=1)
        rows.append([env.step(action)[0].tobytes() for action in given])
    assert rows[0] == rows[1]
    env.close()


def test_an_episode_is_cut_after_500_steps_and_not_before():
    env = promptpo_envs.make("button-press")
    env.reset(seed=0)
    for step in range(1, 501):
        _, _, terminated, truncated, _ = env.step(np.zeros(4))
        assert (terminated, truncated) == (False, step == 500)
    with pytest.raises(gymnasium.error.ResetNeeded):
        env.step(np.zeros(4))
    env.reset(seed=0)
    assert env.step(np.zeros(4))[3] is False
    env.close()


def test_specifications_are_read_without_the_simulator():
    done = in_a_fresh_process(
        "import json, sys, promptpo_envs\n"
        "promptpo_envs.specification('button-press', 'release')\n"
        "print(json.dumps([m for m in ('metaworld', 'mujoco') if m in sys.modules]))"
    )
    assert json.loads(done.stdout) == []
