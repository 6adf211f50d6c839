"""Returns depend on the episode seeds alone: not on K, the workers, the process or what ran before.

To the bit, for policies that keep what they know wherever they are promised to be able to.
"""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from promptpo_envs import make
from promptpo_envs.observation import FrameReader
from promptpo_rollout.local import Engine

SEEDS = [11, 12, 13, 14, 15, 16, 17]

POLICIES = {
    "object": """
class P:
    def __init__(self):
        self.calls = 0
    def act(self, obs):
        self.calls += 1
        return (self.calls * self.calls // 3) % 4
""",
    "module_globals": """
calls = 0
class P:
    def act(self, obs):
        global calls
        calls += 1
        return (calls * calls // 3) % 4
""",
    "class_attributes": """
class P:
    seen = []
    def act(self, obs):
        P.seen.append(obs.agent_row + obs.agent_col)
        return int(10 * sum(P.seen)) % 4
""",
    "random": """
import random
class P:
    def act(self, obs):
        if random.gauss(0, 1) > 1:
            return random.randrange(4)
        return random.choice([1, 3])
""",
    "numpy_random": """
import numpy as np
class P:
    def act(self, obs):
        if np.random.randn() > 1:
            return np.random.randint(4)
        return np.random.choice([1, 3])
""",
    "numpy_random_seeded_by_the_policy": """
import numpy as np
class P:
    def __init__(self):
        np.random.seed(3)
        self.pick = np.random.rand
    def act(self, obs):
        return int(4 * self.pick())
""",
    "unseeded_generator": """
import numpy as np
class P:
    def __init__(self):
        self.rng = np.random.default_rng()
    def act(self, obs):
        return self.rng.integers(4)
""",
    # With a clock that counted the neighbours' time too, who plans second would be late.
    "own_processor_time": """
import time
BEGAN = time.process_time(), time.perf_counter()
class P:
    def __init__(self):
        self.calls = 0
    def act(self, obs):
        if self.calls == 0:
            now = time.process_time(), time.perf_counter()
            self.late = max(now[0] - BEGAN[0], now[1] - BEGAN[1]) > 0.1
            while time.process_time() < now[0] + 0.12:
                pass
        self.calls += 1
        return 0 if self.late else 1 + self.calls % 3
""",
    "set_order": """
class P:
    def act(self, obs):
        names = list({"up", "down", "left", "right", "here", "there"})
        return names.index("right") % 4
""",
    "dataclass": """
from dataclasses import dataclass, field
@dataclass
class Memory:
    cells: "list[float]" = field(default_factory=list)
class P:
    def __init__(self):
        self.memory = Memory()
    def act(self, obs):
        self.memory.cells.append(obs.vector.sum())
        return len(self.memory.cells) % 4
""",
}


# The same of a box of actions and of floats, where a last bit would show.
CONTINUOUS = """
import random
import numpy as np
scale = 1.0
class P:
    best = [0.0]
    def __init__(self):
        self.weights = np.random.randn(6, 17) * random.gauss(0.1, 0.02)
    def act(self, obs):
        global scale
        scale *= 0.99 + 0.01 * random.random()
        P.best.append(max(P.best[-1], float(obs.vector[8])))
        action = self.weights @ obs.vector + 0.01 * P.best[-1] + scale * np.random.uniform(-1, 1, 6)
        return action if len(P.best) % 2 else action.tolist()
"""
ALL = [("NoiseWorld1", source) for source in POLICIES.values()] + [("HalfCheetah-v5", CONTINUOUS)]
NAMES = [*POLICIES, "continuous"]
LIFETIMES = ("episode", "candidate")


def outcome(result):
    assert result["outcome"] == "completed", result
    return result["returns"], result["lengths"], result["actions_digest"]


@pytest.mark.parametrize(("environment", "source"), ALL, ids=NAMES)
def test_returns_do_not_depend_on_how_many_episodes_advance_together(engine, environment, source):
    found = [outcome(engine.rollout(environment, source, SEEDS, lockstep=k)) for k in (1, 2, 5, 7)]
    assert found[1:] == found[:1] * 3


@pytest.mark.parametrize(("environment", "source"), ALL, ids=NAMES)
def test_an_episode_does_not_depend_on_its_neighbours(engine, environment, source):
    together = engine.rollout(environment, source, SEEDS)
    alone = engine.rollout(environment, source, SEEDS[3:4])
    assert alone["returns"] == together["returns"][3:4]


