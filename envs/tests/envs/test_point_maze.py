"""The study's point maze: its map, its rewards, and that it can be solved."""

import json
import sys
import warnings
from collections import Counter
from pathlib import Path

import gymnasium
import numpy as np
import path_follower
import promptpo_envs
import pytest
from gymnasium.utils.env_checker import check_env
from promptpo_envs.observation import FrameReader
from promptpo_envs.point_maze.environment import MAP, PointMaze, goal_environment
from promptpo_envs.seeds import episode_seeds
from promptpo_policy.observation import observation_factory


@pytest.mark.parametrize("preset", ["paper", "release"])
def test_passes_gymnasiums_check(preset):
    env = gymnasium.make("promptpo/PointMaze-v0", preset=preset)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # Positions and velocities have no bounds: Gymnasium warns of that, and of nothing else.
        warnings.filterwarnings("ignore", message=".*infinity")
        check_env(env.unwrapped, skip_render_check=True)
    env.close()


def test_map_is_the_studys_and_not_the_published_one():
    from gymnasium_robotics.envs.maze.maps import LARGE_MAZE

    document = promptpo_envs.specification("PointMaze")
    env = PointMaze()
    built = ["".join(str(cell) for cell in row) for row in env.goal_env.maze.maze_map]
    assert built == [
        "1111111111",
        "1000100001",
        "1010101101",
        "1000000101",
        "1011110101",
        "1000000001",
        "1010111101",
        "1000000001",
        "1111111111",
    ]
    assert built != ["".join(str(cell) for cell in row) for row in LARGE_MAZE]
    assert (env.model.opt.timestep, document["horizon"]) == (0.01, 800)
    assert env.goal_env.maze.cell_rowcol_to_xy((2, 3)).tolist() == [3.5 - 5, 4.5 - 2.5]


@pytest.mark.parametrize("preset", ["paper", "release"])
def test_no_text_of_the_specification_holds_a_row_of_the_map(preset):
    document = promptpo_envs.specification("PointMaze", preset)
    del document["digest"]
    told = "".join(json.dumps(document).split())
    for row in MAP[1:-1]:
        # With and without the outer walls, as text and as a list.
        for part in (row, row[1:-1]):
            assert part not in told
            assert ",".join(part) not in told


def test_the_model_file_is_taken_away():
    assert not Path(goal_environment().tmp_xml_file_path).exists()


def test_goals_and_starts_are_spread_over_the_free_cells():
    env = PointMaze()
    maze = env.goal_env.maze
    goals, starts = Counter(), Counter()
    for seed in range(4000):
        frame, info = env.reset(seed=seed)
        assert frame[2:4].tolist() == [0.0, 0.0]
        for point, cells in ((frame[4:6], goals), (frame[:2], starts)):
            cell = tuple(maze.cell_xy_to_rowcol(point).tolist())
            assert np.abs(point - maze.cell_rowcol_to_xy(cell)).max() <= 0.25
            cells[cell] += 1
        assert info["success"] == bool(frame[6])
    free = {(i, j) for i in range(9) for j in range(10) if MAP[i][j] == "0"}
    assert goals.keys() == starts.keys() == free
    expected = 4000 / len(free)
    for cells in (goals, starts):
        # Chi-square with len(free) - 1 degrees of freedom: its mean plus five standard deviations.
        statistic = sum((count - expected) ** 2 / expected for count in cells.values())
        assert statistic < len(free) - 1 + 5 * np.sqrt(2 * (len(free) - 1))


def random_moves(document: dict):
    """Uniformly random actions: a function from observation object to action."""
    draw = np.random.default_rng(1)
    return lambda seen: draw.uniform(-1.0, 1.0, 2)


def follower(document: dict):
    """The policy that knows the map, a new one for each goal."""
    namespace: dict = {}
    exec(path_follower.source(), namespace)
    return namespace[document["policy_class"]]().act


