"""The policies that are timed: cheap ones, as generated policies are, whose episodes go the whole
way.

A policy that computes long would hide what the engine adds, and one whose episodes end early would
time resets.
"""

from __future__ import annotations

import dataclasses

_LINEAR = """
import numpy as np

class Policy:
    def __init__(self):
        rows, columns = {rows}, {columns}
        wave = np.sin(np.arange(1.0, rows * columns + 1))
        self.weights = {scale} * wave.reshape(rows, columns)

    def act(self, obs):
        return np.clip(self.weights @ obs.vector, -{bound}, {bound})
"""

# Found by random search; it stands still for all 1000 steps on the seeds below.
_HOPPER = """
import numpy as np

class Policy:
    def __init__(self):
        self.weights = np.array([
            [1.87, -0.18, -1.57, -1.08, 0.76, 0.06, 1.37, 0.91, 0.19, -1.31, -1.06],
            [-0.14, -0.83, 1.07, 1.62, -1.56, -1.91, -1.91, 0.04, -2.06, -0.94, 0.28],
            [0.06, 0.15, -0.19, 1.75, -0.28, -1.14, 0.83, 0.13, -0.4, 1.18, -1.28],
        ])
        self.bias = np.array([0.03, 0.06, 0.07])

    def act(self, obs):
        return np.clip(self.weights @ obs.vector + self.bias, -1.0, 1.0)
"""

# Up and down beside the start for all 100 steps.
_PACING = """
class Policy:
    def __init__(self):
        self.last = 9

    def act(self, obs):
        row = round(obs.agent_row * self.last)
        return 0 if row > 0 else 1
"""


@dataclasses.dataclass(frozen=True)
class Timed:
    """A policy, where it is rolled out, for which episodes, and what its overhead may be."""

    environment: str
    source: str
    seeds: range
    steps: int
    """Of one episode: every episode of ``seeds`` has as many."""
    target: float
    """CPU time of the engine over that of the plain loop, at most."""


def _linear(rows: int, columns: int, scale: float, bound: float) -> str:
    return _LINEAR.format(rows=rows, columns=columns, scale=scale, bound=bound)


HOPPER = Timed("Hopper-v5", _HOPPER, range(1, 10), 1000, 1.20)
TIMED = (
    Timed("HalfCheetah-v5", _linear(6, 17, 0.2, 1.0), range(10), 1000, 1.20),
    HOPPER,
    Timed("Ant-v5", _linear(8, 105, 0.02, 1.0), range(10), 1000, 1.10),
    Timed("Swimmer-v5", _linear(2, 8, 0.5, 1.0), range(10), 1000, 1.20),
    Timed("NoiseWorld1", _PACING, range(200), 100, 2.0),
)
