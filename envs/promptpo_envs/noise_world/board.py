"""The board of a NoiseWorld: what lies on each cell, and how likely a move from it succeeds."""

from __future__ import annotations

import functools
import importlib.resources
import json
from dataclasses import dataclass
from enum import IntEnum

import numpy as np


class Cell(IntEnum):
    """Cell codes, as they stand in the observation."""

    DETERMINISTIC = 0
    STAY = 1
    RESET = 2
    WALL = 3
    GOAL = 4
    DEATH = 5
    FIRST_KEY = 6
    SECOND_KEY = 7


CELL_NAMES = {
    Cell.DETERMINISTIC: "deterministic",
    Cell.STAY: "stochastic: stays put on failure",
    Cell.RESET: "stochastic: returns to start on failure",
    Cell.WALL: "wall",
    Cell.GOAL: "goal",
    Cell.DEATH: "death",
    Cell.FIRST_KEY: "first key",
    Cell.SECOND_KEY: "second key",
}

NUMBERED = range(7)


@dataclass(frozen=True)
class Region:
    """A Voronoi region of the board: all its cells share these.

    ``p`` and ``p_alt`` lie in [0.25, 0.95]; a move from a stochastic cell succeeds with ``p``
    (in the release's rules a reset cell uses both, see ``Dynamics``).
    """

    type: str
    p: float
    p_alt: float


@dataclass(frozen=True, eq=False)
class Board:
    """An ``n`` by ``n`` board. Row 0 is at the top, column 0 at the left.

    ``codes`` and ``region`` are read-only int arrays of shape (n, n): the cell codes, and the
    index into ``regions`` of each cell. The agent starts at the top left; the goal is at the
    bottom right.
    """

    codes: np.ndarray
    region: np.ndarray
    regions: tuple[Region, ...]
    keys: bool
    seed: int

    def __post_init__(self):
        n = self.codes.shape[0]
        if self.codes.shape != (n, n) or self.region.shape != (n, n):
            raise ValueError(
                f"A board is square: got codes {self.codes.shape}, regions {self.region.shape}."
            )
        self.codes.setflags(write=False)
        self.region.setflags(write=False)

    @property
    def n(self) -> int:
        """Cells along a side."""
        return self.codes.shape[0]

    @property
    def horizon(self) -> int:
        """Steps after which an episode is cut: n squared."""
        return self.n * self.n

    @property
    def start(self) -> tuple[int, int]:
        """Row and column of the start."""
        return (0, 0)

    @property
    def goal(self) -> tuple[int, int]:
        """Row and column of the goal."""
        return (self.n - 1, self.n - 1)


def _digits(rows: list[str]) -> np.ndarray:
    return np.array([[int(digit) for digit in row] for row in rows], dtype=np.int64)


@functools.cache
def numbered_board(number: int) -> Board:
    """One of the study's boards, 0 (5 x 5) to 6; 4 to 6 have keys."""
    if number not in NUMBERED:
        raise ValueError(f"No board {number}: expected 0 to {NUMBERED[-1]}.")
    text = importlib.resources.files(__package__).joinpath("boards.json").read_text("utf-8")
    entry = json.loads(text)["boards"][number]
    return Board(
        codes=_digits(entry["codes"]),
        region=_digits(entry["region"]),
        regions=tuple(Region(**region) for region in entry["regions"]),
        keys=entry["keys"],
        seed=entry["seed"],
    )
