"""The rules of NoiseWorld as tables: what each action does in each state.

A state is the agent's cell and, on boards with keys, how many keys were taken in order:
``state = progress * n * n + row * n + column``. The environment steps through these tables and
the oracle solves them.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from promptpo_envs.errors import check_preset
from promptpo_envs.noise_world.board import Board, Cell

ACTIONS = ("up", "down", "left", "right")
MOVES = ((-1, 0), (1, 0), (0, -1), (0, 1))


def death_reward(n: int, preset: str) -> float:
    """Added to a step that enters a death cell: -1000, in the release -n^5."""
    return -1000.0 if check_preset(preset) == "paper" else -float(n**5)


def goal_reward(n: int, preset: str) -> float:
    """Added to a step that enters the goal (with both keys, if any): 1000, in the release n^3."""
    return 1000.0 if check_preset(preset) == "paper" else float(n**3)


STEP_REWARD = -1.0


def success_probability(board: Board, row: int, column: int, preset: str) -> float:
    """Probability that an unblocked move from this cell goes where it was meant to.

    Certain on all but the two stochastic kinds of cell. On a stay cell it is the region's p. On a
    reset cell it is p too by the paper's rules; in the release the alternative outcome is drawn
    with 1 - p_alt beside p and the two are normalised: p / (p + 1 - p_alt).
    """
    code = board.codes[row, column]
    region = board.regions[board.region[row, column]]
    if code == Cell.STAY:
        return region.p
    if code == Cell.RESET:
        return region.p if preset == "paper" else region.p / (region.p + 1.0 - region.p_alt)
    return 1.0


def keys_after(progress: int, code: int) -> int:
    """Keys held after entering a cell: the first key counts at once, the second only after it."""
    if progress == 0 and code == Cell.FIRST_KEY:
        return 1
    if progress == 1 and code == Cell.SECOND_KEY:
        return 2
    return progress


@dataclass(frozen=True, eq=False)
class Dynamics:
    """Tables over states (S) and actions (4).

    intended, otherwise: (S, 4) next state when the move succeeds, and when it fails
    probability: (S, 4) of success; 1 for a blocked move, which stays for certain
    reward, terminal, success: (S,) on entering the state: reward of that step, whether the
        episode ends there, whether the goal was reached with all that the board asks for
    """

    intended: np.ndarray
    otherwise: np.ndarray
    probability: np.ndarray
    reward: np.ndarray
    terminal: np.ndarray
    success: np.ndarray

    @staticmethod
    @functools.lru_cache(maxsize=64)
    def of(board: Board, preset: str) -> Dynamics:
        """The rules of a board under a preset; the same object when asked again."""
        check_preset(preset)
        n, cells = board.n, board.n * board.n
        levels = 3 if board.keys else 1
        states = levels * cells
        intended = np.zeros((states, 4), dtype=np.int64)
        otherwise = np.zeros((states, 4), dtype=np.int64)
        probability = np.ones((states, 4))
        reward = np.full(states, STEP_REWARD)
        terminal = np.zeros(states, dtype=bool)
        success = np.zeros(states, dtype=bool)
        for state in range(states):
            progress, cell = divmod(state, cells)
            row, column = divmod(cell, n)
            code = board.codes[row, column]
            if code == Cell.DEATH:
                terminal[state] = True
                reward[state] += death_reward(n, preset)
            elif code == Cell.GOAL:
                terminal[state] = True
                success[state] = progress == levels - 1
                if success[state]:
                    reward[state] += goal_reward(n, preset)
            p = success_probability(board, row, column, preset)
            for action, (down, right) in enumerate(MOVES):
                target = (row + down, column + right)
                if not _enterable(board, target):
                    intended[state, action] = otherwise[state, action] = state
                    continue
                held = keys_after(progress, board.codes[target])
                intended[state, action] = held * cells + target[0] * n + target[1]
                otherwise[state, action] = progress * cells if code == Cell.RESET else state
                probability[state, action] = p
        return Dynamics(intended, otherwise, probability, reward, terminal, success)


def _enterable(board: Board, target: tuple[int, int]) -> bool:
    row, column = target
    return 0 <= row < board.n and 0 <= column < board.n and board.codes[row, column] != Cell.WALL
