"""The exact returns of the boards, and that playing the optimal policy gives them."""

import json

import numpy as np
import promptpo_envs
import pytest
from promptpo_envs.noise_world.board import numbered_board
from promptpo_envs.noise_world.dynamics import Dynamics
from promptpo_envs.noise_world.environment import NoiseWorld
from promptpo_envs.noise_world.oracle import main, policy_source, solve

# Computed independently of this code: expected returns from the start over n^2 steps.
OPTIMAL = {
    (1, "release"): 974.908,
    (1, "paper"): 978.690,
    (2, "release"): 976.768,
    (2, "paper"): 976.768,
    (3, "release"): 981.276,
    (3, "paper"): 981.276,
}
RANDOM = {
    (1, "release"): -1858.31,
    (1, "paper"): -120.71,
    (2, "release"): -10381.34,
    (2, "paper"): -186.35,
    (3, "release"): -10212.05,
    (3, "paper"): -198.47,
}


@pytest.mark.parametrize("number, preset", OPTIMAL)
def test_optimal_return_is_the_reference_value(number, preset):
    value = solve(numbered_board(number), preset).optimal
    assert value == pytest.approx(OPTIMAL[number, preset], abs=1e-3)


@pytest.mark.parametrize("number, preset", RANDOM)
def test_random_return_is_the_reference_value(number, preset):
    # The reference has two decimals: half a unit of the last one is the most it can be off.
    value = solve(numbered_board(number), preset).random
    assert value == pytest.approx(RANDOM[number, preset], abs=5e-3)


@pytest.mark.parametrize("preset", ["paper", "release"])
@pytest.mark.parametrize("number", range(7))
def test_stored_references_are_the_oracles(number, preset):
    references = promptpo_envs.specification(f"NoiseWorld{number}", preset)["references"]
    solution = solve(numbered_board(number), preset)
    assert references["best"]["value"] == pytest.approx(solution.optimal, abs=1e-6)
    assert references["random"]["value"] == pytest.approx(solution.random, abs=1e-6)
    assert references["best"]["kind"] == references["random"]["kind"] == "exact"


def test_shortest_way_to_the_goal_without_keys_returns_minus_18_on_board_4():
    for preset in ("paper", "release"):
        env = NoiseWorld.numbered(4, preset)
        env.reset(seed=0)
        total, over, info = 0.0, False, {}
        for action in [3] * 9 + [1] * 9:
            assert not over
            # The right edge passes the second key and the column beside the death cell.
            _, reward, terminated, truncated, info = env.step(action)
            total += reward
            over = terminated or truncated
        assert over
        assert total == -18.0
        assert info["success"] is False


@pytest.mark.parametrize("preset", ["paper", "release"])
@pytest.mark.parametrize("number", range(7))
def test_playing_the_optimal_policy_agrees_with_its_exact_value(number, preset):
    board = numbered_board(number)
    solution = solve(board, preset)
    env = NoiseWorld(board, preset)
    returns = []
    for episode in range(3000):
        env.reset(seed=50_000 + episode)
        total, over, time = 0.0, False, 0
        while not over:
            _, reward, terminated, truncated, _ = env.step(solution.policy[time, env._state])
            total += reward
            over = terminated or truncated
            time += 1
        returns.append(total)
    error = np.std(returns, ddof=1) / np.sqrt(len(returns))
    # 3.5 standard errors: a false alarm in one of 2,000 tests, and the seeds are fixed.
    assert abs(np.mean(returns) - solution.optimal) <= 3.5 * error + 1e-9


def test_policy_file_plays_the_optimal_policy():
    for number in (1, 4):
        board = numbered_board(number)
        namespace: dict = {}
        exec(policy_source(board, "paper", "Optimal"), namespace)
        env = NoiseWorld(board, "paper")
        for seed in range(20):
            policy = namespace["Optimal"]()
            frame, _ = env.reset(seed=seed)
            over, time = False, 0
            while not over:
                action = policy.act(_Seen(frame, board))
                assert action == solve(board, "paper").policy[time, env._state]
                frame, _, terminated, truncated, _ = env.step(action)
                over = terminated or truncated
                time += 1


def test_command_prints_the_returns_and_writes_the_policy(tmp_path, capsys):
    file = tmp_path / "optimal.py"
    main(["noise-world-2", "--preset", "release", "--policy", str(file)])
    printed = json.loads(capsys.readouterr().out)
    assert printed["optimal"] == pytest.approx(976.768, abs=1e-3)
    assert file.read_text() == policy_source(numbered_board(2), "release")


def test_release_leaves_a_reset_cell_with_the_normalised_probability():
    board = numbered_board(1)
    region = board.regions[board.region[0, 0]]
    for preset, expected in (
        ("paper", region.p),
        ("release", region.p / (region.p + 1 - region.p_alt)),
    ):
        assert Dynamics.of(board, preset).probability[0, 3] == pytest.approx(expected, rel=1e-12)


class _Seen:
    """The observation object of a policy, as far as the optimal policy reads it."""

    def __init__(self, frame, board):
        self.agent_row, self.agent_col = float(frame[0]), float(frame[1])
        if board.keys:
            self.flag_1, self.flag_2 = float(frame[-2]), float(frame[-1])
