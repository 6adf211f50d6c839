"""NoiseWorld as a Gymnasium environment."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

from promptpo_envs.noise_world.board import Board, Cell, numbered_board
from promptpo_envs.noise_world.dynamics import Dynamics
from promptpo_envs.noise_world.generation import generate_board
from promptpo_envs.noise_world.picture import draw


class NoiseWorld(gymnasium.Env):
    """A board on which some cells let a move fail.

    Observation: float64 vector of length 4 + n * n (+ 2): row and column of the agent, row and
    column of the goal, each divided by n - 1; the n * n cell codes row by row; on boards with keys
    two flags, first and second key held.
    Action: 0 up, 1 down, 2 left, 3 right. A move into a wall or over the edge stays, for certain.
    Reward: see ``dynamics``. The episode terminates on the goal or on a death cell and is
    truncated after n * n steps: the horizon belongs to the task (its optimum is for that many
    steps), so the environment keeps it itself.
    ``info["success"]``: whether the goal was reached, with both keys where there are keys.

    One random number is drawn for each step of the horizon at reset, so that the k-th step of two
    policies with the same episode seed meets the same number wherever they are.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": 8, "draws_anywhere": True}

    def __init__(self, board: Board, preset: str = "paper", render_mode: str | None = None):
        if render_mode is not None and render_mode not in self.metadata["render_modes"]:
            raise ValueError(f"render_mode is {render_mode!r}: expected None or 'rgb_array'.")
        self.board = board
        self.preset = preset
        self.render_mode = render_mode
        self.horizon = board.horizon
        self.action_space = spaces.Discrete(4)
        self._frames = _observations(board)
        high = np.ones(self._frames.shape[1])
        high[4 : 4 + board.n * board.n] = Cell.SECOND_KEY if board.keys else Cell.DEATH
        self.observation_space = spaces.Box(np.zeros_like(high), high, dtype=np.float64)

        dynamics = Dynamics.of(board, preset)
        # Flat Python lists: reading one element is several times faster than from an array.
        self._intended = dynamics.intended.ravel().tolist()
        self._otherwise = dynamics.otherwise.ravel().tolist()
        self._probability = dynamics.probability.ravel().tolist()
        self._reward = dynamics.reward.tolist()
        self._terminal = dynamics.terminal.tolist()
        self._success = dynamics.success.tolist()
        self._state = 0
        self._steps = 0
        self._over = True
        self._noise: list[float] = []

    @classmethod
    def numbered(cls, number: int, preset: str = "paper", render_mode: str | None = None):
        """The study's board of this number, 0 to 6."""
        return cls(numbered_board(number), preset, render_mode)

    @classmethod
    def generate(
        cls,
        seed: int,
        n: int,
        keys: bool = False,
        preset: str = "paper",
        render_mode: str | None = None,
    ):
        """A new board by the release's rules (see ``generation``); ``oracle`` has its optimum."""
        return cls(generate_board(seed, n, keys), preset, render_mode)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Puts the agent on the start. ``options`` has no meaning here."""
        super().reset(seed=seed)
        self._noise = self.np_random.random(self.horizon).tolist()
        self._state = 0
        self._steps = 0
        self._over = False
        return self._frames[0].copy(), {"success": False}

    def step(self, action: int) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        """One move. Raises ValueError unless the action is 0, 1, 2 or 3."""
        if self._over:
            raise gymnasium.error.ResetNeeded("The episode is over: call reset first.")
        if not 0 <= action < 4 or action != int(action):
            raise ValueError(f"action is {action!r}: expected 0, 1, 2 or 3.")
        move = self._state * 4 + int(action)
        if self._noise[self._steps] < self._probability[move]:
            state = self._intended[move]
        else:
            state = self._otherwise[move]
        self._state = state
        self._steps += 1
        terminated = self._terminal[state]
        truncated = self._steps == self.horizon and not terminated
        self._over = terminated or truncated
        info = {"success": self._success[state]}
        return self._frames[state].copy(), self._reward[state], terminated, truncated, info

    @property
    def agent(self) -> tuple[int, int]:
        """Row and column of the agent."""
        return divmod(self._state % (self.board.n * self.board.n), self.board.n)

    @property
    def keys_held(self) -> int:
        """Keys taken in order, 0 to 2; 0 on boards without keys."""
        return self._state // (self.board.n * self.board.n)

    def render(self) -> np.ndarray | None:
        """The board with the agent as uint8 RGB, or None without a render mode."""
        if self.render_mode is None:
            return None
        return draw(self.board, self.agent, self.keys_held)


def _observations(board: Board) -> np.ndarray:
    """The observation of each state, one a row."""
    n, cells = board.n, board.n * board.n
    levels = 3 if board.keys else 1
    flags = 2 if board.keys else 0
    table = np.zeros((levels * cells, 4 + cells + flags))
    places = np.arange(levels * cells) % cells
    table[:, 0] = places // n / (n - 1)
    table[:, 1] = places % n / (n - 1)
    table[:, 2] = board.goal[0] / (n - 1)
    table[:, 3] = board.goal[1] / (n - 1)
    table[:, 4 : 4 + cells] = board.codes.ravel()
    if board.keys:
        held = np.arange(levels * cells) // cells
        table[:, 4 + cells] = held >= 1
        table[:, 5 + cells] = held >= 2
    return table


numbered = NoiseWorld.numbered
generate = NoiseWorld.generate
"""What Gymnasium calls: it takes a module's attribute, not a class's."""
