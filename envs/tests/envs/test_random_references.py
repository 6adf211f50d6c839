"""The returns of the uniformly random policy that specifications note, against fresh episodes."""

import re

import promptpo_envs
import pytest
from promptpo_envs import classic_control, meta_world, mujoco, point_maze
from promptpo_envs.measure_random import random_return

NAMES = [name for part in (classic_control, point_maze, mujoco) for name in part.FAMILY.ids()]
# A step of these takes half a millisecond and more.
NAMES += [pytest.param(name, marks=pytest.mark.slow) for name in meta_world.FAMILY.ids()]
STEPS = 5_000


@pytest.mark.parametrize("name", NAMES)
def test_fresh_episodes_agree_with_the_noted_return(name):
    document = promptpo_envs.specification(name)
    reference = document["references"]["random"]
    command = rf"-m promptpo_envs\.measure_random {name} --episodes (\d+) --seed 0$"
    measured = int(re.search(command, reference["source"])[1])
    assert measured >= 200
    assert reference["low"] < reference["value"] < reference["high"]

    # The noted interval is 1.96 standard errors to either side; fresh episodes spread as much.
    error = (reference["high"] - reference["low"]) / 2 / 1.96
    fresh = max(5, STEPS // document["horizon"])
    expected = error * (1 + measured / fresh) ** 0.5
    again = random_return(name, "paper", episodes=fresh, seed=1)["value"]
    # The seeds are fixed; four standard errors leave room for skewed returns.
    assert abs(again - reference["value"]) < 4 * expected
