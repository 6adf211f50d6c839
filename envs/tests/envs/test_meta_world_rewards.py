"""The reward that a prompt shows gives the simulator's rewards."""

import contextlib
import dis
import inspect
import sys

import numpy as np
import promptpo_envs
import pytest
from promptpo_policy.observation import observation_factory
from test_meta_world import WRITTEN, actions, handwritten_source


def fingertips(simulator):
    return simulator.tcp_center.copy()


def first_fingertips(simulator):
    return simulator.init_tcp


UNOBSERVED = {
    "button-press-v3": {
        "at_start": {"first_fingertips": first_fingertips},
        "each_step": {"fingertips": fingertips},
    },
    "door-open-v3": {
        "at_start": {},
        "each_step": {"angle": lambda simulator: -simulator.data.joint("doorjoint").qpos[0]},
    },
    "drawer-open-v3": {
        "at_start": {"first_fingertips": first_fingertips},
        "each_step": {},
    },
    "pick-place-v3": {
        "at_start": {
            "first_fingertips": first_fingertips,
            "first_puck": lambda simulator: simulator.obj_init_pos,
        },
        "each_step": {
            "fingertips": fingertips,
            "left_y": lambda simulator: simulator.data.body("leftpad").xpos[1],
            "right_y": lambda simulator: simulator.data.body("rightpad").xpos[1],
        },
    },
}
"""What a reward takes besides the observation and the action, and where it is read."""


def moves(document, seed: int):
    """An episode of random actions, one of a good policy, or one of both mixed: takes an
    observation, gives an action."""
    scope: dict = {}
    exec(handwritten_source(document["id"]), scope)
    policy, noise, kind = scope[document["policy_class"]](), actions(seed), seed % 3
    for random in noise:
        good = policy.act((yield))
        yield (random, good, np.clip(good + 0.7 * random, -1.0, 1.0))[kind]


def lines_of(function) -> set[int]:
    """The lines of a function's body, those of what is defined in it included."""
    found, codes = set(), [function.__code__]
    while codes:
        code = codes.pop()
        # The first line is the definition's.
        found |= {line for _, line in dis.findlinestarts(code) if line != code.co_firstlineno}
        codes += [constant for constant in code.co_consts if hasattr(constant, "co_code")]
    return found - {None}


@contextlib.contextmanager
def lines_run(file: str):
    """The lines of a file that run, as a set that grows."""
    found: set[int] = set()

    def enter(frame, event, _argument):
        return note if frame.f_code.co_filename == file else None

    def note(frame, event, _argument):
        if event == "line":
            found.add(frame.f_lineno)
        return note

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        yield found
    finally:
        sys.settrace(before)


@pytest.mark.parametrize("id", WRITTEN)
def test_reward_source_gives_the_rewards_of_the_simulator(id):
    document = promptpo_envs.specification(id)
    scope: dict = {}
    exec(compile(document["reward"]["source"], "the reward", "exec"), scope)
    reward = scope["reward"]
    observation = observation_factory(document["observation"], document["vector_size"])
    env = promptpo_envs.make(id)
    simulator = env.unwrapped.simulator
    run: set[int] = set()
    for seed in range(3):
        obs, _ = env.reset(seed=seed)
        given = {name: read(simulator) for name, read in UNOBSERVED[id]["at_start"].items()}
        mover = moves(document, seed)
        for _ in mover:
            action = mover.send(observation(obs.copy()))
            obs, measured, *_ = env.step(action)
            given |= {name: read(simulator) for name, read in UNOBSERVED[id]["each_step"].items()}
            if "action" in inspect.signature(reward).parameters:
                given["action"] = action
            with lines_run("the reward") as lines:
                computed = reward(observation(obs), **given)
            run |= lines
            assert computed == pytest.approx(measured, rel=0, abs=1e-9)
            assert 0.0 <= measured <= 10.0
    assert lines_of(reward) <= run, "each line of the reward is put to the test"
    env.close()


def test_what_a_reward_calls_constant_is():
    for id in WRITTEN:
        text = promptpo_envs.specification(id)["reward"]["source"]
        env = promptpo_envs.make(id)
        tips = []
        for goal in (0, 17, 49):
            env.reset(options={"goal": goal})
            tips.append(env.unwrapped.simulator.init_tcp)
        assert np.ptp(tips, axis=0).max() < 1e-12
        shown = ", ".join(f"{value:.4f}" for value in tips[0])
        assert f"({shown})" in text or "first_fingertips" not in text
        env.close()
