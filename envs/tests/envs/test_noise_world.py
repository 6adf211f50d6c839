"""The rules of NoiseWorld, as the environment plays them."""

import json
import warnings
from importlib.resources import files

import gymnasium
import numpy as np
import promptpo_envs
import pytest
from gymnasium.utils.env_checker import check_env
from promptpo_envs.noise_world.board import Board, Cell, Region, numbered_board
from promptpo_envs.noise_world.dynamics import Dynamics
from promptpo_envs.noise_world.environment import NoiseWorld

UP, DOWN, LEFT, RIGHT = range(4)


def board(*rows: str, p: float = 0.5, p_alt: float = 0.5, keys: bool = False) -> Board:
    """A small board by hand, all of one region."""
    codes = np.array([[int(c) for c in row] for row in rows])
    return Board(codes, np.zeros_like(codes), (Region("stay", p, p_alt),), keys, seed=0)


def play(env: NoiseWorld, actions, seed: int = 0):
    """Rewards, last flags and info of an episode played up to its end or the last action."""
    env.reset(seed=seed)
    rewards, terminated, truncated, info = [], False, False, {}
    for action in actions:
        _, reward, terminated, truncated, info = env.step(action)
        rewards.append(reward)
        if terminated or truncated:
            break
    return rewards, terminated, truncated, info


@pytest.mark.parametrize("preset", ["paper", "release"])
@pytest.mark.parametrize("number", range(7))
def test_passes_gymnasiums_check(number, preset):
    env = gymnasium.make(f"promptpo/NoiseWorld{number}-v0", preset=preset, render_mode="rgb_array")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(env.unwrapped)


