"""New boards by the rules of the study's release.

The draws are made in the release's order, so the seeds of the study's boards give those boards.
"""

from __future__ import annotations

import functools

import numpy as np

from promptpo_envs.noise_world.board import Board, Cell, Region
from promptpo_envs.noise_world.dynamics import MOVES

SMALLEST = 3
LARGEST = 64
_TYPES = ("deterministic", "stay", "reset")
_LOW, _HIGH = 0.25, 0.95


@functools.lru_cache(maxsize=64)
def generate_board(seed: int, n: int, keys: bool = False) -> Board:
    """A new ``n`` by ``n`` board; the same arguments give the same board.

    max(4, n // 2) region seeds, each cell with the nearest by L1 distance; a region's type uniform
    over the three, its p and p_alt uniform in [0.25, 0.95]; max(1, int(0.005 n^2)) walls and
    max(1, int(0.002 n^2)) deaths on random cells, always leaving a path from start to goal; with
    ``keys``, a first and a second key on random cells.

    The start, the goal and the keys are never walls or deaths. Beyond the release's rules, a key
    is placed only where it can be reached without crossing a death or the goal, so that each board
    can be solved. Raises ValueError for a size outside 3 to 64 or a negative seed.
    """
    if not SMALLEST <= n <= LARGEST:
        raise ValueError(f"n is {n}: expected {SMALLEST} to {LARGEST}.")
    if seed < 0:
        raise ValueError(f"seed is {seed}: expected 0 or more.")
    rng = np.random.default_rng(seed)
    centres = rng.integers(0, n, size=(max(4, n // 2), 2))
    regions = tuple(
        Region(_TYPES[rng.integers(3)], rng.uniform(_LOW, _HIGH), rng.uniform(_LOW, _HIGH))
        for _ in centres
    )
    rows, columns = np.mgrid[0:n, 0:n]
    distance = np.abs(rows - centres[:, 0, None, None]) + np.abs(
        columns - centres[:, 1, None, None]
    )
    region = np.argmin(distance, axis=0)
    codes = np.array([_TYPES.index(r.type) for r in regions], dtype=np.int64)[region]
    codes[n - 1, n - 1] = Cell.GOAL

    free = [(r, c) for r in range(n) for c in range(n) if (r, c) not in ((0, 0), (n - 1, n - 1))]
    free = _place_obstacles(codes, free, Cell.WALL, max(1, int(0.005 * n * n)), rng)
    free = _place_obstacles(codes, free, Cell.DEATH, max(1, int(0.002 * n * n)), rng)
    if keys:
        rng.shuffle(free)
        reachable = _reachable(codes)
        first, second = [cell for cell in free if cell in reachable][:2]
        codes[first], codes[second] = Cell.FIRST_KEY, Cell.SECOND_KEY
    return Board(codes=codes, region=region, regions=regions, keys=keys, seed=seed)


def _place_obstacles(
    codes: np.ndarray,
    free: list[tuple[int, int]],
    kind: Cell,
    count: int,
    rng: np.random.Generator,
) -> list[tuple[int, int]]:
    """Puts ``count`` of a kind on free cells, in random order, and gives the cells still free."""
    goal = (codes.shape[0] - 1, codes.shape[0] - 1)
    order = list(free)
    rng.shuffle(order)
    placed = set()
    for cell in order:
        if len(placed) == count:
            break
        before = codes[cell]
        codes[cell] = kind
        if goal in _reachable(codes):
            placed.add(cell)
        else:
            codes[cell] = before
    return [cell for cell in free if cell not in placed]


def _reachable(codes: np.ndarray) -> set[tuple[int, int]]:
    """Cells that can be entered from the start without a wall, a death or crossing the goal."""
    n = codes.shape[0]
    seen = {(0, 0)}
    border = [(0, 0)]
    while border:
        row, column = border.pop()
        if codes[row, column] == Cell.GOAL:
            continue
        for down, right in MOVES:
            cell = (row + down, column + right)
            inside = 0 <= cell[0] < n and 0 <= cell[1] < n
            if inside and cell not in seen and codes[cell] not in (Cell.WALL, Cell.DEATH):
                seen.add(cell)
                border.append(cell)
    return seen