@pytest.mark.parametrize("preset", ["paper", "release"])
@pytest.mark.parametrize("moves, least_goals", [(random_moves, 1), (follower, 40)])
def test_ten_thousand_steps_are_those_of_gymnasium_robotics(moves, least_goals, preset):
    document = promptpo_envs.specification("PointMaze", preset)
    namespace: dict = {}
    exec(document["reward"]["source"], namespace)
    named = observation_factory(document["observation"], document["vector_size"])
    ours, theirs = promptpo_envs.make("PointMaze", preset), goal_environment()
    frame_of, act = FrameReader(ours), moves(document)
    seed, steps, goals, over = 0, 0, 0, True
    while steps < 10_000:
        if over:
            seed += 1
            obs, _ = ours.reset(seed=seed)
            parts, _ = theirs.reset(seed=seed)
            frame = frame_of(obs)
            assert np.array_equal(frame[:6], np.append(parts["observation"], parts["desired_goal"]))
        action = act(named(frame.copy()))
        obs, reward, terminated, truncated, info = ours.step(action)
        parts, right, end, _, their_info = theirs.step(action)
        frame = frame_of(obs)
        assert np.array_equal(frame[:6], np.append(parts["observation"], parts["desired_goal"]))
        assert np.array_equal(frame[:2], parts["achieved_goal"])
        assert (reward, terminated, info) == (right, end, their_info)
        assert info["success"] == terminated == (reward == 1.0)
        seen = named(frame)
        assert namespace["reward"](seen) == reward
        if preset == "paper":
            assert seen.goal_reached == reward
        else:
            assert np.array_equal(seen.qpos, theirs.data.qpos)
            assert np.array_equal(seen.qvel, theirs.data.qvel)
            assert seen.dt == 0.01
        back = [getattr(seen, field["name"]) for field in document["observation"]]
        assert np.array_equal(np.hstack(back), frame)
        goals += terminated
        over = terminated or truncated
        steps += 1
    assert goals >= least_goals
    if moves is follower:
        assert goals == seed - (not over), "it reaches every goal"


def test_release_does_not_tell_that_the_goal_is_reached():
    paper = [field["name"] for field in promptpo_envs.specification("PointMaze")["observation"]]
    release = promptpo_envs.specification("PointMaze", "release")
    assert paper[-1] == "goal_reached"
    in_vector = [field["name"] for field in release["observation"] if not field["extra"]]
    assert in_vector == paper[:-1]


def test_release_adds_the_state_and_is_stamped_privileged():
    paper = promptpo_envs.specification("PointMaze")
    assert paper["privileged"] is False
    release = promptpo_envs.specification("PointMaze", "release")
    assert release["privileged"] is True
    extra = [field for field in release["observation"] if field["extra"]]
    assert [(f["name"], f["shape"]) for f in extra] == [("qpos", [2]), ("qvel", [2]), ("dt", [])]
    assert (release["vector_size"], release["observation_size"]) == (6, 11)
    for env in (
        gymnasium.make("promptpo/PointMaze-v0", preset="release"),
        promptpo_envs.make("PointMaze", "release"),
    ):
        obs, _ = env.reset(seed=3)
        for action in ([1.0, 0.0], [-0.3, 1.0], [0.0, -1.0]):
            obs, *_ = env.step(np.array(action))
        data, model = env.unwrapped.data, env.unwrapped.model
        state = [*data.qpos, *data.qvel, model.opt.timestep]
        assert FrameReader(env)(obs).tolist() == [*obs, *state]
    with pytest.raises(AttributeError):
        promptpo_envs.make("PointMaze").get_wrapper_attr("extra_observation")


def test_same_seed_gives_the_same_episode_whatever_went_before():
    fresh, used = promptpo_envs.make("PointMaze"), promptpo_envs.make("PointMaze")
    used.reset(seed=1)
    for _ in range(100):
        used.step(np.array([1.0, -1.0]))
    first, again = fresh.reset(seed=7)[0], used.reset(seed=7)[0]
    assert np.array_equal(first, again)
    for step in range(300):
        action = np.array([np.sin(step / 20), np.cos(step / 15)])
        assert np.array_equal(fresh.step(action)[0], used.step(action)[0])


def test_episode_is_cut_after_800_steps():
    env = promptpo_envs.make("PointMaze")
    env.reset(seed=0)
    for step in range(1, 801):
        _, reward, terminated, truncated, info = env.step(np.zeros(2))
        assert (reward, terminated, info["success"]) == (0.0, False, False)
        assert truncated == (step == 800)


@pytest.mark.skipif(sys.platform != "linux", reason="the sandbox level is Linux's")
@pytest.mark.parametrize("preset", ["paper", "release"])
def test_a_policy_that_knows_the_map_reaches_the_goal(preset):
    from promptpo_rollout.local import Engine

    seeds = episode_seeds(0, "evaluate", 0, 100 if preset == "paper" else 10)
    with Engine(workers=1) as engine:
        result = engine.rollout("PointMaze", path_follower.source(), seeds, preset=preset)
    assert result["outcome"] == "completed", result
    assert sum(result["successes"]) >= 0.95 * len(seeds)
    assert result["returns"] == [float(success) for success in result["successes"]]
