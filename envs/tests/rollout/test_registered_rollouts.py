"""A user's own environment in the workers: learned once, kept apart from policies."""

import pytest
from promptpo_envs.registered.bundle import Bundle
from promptpo_rollout.local import Engine

SOURCE = """
import gymnasium
import numpy as np
from gymnasium import spaces


class Count(gymnasium.Env):
    def __init__(self):
        self.observation_space = spaces.Box(0, 100, (1,), np.float64)
        self.action_space = spaces.Discrete(3)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.count = 0.0
        return np.array([self.count]), {}

    def step(self, action):
        self.count += action
        return np.array([self.count]), float(action), self.count >= 10, False, {}
"""
POLICY = "class P:\n    def act(self, obs):\n        return 2\n"
READER = """
class P:
    def act(self, obs):
        with open({path!r}) as file:
            return len(file.read()) % 3
"""


@pytest.fixture(scope="module")
def pool():
    with Engine(workers=1) as engine:
        engine.register(Bundle.of_source(SOURCE).text)
        yield engine


@pytest.fixture(scope="module")
def reference():
    return f"Count@{Bundle.of_source(SOURCE).digest}"


def test_it_is_rolled_out(pool, reference):
    result = pool.rollout(reference, POLICY, [1, 2])
    assert (result["returns"], result["lengths"]) == ([10.0, 10.0], [5, 5])


def test_a_policy_cannot_read_its_file(tmp_path, monkeypatch, reference):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with Engine(workers=1) as engine:
        engine.register(Bundle.of_source(SOURCE).text)
        engine.rollout(reference, POLICY, [1])
        (path,) = tmp_path.glob("promptpo-pool-*/*/environment.py")
        assert path.read_text() == SOURCE
        result = engine.rollout(reference, READER.format(path=str(path)), [1])
    assert (result["outcome"], result["kind"]) == ("failed", "FORBIDDEN")


def test_files_that_were_not_registered_are_an_error(pool):
    result = pool.rollout(f"Count@{'0' * 64}", POLICY, [1])
    assert result["event"] == "error"
    assert "is not registered here" in result["message"]


def test_a_new_worker_learns_it_too_and_nothing_is_left_behind(tmp_path, monkeypatch, reference):
    crash = SOURCE.replace("self.count += action", "import os; os._exit(3)")
    crashing = Bundle.of_source(crash)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with Engine(workers=1) as engine:
        engine.register(Bundle.of_source(SOURCE).text)
        engine.register(crashing.text)
        assert engine.rollout(reference, POLICY, [1])["returns"] == [10.0]
        assert list(tmp_path.glob("promptpo-pool-*/*/environment.py"))
        ended = engine.rollout(f"Count@{crashing.digest}", POLICY, [1])
        assert "ended (exit code 3)" in ended["message"]
        assert engine.rollout(reference, POLICY, [1])["returns"] == [10.0]
    assert list(tmp_path.iterdir()) == []
