"""The exact truth about a NoiseWorld, by dynamic programming over its finite horizon.

The state holds the key progress and the policy depends on the time: with k steps left the best
move can differ from the one with k + 1 left.

    python -m promptpo_envs.noise_world.oracle NoiseWorld1 --preset paper --policy optimal.py

prints the exact returns and, where asked, writes the optimal policy as a policy file.
"""

from __future__ import annotations

import argparse
import functools
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from promptpo_envs.noise_world.board import Board
from promptpo_envs.noise_world.dynamics import Dynamics


@dataclass(frozen=True, eq=False)
class Solution:
    """Expected returns from the start over n^2 steps, and how to get the best one.

    ``optimal`` and ``random`` are those of the optimal and of the uniformly random policy.
    ``policy`` is (horizon, states) uint8: the optimal action at each time in each state, the
    lowest-numbered one among equals.
    """

    optimal: float
    random: float
    policy: np.ndarray


@functools.lru_cache(maxsize=64)
def solve(board: Board, preset: str) -> Solution:
    """Solves a board under a preset by backward induction."""
    dynamics = Dynamics.of(board, preset)
    best = np.zeros(len(dynamics.reward))
    random = np.zeros_like(best)
    policy = np.zeros((board.horizon, len(best)), dtype=np.uint8)
    for time in reversed(range(board.horizon)):
        values = _action_values(dynamics, best)
        policy[time] = np.argmax(values, axis=1)
        best = values.max(axis=1)
        random = _action_values(dynamics, random).mean(axis=1)
    policy.setflags(write=False)
    return Solution(float(best[0]), float(random[0]), policy)


def _action_values(dynamics: Dynamics, value: np.ndarray) -> np.ndarray:
    """Expected return of each action in each state, given the value of the states one step on."""
    entered = dynamics.reward + np.where(dynamics.terminal, 0.0, value)
    p = dynamics.probability
    return p * entered[dynamics.intended] + (1.0 - p) * entered[dynamics.otherwise]


def policy_source(board: Board, preset: str, class_name: str = "OptimalPolicy") -> str:
    """Source of a policy file that plays the optimal policy of this board.

    It needs only NumPy, looks its action up in an embedded table, and counts its own steps: it is
    right for one episode an object (lifetime ``episode``).
    """
    solution = solve(board, preset)
    states = solution.policy.shape[1]
    digits = "".join(map(str, solution.policy.ravel().tolist()))
    progress = "int(obs.flag_1 + obs.flag_2)" if board.keys else "0"
    return f'''import numpy as np

N = {board.n}
TABLE = np.frombuffer(b"{digits}", dtype=np.uint8).reshape({board.horizon}, {states}) - ord("0")


class {class_name}:
    """The optimal action at each time and in each state of one board."""

    def __init__(self):
        self.time = 0

    def act(self, obs):
        row, column = round(obs.agent_row * (N - 1)), round(obs.agent_col * (N - 1))
        state = ({progress} * N + row) * N + column
        action = int(TABLE[self.time, state])
        self.time += 1
        return action
'''


def main(arguments: list[str] | None = None) -> None:
    """The command above."""
    from promptpo_envs.catalogue import make

    parser = argparse.ArgumentParser(description="The exact returns of a NoiseWorld.")
    parser.add_argument("environment", help="such as NoiseWorld1 or NoiseWorld-n8-seed7")
    parser.add_argument("--preset", default="paper")
    parser.add_argument("--policy", type=Path, help="file to write the optimal policy to")
    given = parser.parse_args(arguments)
    env = make(given.environment, given.preset).unwrapped
    if not hasattr(env, "board"):
        parser.error(f"{given.environment} is no NoiseWorld: it has no exact solution here")
    solution = solve(env.board, given.preset)
    print(json.dumps({"random": solution.random, "optimal": solution.optimal}))
    if given.policy is not None:
        given.policy.write_text(policy_source(env.board, given.preset), "utf-8")


if __name__ == "__main__":
    main()
