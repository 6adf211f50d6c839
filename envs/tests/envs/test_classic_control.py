"""CartPole, Pendulum and Acrobot: their texts are run beside the simulation."""

import warnings

import numpy as np
import promptpo_envs
import pytest
from gymnasium.utils.env_checker import check_env
from promptpo_policy.observation import observation_factory


def reward_of(document: dict):
    namespace: dict = {}
    exec(document["reward"]["source"], namespace)
    return namespace["reward"]


@pytest.mark.parametrize("name", ["Acrobot-v1", "CartPole-v1", "Pendulum-v1"])
def test_passes_gymnasiums_check(name):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # Gymnasium's Pendulum has torques up to 2, which its own check finds unusual.
        warnings.filterwarnings("ignore", message=".*symmetric and normalized")
        # CartPole's velocities have no bounds.
        warnings.filterwarnings("ignore", message=".*infinity")
        check_env(promptpo_envs.make(name).unwrapped, skip_render_check=True)


@pytest.mark.parametrize("preset", ["paper", "release"])
def test_cart_pole_rewards(preset):
    document = promptpo_envs.specification("CartPole-v1", preset)
    reward, env = reward_of(document), promptpo_envs.make("CartPole-v1", preset)
    draw = np.random.default_rng(0)
    over, seed, fell, cut = True, 0, 0, 0
    for _ in range(10_000):
        if over:
            obs, _ = env.reset(seed=seed)
            # By turns it is kept up to the horizon and pushed at random until it falls.
            balanced, seed = seed % 2 == 0, seed + 1
        action = int(obs[2] + obs[3] > 0) if balanced else int(draw.integers(2))
        obs, right, terminated, truncated, _ = env.step(action)
        assert reward() == right
        fell, cut = fell + terminated, cut + truncated
        over = terminated or truncated
    assert fell > 10 and cut > 10


def test_pendulum_rewards():
    document = promptpo_envs.specification("Pendulum-v1")
    reward, env = reward_of(document), promptpo_envs.make("Pendulum-v1")
    named = observation_factory(document["observation"], document["vector_size"])
    draw = np.random.default_rng(0)
    over, seed = True, 0
    for _ in range(10_000):
        if over:
            obs, _ = env.reset(seed=seed)
            seed += 1
        angle, velocity = (float(value) for value in env.unwrapped.state)
        seen = named(obs.astype(np.float64))
        assert np.array_equal(seen.vector, [seen.cos_angle, seen.sin_angle, seen.angular_velocity])
        action = draw.uniform(-2, 2, 1)
        obs, right, terminated, truncated, _ = env.step(action)
        angle = np.arctan2(np.sin(angle), np.cos(angle))
        assert reward(action, angle, velocity) == pytest.approx(right, rel=1e-9, abs=1e-9)
        observed = np.arctan2(seen.sin_angle, seen.cos_angle)
        assert reward(action, observed, seen.angular_velocity) == pytest.approx(right, abs=1e-5)
        assert not terminated
        over = truncated
    assert seed == 10_000 // document["horizon"]


def test_pendulum_turns_anticlockwise_under_a_positive_torque_and_falls_away_from_upright():
    env = promptpo_envs.make("Pendulum-v1").unwrapped
    env.reset(seed=0)
    for angle, torque, sign in ((0.0, 1.0, 1), (0.0, -1.0, -1), (0.5, 0.0, 1), (-0.5, 0.0, -1)):
        env.state = np.array([angle, 0.0])
        obs, *_ = env.step(np.array([torque]))
        assert np.sign(obs[2]) == sign


def test_acrobot_rewards():
    document = promptpo_envs.specification("Acrobot-v1")
    reward, env = reward_of(document), promptpo_envs.make("Acrobot-v1")
    named = observation_factory(document["observation"], document["vector_size"])
    over, seed, ended = True, 0, 0
    for _ in range(10_000):
        if over:
            obs, _ = env.reset(seed=seed)
            seed += 1
        # Pushing the way that the joints turn swings the links up.
        obs, right, terminated, truncated, _ = env.step(0 if obs[4] > 0 else 2)
        seen = named(obs.astype(np.float64))
        assert reward(seen) == right
        assert terminated == (right == 0.0)
        ended += terminated
        over = terminated or truncated
    assert ended > 10


def test_acrobot_angles_and_torques_have_one_sense():
    env = promptpo_envs.make("Acrobot-v1").unwrapped
    for action, sign in ((0, -1), (1, 0), (2, 1)):
        env.reset(seed=0)
        env.state = np.zeros(4)
        obs, *_ = env.step(action)
        assert np.sign(round(float(obs[5]), 9)) == sign
