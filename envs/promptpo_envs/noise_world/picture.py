"""Pictures of a board, drawn with NumPy alone: no display and no drawing library."""

from __future__ import annotations

import functools

import numpy as np

from promptpo_envs.noise_world.board import Board, Cell

CELL_PIXELS = 48

_BACKGROUND = {
    Cell.DETERMINISTIC: (246, 246, 243),
    Cell.STAY: (250, 226, 176),
    Cell.RESET: (196, 216, 240),
    Cell.WALL: (74, 78, 84),
    Cell.GOAL: (186, 226, 190),
    Cell.DEATH: (240, 190, 184),
    Cell.FIRST_KEY: (246, 246, 243),
    Cell.SECOND_KEY: (246, 246, 243),
}
_LINE = (206, 206, 200)
_GOAL = (34, 122, 58)
_DEATH = (176, 36, 28)
_KEYS = {Cell.FIRST_KEY: (190, 130, 10), Cell.SECOND_KEY: (126, 64, 152)}
_START = (120, 124, 130)
_AGENT = (24, 84, 170)
_WHITE = (255, 255, 255)

# Distances below are in cells: the cell is the square [-0.5, 0.5] x [-0.5, 0.5], y downwards.
_axis = (np.arange(CELL_PIXELS) + 0.5) / CELL_PIXELS - 0.5
_Y, _X = np.meshgrid(_axis, _axis, indexing="ij")


def draw(board: Board, agent: tuple[int, int] | None = None, keys_held: int = 0) -> np.ndarray:
    """The board as uint8 (height, width, 3), with the agent where one is given.

    Sand: a move may fail and stay; blue: a move may fail and return to the start; dark: wall;
    red cross: death; green ring: goal; amber and violet: first and second key. The agent carries
    a dot of the key's colour for each key it holds.
    """
    picture = _still(board).copy()
    if agent is not None:
        row, column = agent
        patch = picture[
            row * CELL_PIXELS : (row + 1) * CELL_PIXELS,
            column * CELL_PIXELS : (column + 1) * CELL_PIXELS,
        ]
        _paint(patch, np.hypot(_X, _Y) - 0.34, _WHITE)
        _paint(patch, np.hypot(_X, _Y) - 0.30, _AGENT)
        for index, kind in enumerate((Cell.FIRST_KEY, Cell.SECOND_KEY)[:keys_held]):
            middle = -0.11 + 0.22 * index
            _paint(patch, np.hypot(_X - middle, _Y) - 0.10, _WHITE)
            _paint(patch, np.hypot(_X - middle, _Y) - 0.07, _KEYS[kind])
    return picture


@functools.lru_cache(maxsize=16)
def _still(board: Board) -> np.ndarray:
    n = board.n
    picture = np.zeros((n * CELL_PIXELS, n * CELL_PIXELS, 3), dtype=np.uint8)
    for row in range(n):
        for column in range(n):
            patch = picture[
                row * CELL_PIXELS : (row + 1) * CELL_PIXELS,
                column * CELL_PIXELS : (column + 1) * CELL_PIXELS,
            ]
            code = Cell(int(board.codes[row, column]))
            patch[:] = _BACKGROUND[code]
            _symbol(patch, code)
            if (row, column) == board.start:
                _paint(patch, np.abs(np.maximum(np.abs(_X), np.abs(_Y)) - 0.36) - 0.02, _START)
            patch[0, :] = patch[:, 0] = _LINE
    picture[-1, :] = picture[:, -1] = _LINE
    return picture


def _symbol(patch: np.ndarray, code: Cell) -> None:
    if code is Cell.GOAL:
        radius = np.hypot(_X, _Y)
        _paint(patch, np.abs(radius - 0.28) - 0.045, _GOAL)
        _paint(patch, radius - 0.11, _GOAL)
    elif code is Cell.DEATH:
        cross = np.minimum(np.abs(_X - _Y), np.abs(_X + _Y)) / np.sqrt(2.0) - 0.05
        _paint(patch, np.maximum(cross, np.maximum(np.abs(_X), np.abs(_Y)) - 0.26), _DEATH)
    elif code in _KEYS:
        ring = np.abs(np.hypot(_X + 0.16, _Y) - 0.11) - 0.04
        shaft = _bar(_X - 0.12, _Y, 0.18, 0.035)
        teeth = np.minimum(
            _bar(_X - 0.26, _Y - 0.07, 0.035, 0.07), _bar(_X - 0.14, _Y - 0.06, 0.03, 0.05)
        )
        _paint(patch, np.minimum(np.minimum(ring, shaft), teeth), _KEYS[code])


def _bar(x: np.ndarray, y: np.ndarray, half_width: float, half_height: float) -> np.ndarray:
    return np.maximum(np.abs(x) - half_width, np.abs(y) - half_height)


def _paint(patch: np.ndarray, distance: np.ndarray, colour: tuple[int, int, int]) -> None:
    """Fills where the signed distance is negative, with an edge one pixel soft."""
    share = np.clip(0.5 - distance * CELL_PIXELS, 0.0, 1.0)[..., None]
    patch[:] = np.rint(patch * (1.0 - share) + np.array(colour) * share).astype(np.uint8)
