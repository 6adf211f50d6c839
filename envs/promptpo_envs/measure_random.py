"""Measures the return of the uniformly random policy: the reference that is 0 in normalised return.

python -m promptpo_envs.measure_random CartPole-v1 --episodes 10000 --seed 0
"""

from __future__ import annotations

import argparse
import json

import numpy as np

from promptpo_envs.catalogue import make
from promptpo_envs.seeds import episode_seeds


def random_return(id: str, preset: str, episodes: int, seed: int) -> dict[str, float]:
    """Mean return over episodes with its 95 % interval (normal, over episodes).

    Episode seeds are those of stage ``evaluate``, round 0. The action space is seeded once, with a
    seed of round 1: with an episode's own it would draw the numbers of the initial state again.
    """
    if episodes < 2:
        raise ValueError(f"episodes is {episodes}: expected 2 or more, for an interval.")
    env = make(id, preset)
    env.action_space.seed(episode_seeds(seed, "evaluate", 1, 1)[0])
    returns = np.zeros(episodes)
    for index, episode_seed in enumerate(episode_seeds(seed, "evaluate", 0, episodes)):
        env.reset(seed=episode_seed)
        over = False
        while not over:
            _, reward, terminated, truncated, _ = env.step(env.action_space.sample())
            returns[index] += reward
            over = terminated or truncated
    env.close()
    mean = float(returns.mean())
    half = 1.959964 * float(returns.std(ddof=1)) / np.sqrt(episodes)
    return {"value": mean, "low": mean - half, "high": mean + half}


def main() -> None:
    parser = argparse.ArgumentParser(description="Return of the uniformly random policy.")
    parser.add_argument("environment")
    parser.add_argument("--preset", default="paper")
    parser.add_argument("--episodes", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    measured = random_return(given.environment, given.preset, given.episodes, given.seed)
    print(json.dumps(measured))


if __name__ == "__main__":
    main()
