"""The simulator's own: its rewards, and its scripted policies as sandboxed policy files."""

import re
import sys
from importlib.resources import files

import gymnasium
import metaworld
import numpy as np
import promptpo_envs
import pytest
from gymnasium.utils import seeding
from promptpo_envs.meta_world.goals import GOALS, SEED
from promptpo_envs.observation import FrameReader
from promptpo_policy.observation import observation_factory
from test_meta_world import WRITTEN, actions, handwritten_source, scripted_policy

linux = pytest.mark.skipif(
    sys.platform != "linux", reason="the sandbox level needs Linux's Landlock and seccomp"
)


@pytest.fixture(scope="module")
def engine():
    from promptpo_rollout.local import Engine

    with Engine(workers=1) as engine:
        yield engine


def benchmark(id: str):
    """The environment as Meta-World gives it, and its goals; the goal is set, not drawn."""
    goals = metaworld.MT1(id, seed=SEED).train_tasks
    env = gymnasium.make("Meta-World/MT1", env_name=id, seed=SEED, disable_env_checker=True)
    env.get_wrapper_attr("toggle_sample_tasks_on_reset")(False)
    return env, goals


def wandering(id: str, number: int):
    """Random actions, whatever is observed."""
    chosen = iter(actions(number))
    return lambda _observation: next(chosen)


def scripted(id: str, _number: int):
    """The simulator's own scripted policy."""
    return scripted_policy(id)


def agree(id: str, moves, preset: str, episodes: int) -> tuple[int, int]:
    """Steps the benchmark's environment and ours together, and compares all that they give.

    How many steps, and how many episodes had a success.
    """
    theirs, goals = benchmark(id)
    document = promptpo_envs.specification(id, preset)
    named = observation_factory(document["observation"], document["vector_size"])
    ours = promptpo_envs.make(id, preset)
    frame_of, steps, successes = FrameReader(ours), 0, 0
    for number in range(episodes):
        obs, info = ours.reset(seed=number)
        theirs.unwrapped.set_task(goals[info["goal"]])
        wanted, _ = theirs.reset()
        assert obs.tobytes() == wanted.tobytes()
        act, reached, truncated = moves(id, number), False, False
        while not truncated:
            action = act(obs)
            obs, reward, terminated, truncated, info = ours.step(action)
            wanted, their_reward, their_end, their_cut, their_info = theirs.step(action)
            assert obs.tobytes() == wanted.tobytes()
            assert (reward, terminated, truncated) == (their_reward, their_end, their_cut)
            assert isinstance(info["success"], bool)
            assert info["success"] == bool(their_info["success"])
            assert {k: v for k, v in info.items() if k in their_info and k != "success"} == {
                k: v for k, v in their_info.items() if k not in ("success", "episode")
            }
            seen = named(frame_of(obs))
            assert np.array_equal(seen.vector, wanted)
            if preset == "release":
                data = theirs.unwrapped.data
                assert np.array_equal(seen.qpos, data.qpos)
                assert np.array_equal(seen.qvel, data.qvel)
                assert seen.dt == theirs.unwrapped.dt
            reached = reached or info["success"]
            steps += 1
        successes += reached
    ours.close()
    theirs.close()
    return steps, successes


KINDS = pytest.mark.parametrize("moves", [wandering, scripted])


@KINDS
@pytest.mark.parametrize("id", WRITTEN)
def test_steps_are_those_of_the_benchmarks_environment(id, moves):
    assert agree(id, moves, "release", episodes=1)[0] == 500


@pytest.mark.slow
@KINDS
@pytest.mark.parametrize("preset", ["paper", "release"])
@pytest.mark.parametrize("id", WRITTEN)
def test_ten_thousand_steps_are_those_of_the_benchmarks_environment(id, preset, moves):
    steps, successes = agree(id, moves, preset, episodes=20)
    assert steps == 10_000
    assert moves is wandering or successes >= 0.8 * 20, "the script does what it is for"


def policy_file(id: str) -> str:
    """The scripted policy of a task as the source of a policy file.

    A policy cannot import the simulator, so the modules that the script is made of are joined
    into one, and an adapter passes it the observation's vector.
    """
    modules = files("metaworld.policies")
    names = [
        "policy.py",
        "action.py",
        f"sawyer_{id.removesuffix('-v3').replace('-', '_')}_v3_policy.py",
    ]
    joined = "\n".join(modules.joinpath(name).read_text("utf-8") for name in names)
    joined = re.sub(r"^from (__future__|metaworld).*\n", "", joined, flags=re.MULTILINE)
    (scripted,) = re.findall(r"class (Sawyer\w+)\(Policy\)", joined)
    return f"""from __future__ import annotations
{joined}

class {promptpo_envs.specification(id)["policy_class"]}:
    def __init__(self):
        self._scripted = {scripted}()

    def act(self, obs):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return self._scripted.get_action(np.array(obs.vector))
"""


def seeds_of_all_goals() -> list[int]:
    """For each goal the smallest seed that draws it."""
    found: dict[int, int] = {}
    seed = 0
    while len(found) < GOALS:
        found.setdefault(int(seeding.np_random(seed)[0].integers(GOALS)), seed)
        seed += 1
    return [found[goal] for goal in range(GOALS)]


@linux
@pytest.mark.parametrize("id", WRITTEN)
def test_a_scripted_policy_in_the_sandbox_does_as_it_does_in_process(engine, id):
    seeds = [1]
    result = engine.rollout(id, policy_file(id), seeds)
    assert result["outcome"] == "completed", result
    assert result["lengths"] == [500]
    env = promptpo_envs.make(id)
    for seed, measured, success in zip(seeds, result["returns"], result["successes"], strict=True):
        obs, _ = env.reset(seed=seed)
        policy, total, reached = scripted_policy(id), 0.0, []
        for _ in range(500):
            obs, reward, _, _, info = env.step(policy(obs))
            total += reward
            reached.append(info["success"])
        assert measured == total
        assert success is any(reached), "success is the maximum over time"
    env.close()


@linux
@pytest.mark.slow
@pytest.mark.parametrize("id", WRITTEN)
def test_the_scripted_policy_succeeds_on_four_goals_of_five(engine, id):
    result = engine.rollout(id, policy_file(id), seeds_of_all_goals(), preset="release")
    assert result["outcome"] == "completed", result
    successes = np.array(result["successes"], dtype=float)
    assert len(successes) == GOALS
    assert successes.mean() >= 0.8
    assert result["score"] == pytest.approx(successes.mean())


@linux
@pytest.mark.slow
@pytest.mark.parametrize("id", WRITTEN)
def test_a_policy_written_from_the_specification_gives_the_best_reference(engine, id):
    result = engine.rollout(id, handwritten_source(id), seeds_of_all_goals())
    assert result["outcome"] == "completed", result
    assert result["successes"] == [True] * GOALS
    assert result["score"] == pytest.approx(np.mean(result["returns"]))
    # Processors differ in the last bit of a sum, and contacts amplify it.
    best = promptpo_envs.specification(id)["references"]["best"]
    assert result["score"] == pytest.approx(best["value"], rel=0.005)
