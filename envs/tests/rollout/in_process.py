"""Policies rolled out in this very process, without an engine: for tests that compare with it.

Reads a list of requests (environment, source, seeds, lifetime) from standard input, writes the list
of ``[returns, lengths, actions_digest]`` of each. Start it with PYTHONHASHSEED=0, as policies'
processes are.
"""

import hashlib
import json
import sys

import numpy as np
import promptpo_envs
from promptpo_envs.observation import FrameReader
from promptpo_policy.action import action_converter
from promptpo_policy.observation import observation_factory
from promptpo_policy.randomness import episode_randomness, seed_unseeded_generators
from promptpo_policy.source import Source
from promptpo_rollout.rollout import policy_seed


def run(environment, source, seeds, lifetime):
    """One environment, one episode after the other; the policy's generators before each call."""
    specification = promptpo_envs.specification(environment)
    env = promptpo_envs.make(environment)
    frame = FrameReader(env)
    observe = observation_factory(specification["observation"], specification["vector_size"])
    convert, _size = action_converter(specification["action"])
    code = Source(source, "", "act")
    discrete = specification["action"]["kind"] == "discrete"
    returns, lengths, digest, policy = [], [], hashlib.sha256(), None
    for seed in seeds:
        observation, _info = env.reset(seed=seed)
        if policy is None or lifetime == "episode":
            generators = episode_randomness(policy_seed(seed))
            _module, policy_class = code.load()
            policy = policy_class()
        total, steps, over = 0.0, 0, False
        while not over:
            generators.enter()
            action = convert(policy.act(observe(frame(observation).copy())))
            if not discrete:
                action = np.clip(action, specification["action"]["low"], None)
                action = np.clip(action, None, specification["action"]["high"])
            digest.update(np.asarray(action, dtype="<f8").tobytes())
            observation, reward, terminated, truncated, _info = env.step(
                int(action) if discrete else action
            )
            total, steps, over = total + float(reward), steps + 1, terminated or truncated
        returns.append(total)
        lengths.append(steps)
    return returns, lengths, digest.hexdigest()


if __name__ == "__main__":
    seed_unseeded_generators()
    json.dump([run(**request) for request in json.load(sys.stdin)], sys.stdout)
