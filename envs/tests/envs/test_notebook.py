"""What a notebook touches: strings, numbers and arrays only."""

import json

import numpy as np
import pytest
from promptpo_envs import UnknownEnvironment, notebook, specification
from promptpo_envs.errors import NoEpisode
from promptpo_envs.observation import frame


def test_an_episode_by_hand():
    handle = notebook.open("noiseworld1", "release")
    assert json.loads(handle.spec) == specification("NoiseWorld1", "release")
    first = handle.reset(3)
    assert (first.dtype, first.shape) == (np.float64, (104,))
    second, reward, terminated, truncated, info = handle.step(1)
    assert second[0] in (0.0, pytest.approx(1 / 9))
    assert (reward, terminated, truncated) == (-1.0, False, False)
    assert [type(value) for value in (reward, terminated, truncated)] == [float, bool, bool]
    assert json.loads(info) == {"success": False}
    picture = handle.render()
    assert (picture.dtype, picture.shape) == (np.uint8, (480, 480, 3))
    assert handle.sample() in range(4)
    handle.close()


def test_a_box_action_may_be_any_sequence_of_numbers():
    handle = notebook.Handle("Pendulum-v1", "paper")
    rewards = []
    for action in ([1.5], (1.5,), np.array([1.5])):
        handle.reset(0)
        rewards.append(handle.step(action)[1])
    assert rewards[0] == rewards[1] == rewards[2]
    assert handle.sample().shape == (1,)
    handle.close()


def test_same_seed_same_episode():
    one, other = notebook.open("NoiseWorld3"), notebook.open("NoiseWorld3")
    one.reset(5)
    other.reset(5)
    for action in (1, 1, 1, 1, 1, 3, 3, 3):
        assert np.array_equal(one.step(action)[0], other.step(action)[0])


def test_an_unknown_environment_is_an_error_with_the_nearest():
    with pytest.raises(UnknownEnvironment, match="NoiseWorld"):
        notebook.open("NoiseWord1")


def test_the_list_and_a_specification_as_text():
    assert json.loads(notebook.environments())[0]["id"] == "NoiseWorld0"
    assert json.loads(notebook.specification("CartPole-v1"))["horizon"] == 500


def test_frame_appends_the_extra_observation():
    import gymnasium

    class WithExtra(gymnasium.Wrapper):
        def extra_observation(self):
            return np.array([7, 8])

    env = WithExtra(gymnasium.make("CartPole-v1"))
    obs, _ = env.reset(seed=0)
    seen = frame(env, obs)
    assert seen.shape == (6,)
    assert seen[:4].tolist() == obs.astype(float).tolist()
    assert seen[4:].tolist() == [7.0, 8.0]


def test_frame_of_a_dict_observation_has_its_parts_in_the_order_of_the_space():
    import gymnasium
    from gymnasium import spaces

    class Parts(gymnasium.Env):
        observation_space = spaces.Dict(
            {"b": spaces.Box(0, 1, (2,)), "a": spaces.Discrete(3), "c": spaces.Box(0, 1, (1, 2))}
        )
        action_space = spaces.Discrete(2)

    env = Parts()
    obs = {"c": np.array([[4.0, 5.0]]), "a": 2, "b": np.array([1.0, 0.5])}
    order = list(env.observation_space.spaces)
    expected = {"b": [1.0, 0.5], "a": [2.0], "c": [4.0, 5.0]}
    assert frame(env, obs).tolist() == [value for key in order for value in expected[key]]


def test_a_step_needs_an_episode():
    handle = notebook.open("CartPole-v1")
    with pytest.raises(NoEpisode, match=r"CartPole-v1 waits for reset\(seed\): no episode"):
        handle.step(0)
    handle.reset(0)
    while not handle.step(0)[2]:
        pass
    with pytest.raises(NoEpisode, match="the episode is over"):
        handle.step(0)
    assert handle.reset(0).shape == (4,)
    assert handle.step(1)[1] == 1.0
    handle.close()


def test_steps_are_written_to_memory_that_someone_else_reads():
    handle, same = notebook.open("CartPole-v1"), notebook.open("CartPole-v1")
    memory = np.zeros(notebook.SHARED_HEAD + 4)
    handle.share(memory)
    handle.reset_shared(7)
    assert memory[3:].tolist() == same.reset(7).tolist()
    info = handle.step_shared(1)
    frame, reward, terminated, truncated, other_info = same.step(1)
    assert info == other_info
    assert memory[:3].tolist() == [reward, terminated, truncated]
    assert memory[3:].tolist() == frame.tolist()
    with pytest.raises(ValueError, match="expected float64 of shape"):
        handle.share(np.zeros(4))


def test_a_step_by_hand_comes_to_what_a_rollout_comes_to():
    from promptpo_rollout.environments import Environment

    rolled = Environment("Hopper-v5", "paper", specification("Hopper-v5"))
    handle = notebook.open("Hopper-v5")
    assert handle.reset(2).tolist() == rolled.reset(2).tolist()
    for action in np.random.default_rng(0).uniform(-1, 1, (5, 3)):
        frame, reward, *_ = handle.step(action.tolist())
        rolled_frame, rolled_reward, *_ = rolled.step(action)
        assert (frame.tolist(), reward) == (rolled_frame.tolist(), rolled_reward)
    handle.close()
    rolled.close()
