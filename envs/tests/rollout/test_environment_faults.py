"""What a rollout makes of an environment that misbehaves."""

import math

import numpy as np
import pytest
from promptpo_envs import specification
from promptpo_rollout.environments import Step
from promptpo_rollout.outcome import Failure
from promptpo_rollout.policy_process import Template, Watch
from promptpo_rollout.request import RolloutRequest
from promptpo_rollout.rollout import Rollout

REQUEST = RolloutRequest.of(
    {
        "environment": "CartPole-v1",
        "source": "class P:\n    def act(self, obs):\n        return 1\n",
        "seeds": [0],
    }
)


class Fake:
    """One environment and all environments: three steps, the last reward as given."""

    def __init__(self, last):
        self._rewards = [1.0, 1.0, last]

    def specification(self, name, preset):
        return specification(name, preset)

    def copies(self, name, preset, count):
        return [self]

    def reset(self, seed):
        return np.zeros(4)

    def step(self, action):
        reward = self._rewards.pop(0)
        if isinstance(reward, Exception):
            raise reward
        return Step(np.zeros(4), reward, not self._rewards, None)


class Quiet(Watch):
    def look(self):
        pass


@pytest.fixture(scope="module")
def run():
    template = Template("process")
    yield lambda rollout: rollout.run(template, Quiet())
    template.close()


def test_finite_rewards_are_summed(run):
    fields, _trace = run(Rollout(REQUEST, Fake(0.5), lambda *_: None))
    assert fields["returns"] == [2.5] and fields["lengths"] == [3]


@pytest.mark.parametrize("last", [math.nan, math.inf, -math.inf])
def test_a_reward_that_is_no_number_fails_the_candidate(run, last):
    rollout = Rollout(REQUEST, Fake(last), lambda *_: None)
    with pytest.raises(Failure, match=f"reward became {last}") as caught:
        run(rollout)
    assert (caught.value.kind, rollout.steps, rollout.place(caught.value.slot)[0]) == (
        "EXCEPTION",
        3,
        0,
    )


def test_an_exception_of_the_environment_is_not_the_policys(run):
    with pytest.raises(RuntimeError, match="engine broke"):
        run(Rollout(REQUEST, Fake(RuntimeError("engine broke")), lambda *_: None))
