"""Episode seeds are part of every recorded run: they never change."""

import numpy as np
import pytest
from promptpo_envs.seeds import STAGES, episode_seeds


def test_stage_numbers_are_fixed():
    assert STAGES == {
        "search": 0,
        "validation": 1,
        "audit": 2,
        "heldout": 3,
        "render": 4,
        "evaluate": 5,
    }


GOLDEN = {
    (0, "search", 0, 5): [3678467582, 1745761672, 4037452230, 167640152, 2403480109],
    (0, "search", 1, 3): [1246905493, 1812439554, 418312378],
    (0, "validation", 1, 3): [3952790413, 3023734987, 3853099827],
    (0, "heldout", 0, 3): [707637316, 350384618, 2124185403],
    (7, "search", 0, 3): [1235843224, 3640678208, 3948719427],
    (0, "evaluate", 0, 3): [2211973835, 2559430004, 3159540020],
    (0, "render", 2, 2): [970305869, 4277212824],
}


@pytest.mark.parametrize("key", GOLDEN)
def test_seeds_are_those_of_every_earlier_release(key):
    assert episode_seeds(*key) == GOLDEN[key]


def test_a_seed_is_the_first_word_of_its_seed_sequence():
    sequence = np.random.SeedSequence(17, spawn_key=(3, 4, 1))
    assert episode_seeds(17, "heldout", 4, 2)[1] == int(sequence.generate_state(1)[0])


def test_more_episodes_keep_the_earlier_ones():
    assert episode_seeds(0, "search", 1, 20)[:5] == episode_seeds(0, "search", 1, 5)


def test_runs_stages_rounds_and_episodes_meet_different_seeds():
    seeds = [
        seed
        for run in range(5)
        for stage in STAGES
        for round in range(4)
        for seed in episode_seeds(run, stage, round, 5)
    ]
    assert len(set(seeds)) == len(seeds) == 600
    assert all(type(seed) is int and 0 <= seed < 2**32 for seed in seeds)


@pytest.mark.parametrize(
    "arguments", [(0, "serach", 0, 5), (-1, "search", 0, 5), (0, "search", -1, 5)]
)
def test_wrong_arguments_are_refused(arguments):
    with pytest.raises(ValueError, match="expected"):
        episode_seeds(*arguments)
