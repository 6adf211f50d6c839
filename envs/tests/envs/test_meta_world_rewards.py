"""The reward that a prompt shows gives the simulator's rewards."""

import promptpo_envs
import pytest
from promptpo_policy.observation import observation_factory
from test_meta_world import actions, scripted_policy


def fingertips(simulator):
    return simulator.tcp_center.copy()


UNOBSERVED = {
    "button-press-v3": {
        "at_start": {"first_fingertips": lambda simulator: simulator.init_tcp},
        "each_step": {"fingertips": fingertips},
    },
}
"""What a reward takes besides the observation and the action, and where it is read."""


@pytest.mark.parametrize("moved_by", ["random actions", "the scripted policy"])
@pytest.mark.parametrize("id", list(UNOBSERVED))
def test_reward_source_gives_the_rewards_of_the_simulator(id, moved_by):
    document = promptpo_envs.specification(id)
    scope: dict = {}
    exec(document["reward"]["source"], scope)
    reward, taken = scope["reward"], scope["reward"].__code__.co_varnames
    observation = observation_factory(document["observation"], document["vector_size"])
    env = promptpo_envs.make(id)
    simulator = env.unwrapped.simulator
    met = []
    for seed in range(4):
        obs, _ = env.reset(seed=seed)
        given = {name: read(simulator) for name, read in UNOBSERVED[id]["at_start"].items()}
        policy = scripted_policy(id)
        for random in actions(seed):
            action = random if moved_by == "random actions" else policy(obs)
            obs, measured, *_ = env.step(action)
            given |= {name: read(simulator) for name, read in UNOBSERVED[id]["each_step"].items()}
            if "action" in taken:
                given["action"] = action
            assert reward(observation(obs), **given) == pytest.approx(measured, rel=0, abs=1e-9)
            assert 0.0 <= measured <= 10.0
            met.append(measured)
    # The trajectories reach more than one branch of the formula.
    assert max(met) > (0.5 if moved_by == "random actions" else 1.5)
    env.close()
