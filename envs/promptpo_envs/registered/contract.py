"""Whether an environment keeps Gymnasium's contract, tried before it is registered."""

from __future__ import annotations

import math
import warnings
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
from gymnasium.utils.env_checker import check_env

from promptpo_envs.observation import FrameReader
from promptpo_envs.registered.errors import InvalidEnvironment, told

STEPS = 200
"""Random steps that are tried, of as many episodes as they hold."""
_SEED = 20


def check_contract(env: gymnasium.Env, document: dict[str, Any], folder: Path) -> None:
    """Raises InvalidEnvironment, one line, at the first thing that is wrong.

    Gymnasium's own ``check_env``; then what it only warns of, over some random episodes, each
    played twice: the same seed and actions have to give the same.
    """
    name = type(env.unwrapped).__name__
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _check_first_step(env)
            check_env(env.unwrapped, skip_render_check=True, skip_close_check=True)
            _check_sizes(env, document)
            _play_twice(env, document)
    except InvalidEnvironment:
        raise
    except AssertionError as problem:
        said = " ".join(str(problem).split()) or "an assertion failed"
        raise InvalidEnvironment(f"{name} breaks Gymnasium's contract: {said}") from problem
    except (Exception, SystemExit) as problem:
        raise InvalidEnvironment(
            f"{name} fails Gymnasium's check: {told(problem, folder)}"
        ) from problem


def _check_first_step(env: gymnasium.Env) -> None:
    # Told more plainly here; of what raises, check_env has more to say.
    try:
        env.reset(seed=_SEED)
        result = env.unwrapped.step(env.action_space.sample())
    except (Exception, SystemExit):
        return
    _checked(env, result)


def _check_sizes(env: gymnasium.Env, document: dict[str, Any]) -> None:
    observation, _info = env.reset(seed=_SEED)
    numbers = FrameReader(env)(observation).size
    if numbers != document["observation_size"]:
        raise InvalidEnvironment(
            f"the specification's fields have {document['observation_size']} numbers; an"
            f" observation of {type(env.unwrapped).__name__} has {numbers}"
        )
    action, space = document["action"], env.action_space
    if isinstance(space, gymnasium.spaces.Discrete):
        said, there = (action["kind"], action["n"]), ("discrete", int(space.n))
    else:
        said, there = (action["kind"], tuple(action["shape"])), ("box", space.shape)
    if said != there:
        raise InvalidEnvironment(
            f"the specification's action is {said[0]} {said[1]}; the action space of"
            f" {type(env.unwrapped).__name__} is {there[0]} {there[1]}"
        )


def _play_twice(env: gymnasium.Env, document: dict[str, Any]) -> None:
    first, second = (_played(env, document["horizon"]) for _time in range(2))
    for place, (one, other) in enumerate(zip(first, second, strict=False)):
        if one.tobytes() != other.tobytes():
            raise InvalidEnvironment(
                f"{type(env.unwrapped).__name__} does not repeat itself: the same seed and actions"
                f" gave something else after {place} steps; draw all randomness from"
                " self.np_random, and set all state in reset"
            )
    if len(first) != len(second):
        raise InvalidEnvironment(
            f"{type(env.unwrapped).__name__} does not repeat itself: the same seeds and actions"
            " ended an episode sooner or later"
        )


def _played(env: gymnasium.Env, horizon: int) -> list[np.ndarray]:
    """The frame and reward after each of some random steps, episode after episode."""
    frame = FrameReader(env)
    env.action_space.seed(_SEED)
    rows: list[np.ndarray] = []
    episode = 0
    while len(rows) < STEPS:
        observation, _info = env.reset(seed=_SEED + episode)
        rows.append(np.append(frame(observation), 0.0))
        for _step in range(min(horizon, STEPS)):
            action = env.action_space.sample()
            if isinstance(env.action_space, gymnasium.spaces.Discrete):
                action = int(action)
            else:
                # As a rollout gives it.
                action = np.asarray(action, dtype=np.float64)
            observation, reward, over = _checked(env, env.step(action))
            rows.append(np.append(frame(observation), reward))
            if over:
                break
        episode += 1
    return rows


def _checked(env: gymnasium.Env, result: Any) -> tuple[Any, float, bool]:
    name = type(env.unwrapped).__name__
    if not isinstance(result, tuple) or len(result) != 5:
        got = f"{len(result)} values" if isinstance(result, tuple) else type(result).__name__
        raise InvalidEnvironment(
            f"step of {name} gave {got}; expected (observation, reward, terminated, truncated,"
            " info)"
        )
    observation, reward, terminated, truncated, _info = result
    if observation not in env.observation_space:
        raise InvalidEnvironment(
            f"step of {name} gave an observation outside its observation_space:"
            f" {_shown(observation)}; expected {env.observation_space}"
        )
    number = isinstance(reward, (int, float, np.integer, np.floating))
    if not number or not math.isfinite(reward):
        raise InvalidEnvironment(f"step of {name} gave the reward {reward!r}; expected a number")
    for what, value in (("terminated", terminated), ("truncated", truncated)):
        if not isinstance(value, (bool, np.bool_)):
            raise InvalidEnvironment(
                f"step of {name} gave {what} = {value!r}; expected True or False"
            )
    return observation, float(reward), bool(terminated or truncated)


def _shown(observation: Any) -> str:
    if isinstance(observation, np.ndarray):
        kind = f"{observation.dtype} of shape {observation.shape}"
        return f"{np.array2string(observation, threshold=8)} ({kind})".replace("\n", " ")
    return repr(observation)[:200]