def test_generated_board_passes_gymnasiums_check():
    env = gymnasium.make("promptpo/NoiseWorldGenerated-v0", seed=3, n=6, keys=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(env.unwrapped)


def test_cell_codes_are_those_of_the_study():
    document = json.loads(
        files("promptpo_envs.noise_world").joinpath("boards.json").read_text("utf-8")
    )
    assert document["codes"] == {
        "0": "deterministic",
        "1": "stochastic: stays put on failure",
        "2": "stochastic: returns to start on failure",
        "3": "wall",
        "4": "goal",
        "5": "death (terminal)",
        "6": "first key",
        "7": "second key",
    }
    assert [cell.value for cell in Cell] == list(range(8))
    assert (Cell.STAY, Cell.RESET, Cell.WALL, Cell.GOAL, Cell.DEATH) == (1, 2, 3, 4, 5)


def test_observation_is_agent_goal_codes_and_flags():
    env = NoiseWorld.numbered(4)
    first, _ = env.reset(seed=0)
    assert first.dtype == np.float64
    assert first.shape == (106,)
    assert first[:4].tolist() == [0.0, 0.0, 1.0, 1.0]
    assert np.array_equal(first[4:104].reshape(10, 10), numbered_board(4).codes)
    assert first[104:].tolist() == [0.0, 0.0]
    second, *_ = env.step(RIGHT)
    assert second[:2].tolist() == pytest.approx([0.0, 1 / 9])
    assert first[1] == 0.0, "an earlier observation must not change"


def test_writing_into_an_observation_changes_nothing_in_the_environment():
    env = NoiseWorld.numbered(1)
    for _ in range(2):
        first, _ = env.reset(seed=0)
        second, *_ = env.step(UP)
        assert np.array_equal(first, second)
        assert first.max() == 5.0
        first[:] = 99.0
        second[:] = 99.0


@pytest.mark.parametrize(
    "preset, n, death, goal",
    [("paper", 3, -1001.0, 999.0), ("release", 3, -244.0, 26.0), ("release", 4, -1025.0, 63.0)],
)
def test_rewards_of_death_and_goal(preset, n, death, goal):
    empty = "0" * n
    deadly = board("05" + "0" * (n - 2), *[empty] * (n - 2), "0" * (n - 1) + "4")
    rewards, terminated, _, info = play(NoiseWorld(deadly, preset), [RIGHT])
    assert (rewards, terminated, info["success"]) == ([death], True, False)
    way = [DOWN] * (n - 1) + [RIGHT] * (n - 1)
    rewards, terminated, _, info = play(NoiseWorld(deadly, preset), way)
    assert rewards == [-1.0] * (len(way) - 1) + [goal]
    assert (terminated, info["success"]) == (True, True)


def test_blocked_move_stays_for_certain_and_costs_a_step():
    walled = board("230", "200", "004", p=0.01)
    env = NoiseWorld(walled)
    for action in (UP, LEFT, RIGHT):
        rewards, *_ = play(env, [action] * 5)
        assert rewards == [-1.0] * 5
        assert env.agent == (0, 0)


def test_episode_is_truncated_after_n_squared_steps():
    env = NoiseWorld(board("000", "000", "004"))
    rewards, terminated, truncated, _ = play(env, [UP] * 100)
    assert len(rewards) == 9
    assert (terminated, truncated) == (False, True)
    with pytest.raises(gymnasium.error.ResetNeeded):
        env.step(UP)


def test_goal_on_the_last_step_terminates_and_does_not_truncate():
    env = NoiseWorld(board("000", "000", "004"))
    rewards, terminated, truncated, _ = play(env, [UP] * 5 + [RIGHT, RIGHT, DOWN, DOWN])
    assert len(rewards) == 9
    assert (terminated, truncated) == (True, False)


@pytest.mark.parametrize("action", [-1, 4, 0.5, float("nan")])
def test_other_actions_are_refused(action):
    env = NoiseWorld.numbered(1)
    env.reset(seed=0)
    with pytest.raises(ValueError, match="expected 0, 1, 2 or 3"):
        env.step(action)


def test_stay_cell_lets_a_share_p_of_the_moves_pass():
    stay = board("000", "100", "004", p=0.3)
    env, passed = NoiseWorld(stay), 0
    for seed in range(4000):
        play(env, [DOWN, RIGHT], seed)
        assert env.agent in ((1, 0), (1, 1))
        passed += env.agent == (1, 1)
    assert passed / 4000 == pytest.approx(0.3, abs=3.5 * (0.3 * 0.7 / 4000) ** 0.5)


@pytest.mark.parametrize("preset, expected", [("paper", 0.6), ("release", 0.6 / (1.6 - 0.3))])
def test_reset_cell_returns_to_the_start_on_failure(preset, expected):
    reset = board("000", "200", "004", p=0.6, p_alt=0.3)
    env, passed = NoiseWorld(reset, preset), 0
    for seed in range(4000):
        play(env, [DOWN, RIGHT], seed)
        assert env.agent in ((0, 0), (1, 1))
        passed += env.agent == (1, 1)
    error = (expected * (1 - expected) / 4000) ** 0.5
    assert passed / 4000 == pytest.approx(expected, abs=3.5 * error)


def test_same_seed_gives_the_same_noise_at_the_same_step_whatever_was_done_before():
    """Common random numbers: policies are compared on the same luck."""
    stay = board("111", "111", "114", p=0.5)
    env = NoiseWorld(stay)
    env.reset(seed=11)
    noise = list(env._noise)
    play(env, [UP, RIGHT, RIGHT], seed=11)
    assert env._noise == noise
    outcomes = []
    for seed in range(50):
        play(env, [UP, RIGHT], seed)
        moved_right = env.agent == (0, 1)
        play(env, [UP, DOWN], seed)
        moved_down = env.agent == (1, 0)
        assert moved_right == moved_down
        outcomes.append(moved_right)
    assert 0 < sum(outcomes) < 50


KEYS = board("067", "000", "004", keys=True)


def test_keys_count_in_order_and_then_the_goal_pays():
    env = NoiseWorld(KEYS)
    rewards, terminated, _, info = play(env, [RIGHT, RIGHT, DOWN, DOWN])
    assert rewards == [-1.0, -1.0, -1.0, 999.0]
    assert (terminated, info["success"], env.keys_held) == (True, True, 2)


def test_flags_show_the_keys_held():
    env = NoiseWorld(KEYS)
    env.reset(seed=0)
    assert env.step(RIGHT)[0][-2:].tolist() == [1.0, 0.0]
    assert env.step(RIGHT)[0][-2:].tolist() == [1.0, 1.0]
    assert env.step(LEFT)[0][-2:].tolist() == [1.0, 1.0]


def test_second_key_before_the_first_has_no_effect():
    backwards = board("076", "000", "004", keys=True)
    env = NoiseWorld(backwards)
    rewards, terminated, _, info = play(env, [RIGHT, RIGHT, DOWN, DOWN])
    assert env.keys_held == 1
    assert (rewards[-1], terminated, info["success"]) == (-1.0, True, False)
    rewards, terminated, _, info = play(env, [RIGHT, RIGHT, LEFT, DOWN, RIGHT, DOWN])
    assert (rewards[-1], terminated, info["success"]) == (999.0, True, True)


@pytest.mark.parametrize("preset", ["paper", "release"])
def test_goal_without_both_keys_ends_the_episode_with_minus_1(preset):
    rewards, terminated, truncated, info = play(
        NoiseWorld(KEYS, preset), [DOWN, DOWN, RIGHT, RIGHT]
    )
    assert rewards == [-1.0] * 4
    assert (terminated, truncated, info["success"]) == (True, False, False)


def test_keys_survive_a_return_to_the_start():
    back = board("060", "020", "004", p=0.0, keys=True)
    env = NoiseWorld(back)
    env.reset(seed=0)
    env.step(RIGHT)
    env.step(DOWN)
    obs, *_ = env.step(DOWN)
    assert env.agent == (0, 0)
    assert env.keys_held == 1
    assert obs[-2:].tolist() == [1.0, 0.0]


def test_key_cells_are_left_for_certain():
    for number in (4, 5, 6):
        codes = numbered_board(number).codes.ravel()
        for preset in ("paper", "release"):
            probability = Dynamics.of(numbered_board(number), preset).probability
            for key in (Cell.FIRST_KEY, Cell.SECOND_KEY):
                cell = int(np.flatnonzero(codes == key)[0])
                for progress in range(3):
                    assert probability[progress * codes.size + cell].tolist() == [1.0] * 4


def test_render_draws_the_board_with_the_agent_on_it():
    env = gymnasium.make("promptpo/NoiseWorld1-v0", render_mode="rgb_array")
    env.reset(seed=0)
    before = env.render()
    assert before.dtype == np.uint8
    assert before.shape == (480, 480, 3)
    env.step(DOWN)
    after = env.render()
    changed = np.argwhere((before != after).any(axis=2))
    rows, columns = np.unique(changed // 48, axis=0).T
    assert set(zip(rows.tolist(), columns.tolist(), strict=True)) <= {(0, 0), (1, 0)}
    assert len(changed) > 0


def test_cells_of_different_kinds_look_different():
    env = NoiseWorld.numbered(5, render_mode="rgb_array")
    env.reset(seed=0)
    picture = env.render()
    corners = {}
    for row in range(10):
        for column in range(10):
            code = int(env.board.codes[row, column])
            corners.setdefault(code, tuple(picture[row * 48 + 4, column * 48 + 4].tolist()))
    assert corners.keys() == {1, 2, 3, 4, 5, 6, 7}
    assert len({corners[code] for code in (1, 2, 3, 4, 5, 6)}) == 6


def test_no_render_mode_gives_no_picture_and_a_wrong_one_is_refused():
    env = NoiseWorld.numbered(1)
    env.reset(seed=0)
    assert env.render() is None
    with pytest.raises(ValueError, match="rgb_array"):
        NoiseWorld.numbered(1, render_mode="human")


def test_unknown_preset_is_refused_by_gymnasium_too():
    with pytest.raises(promptpo_envs.UnknownPreset, match="paper, release"):
        gymnasium.make("promptpo/NoiseWorld1-v0", preset="Paper2")