def requests(**fields):
    """Each policy at each lifetime."""
    return [
        {"environment": environment, "source": source, "seeds": SEEDS, "lifetime": life} | fields
        for environment, source in ALL
        for life in LIFETIMES
    ]


@pytest.fixture(scope="module")
def two_workers(engine):
    """What each of ``requests()`` gives, several at once."""
    asked = [{"type": "rollout", **request} for request in requests()]
    return [outcome(document) for document, _blob in engine.run_all(asked)]


def test_a_policy_that_lives_through_its_episodes_differs_from_one_that_does_not(two_workers):
    differing = {
        name
        for name, each, whole in zip(NAMES, two_workers[::2], two_workers[1::2], strict=True)
        if each != whole
    }
    # Of others the memory counts for no more than an episode, or leads to the same actions.
    assert differing >= {"object", "module_globals", "random", "numpy_random", "continuous"}


def test_returns_do_not_depend_on_the_workers(two_workers):
    asked = [{"type": "rollout", **request} for request in requests(lockstep=1)]
    with Engine(workers=1) as other:
        # The other way round, so that nothing has what it had before.
        one = [outcome(document) for document, _blob in other.run_all(asked[::-1])][::-1]
    assert one == two_workers


def test_returns_do_not_depend_on_being_stopped_between_candidates(two_workers):
    asked = [{"type": "rollout", **request} for request in requests()]
    half = len(asked) // 2
    found = []
    for part in (asked[:half], asked[half:]):
        with Engine(workers=2) as other:
            found += [outcome(document) for document, _blob in other.run_all(part)]
    assert found == two_workers


def test_returns_are_those_of_a_loop_in_one_process(two_workers):
    path = os.pathsep.join(sys.path)
    finished = subprocess.run(
        [sys.executable, Path(__file__).with_name("in_process.py")],
        input=json.dumps(requests()),
        env=os.environ | {"PYTHONPATH": path, "PYTHONHASHSEED": "0"},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    assert [tuple(result) for result in json.loads(finished.stdout)] == two_workers


def test_a_candidate_lives_through_its_episodes_in_order(engine):
    source = """
class P:
    def __init__(self):
        self.calls = 0
    def act(self, obs):
        self.calls += 1
        return 0 if self.calls <= 100 else 1
"""
    kept, trace = engine.rollout(
        "NoiseWorld1", source, SEEDS, lifetime="candidate", lockstep=5, trace=True
    )
    rows = np.frombuffer(trace).reshape(-1, 106)
    assert kept["lengths"] == [100] * 7
    assert rows[:, 104].tolist() == [0.0] * 100 + [1.0] * 600
    anew = engine.rollout("NoiseWorld1", source, SEEDS)
    assert anew["actions_digest"] != kept["actions_digest"]
    again = engine.rollout("NoiseWorld1", source, SEEDS, lifetime="candidate")
    assert outcome(again) == outcome(kept)


def test_a_rollout_is_the_plain_loop_over_the_environment(engine):
    source = "class P:\n    def act(self, obs):\n        return int(obs.pole_angle > 0)\n"
    result = engine.rollout("CartPole-v1", source, SEEDS)

    returns, lengths, digest = [], [], hashlib.sha256()
    for seed in SEEDS:
        env = make("CartPole-v1")
        frame = FrameReader(env)
        observation, _info = env.reset(seed=seed)
        total, steps, over = 0.0, 0, False
        while not over:
            action = int(frame(observation)[2] > 0)
            digest.update(np.array([action], dtype="<f8").tobytes())
            observation, reward, terminated, truncated, _info = env.step(action)
            total, steps, over = total + reward, steps + 1, terminated or truncated
        returns.append(total)
        lengths.append(steps)
    assert outcome(result) == (returns, lengths, digest.hexdigest())
    assert result["steps"] == sum(lengths)
    assert result["score"] == sum(returns) / len(returns)


def test_a_policy_does_not_learn_the_seed_of_its_environment(engine):
    source = """
import random
import numpy as np
assert random.getstate() != random.Random(11).getstate()
first = np.random.get_state()[1][:4].tolist()
assert first != np.random.RandomState(11).get_state()[1][:4].tolist()
class P:
    def act(self, obs):
        return 0
"""
    assert engine.rollout("NoiseWorld1", source, [11])["outcome"] == "completed"
