"""The optimal policy, as a policy file, through sandboxed rollouts gives its exact value."""

import sys

import numpy as np
import pytest
from promptpo_envs.noise_world.board import numbered_board
from promptpo_envs.noise_world.oracle import policy_source, solve
from promptpo_envs.seeds import episode_seeds

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="the sandbox level needs Linux's Landlock and seccomp"
)
EPISODES = 300


@pytest.fixture(scope="module")
def engine():
    from promptpo_rollout.local import Engine

    with Engine(workers=1) as engine:
        yield engine


@pytest.mark.parametrize("preset", ["paper", "release"])
@pytest.mark.parametrize("number", range(7))
def test_mean_return_agrees_with_dynamic_programming(engine, number, preset):
    board = numbered_board(number)
    result = engine.rollout(
        f"NoiseWorld{number}",
        policy_source(board, preset),
        episode_seeds(0, "evaluate", 0, EPISODES),
        preset=preset,
        lifetime="episode",
        lockstep=5,
    )
    assert result["outcome"] == "completed", result
    returns = np.array(result["returns"])
    assert len(returns) == len(result["successes"]) == EPISODES
    error = returns.std(ddof=1) / np.sqrt(EPISODES)
    assert abs(returns.mean() - solve(board, preset).optimal) <= 3.5 * error + 1e-9
    # Success and the goal's reward are one thing.
    goal = returns > 0
    assert np.array_equal(goal, np.array(result["successes"]))


def test_rollouts_meet_the_same_noise_as_the_environment_stepped_by_hand(engine):
    from promptpo_envs.noise_world.environment import NoiseWorld

    board, preset = numbered_board(3), "paper"
    seeds = episode_seeds(4, "heldout", 0, 20)
    result = engine.rollout("NoiseWorld3", policy_source(board, preset), seeds, preset=preset)
    env, policy = NoiseWorld(board, preset), solve(board, preset).policy
    for seed, measured, length in zip(seeds, result["returns"], result["lengths"], strict=True):
        env.reset(seed=seed)
        total, time, over = 0.0, 0, False
        while not over:
            _, reward, terminated, truncated, _ = env.step(policy[time, env._state])
            total += reward
            time += 1
            over = terminated or truncated
        assert (measured, length) == (total, time)
