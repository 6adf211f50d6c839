"""New boards follow the rules by which the study's boards were made."""

import numpy as np
import pytest
from promptpo_envs.noise_world.board import Cell, numbered_board
from promptpo_envs.noise_world.environment import NoiseWorld
from promptpo_envs.noise_world.generation import generate_board
from promptpo_envs.noise_world.oracle import solve

SOME = [(seed, n, keys) for seed in range(12) for n in (3, 5, 8, 12) for keys in (False, True)]


@pytest.mark.parametrize("number", range(7))
def test_the_seeds_of_the_study_give_its_boards(number):
    study = numbered_board(number)
    made = generate_board(study.seed, study.n, study.keys)
    assert np.array_equal(made.codes, study.codes)
    assert np.array_equal(made.region, study.region)
    assert made.regions == study.regions


@pytest.mark.parametrize("seed, n, keys", SOME)
def test_counts_and_ranges_follow_the_rules(seed, n, keys):
    board = generate_board(seed, n, keys)
    codes = board.codes
    assert len(board.regions) == max(4, n // 2)
    assert all(0.25 <= r.p <= 0.95 and 0.25 <= r.p_alt <= 0.95 for r in board.regions)
    assert (codes == Cell.WALL).sum() == max(1, int(0.005 * n * n))
    assert (codes == Cell.DEATH).sum() == max(1, int(0.002 * n * n))
    assert np.argwhere(codes == Cell.GOAL).tolist() == [[n - 1, n - 1]]
    assert codes[0, 0] in (Cell.DETERMINISTIC, Cell.STAY, Cell.RESET)
    for key in (Cell.FIRST_KEY, Cell.SECOND_KEY):
        assert (codes == key).sum() == int(keys)
    plain = codes <= Cell.RESET
    of_region = np.array([["deterministic", "stay", "reset"].index(r.type) for r in board.regions])
    assert np.array_equal(codes[plain], of_region[board.region][plain])


@pytest.mark.parametrize("seed, n, keys", SOME)
def test_the_goal_can_be_reached_with_all_keys(seed, n, keys):
    """Were every move certain, the optimum would be the goal's reward less a step or so a cell."""
    board = generate_board(seed, n, keys)
    sure = type(board)(
        codes=np.where(board.codes <= Cell.RESET, Cell.DETERMINISTIC, board.codes),
        region=board.region.copy(),
        regions=board.regions,
        keys=board.keys,
        seed=board.seed,
    )
    assert solve(sure, "paper").optimal >= 1000 - n * n


def test_large_boards_have_several_walls_and_deaths():
    codes = generate_board(1, 40).codes
    assert (codes == Cell.WALL).sum() == 8
    assert (codes == Cell.DEATH).sum() == 3


def test_each_cell_belongs_to_its_nearest_region_by_l1():
    seed, n = 5, 9
    board = generate_board(seed, n)
    centres = np.random.default_rng(seed).integers(0, n, size=(4, 2))
    for row in range(n):
        for column in range(n):
            distances = np.abs(centres - [row, column]).sum(axis=1)
            assert distances[board.region[row, column]] == distances.min()


def test_same_arguments_give_the_same_board_and_another_seed_another():
    generate_board.cache_clear()
    first = generate_board(7, 8, False)
    generate_board.cache_clear()
    assert np.array_equal(first.codes, generate_board(7, 8, False).codes)
    assert not np.array_equal(first.codes, generate_board(8, 8, False).codes)


def test_environment_of_a_generated_board_knows_its_optimum():
    env = NoiseWorld.generate(seed=7, n=8, keys=False)
    solution = solve(env.board, env.preset)
    assert env.horizon == 64
    assert solution.random < solution.optimal <= 1000 - 14


@pytest.mark.parametrize("seed, n", [(0, 2), (0, 65), (-1, 8)])
def test_arguments_out_of_range_are_refused(seed, n):
    with pytest.raises(ValueError, match="expected"):
        generate_board(seed, n)
