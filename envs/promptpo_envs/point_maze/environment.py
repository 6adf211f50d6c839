"""The point maze of the study: a ball is pushed through a maze that policies are not shown."""

from __future__ import annotations

import contextlib
import os
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

from promptpo_envs.errors import check_preset

MAP = (
    "1111111111",
    "1000100001",
    "1010101101",
    "1000000101",
    "1011110101",
    "1000000001",
    "1010111101",
    "1000000001",
    "1111111111",
)
"""Rows from the largest y to the smallest, 1 = wall. The centre of cell (row, column) is at
x = column + 0.5 - 5 and y = 4.5 - (row + 0.5)."""
GOAL_RADIUS = 0.45
"""Metres, of gymnasium-robotics: at this distance the goal is reached."""


def goal_environment(**options: Any) -> gymnasium.Env:
    """gymnasium-robotics' own environment on the study's map, without a limit of steps.

    Its observation is a Dict of ``observation`` (x, y, vx, vy), ``achieved_goal`` and
    ``desired_goal`` (x, y each), as learning with relabelled goals needs it. ``options`` go to it.
    """
    _drop_notice()
    from gymnasium_robotics.envs.maze.point_maze import PointMazeEnv

    env = PointMazeEnv(
        maze_map=[[int(cell) for cell in row] for row in MAP],
        reward_type="sparse",
        continuing_task=False,
        **options,
    )
    # It leaves the model that it wrote in the folder for temporary files, one file an environment.
    with contextlib.suppress(FileNotFoundError):
        os.unlink(env.tmp_xml_file_path)
    return env


class PointMaze(gymnasium.Env):
    """The study's maze with one flat observation, float64.

    Order: x, y, vx, vy (``observation``), then goal x, goal y (``desired_goal``);
    ``achieved_goal`` repeats x and y and is left out. Under ``paper`` a last value follows: 1 where
    the goal is within ``GOAL_RADIUS``, else 0. ``info["success"]`` says the same.
    ``goal_env`` is the environment beneath.
    """

    metadata = {"render_modes": ["human", "rgb_array", "depth_array"], "render_fps": 100}

    def __init__(self, preset: str = "paper", render_mode: str | None = None, **options: Any):
        check_preset(preset)
        self._tells_success = preset == "paper"
        self.goal_env = goal_environment(render_mode=render_mode, **options)
        self.render_mode = render_mode
        self.action_space = self.goal_env.action_space
        low, high = np.full(6, -np.inf), np.full(6, np.inf)
        if self._tells_success:
            low, high = np.append(low, 0.0), np.append(high, 1.0)
        self.observation_space = spaces.Box(low, high, dtype=np.float64)

    @property
    def model(self) -> Any:
        """MuJoCo's model."""
        return self.goal_env.model

    @property
    def data(self) -> Any:
        """MuJoCo's state."""
        return self.goal_env.data

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """A new goal and start. ``options`` may hold ``goal_cell`` and ``reset_cell``, each an
        array of row and column."""
        super().reset(seed=seed)
        observation, info = self.goal_env.reset(seed=seed, options=options)
        return self._flat(observation, info), info

    def step(self, action: np.ndarray) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        observation, reward, terminated, truncated, info = self.goal_env.step(action)
        return self._flat(observation, info), float(reward), terminated, truncated, info

    def render(self) -> np.ndarray | None:
        return self.goal_env.render()

    def close(self) -> None:
        self.goal_env.close()

    def _flat(self, observation: dict[str, np.ndarray], info: dict[str, Any]) -> np.ndarray:
        parts = [observation["observation"], observation["desired_goal"]]
        if self._tells_success:
            parts.append([float(info["success"])])
        return np.concatenate(parts)


class PrivilegedPointMaze(PointMaze):
    """The same under ``release``, giving the simulation's state too, as its policies see it."""

    def __init__(self, **options: Any):
        super().__init__("release", **options)

    def extra_observation(self) -> np.ndarray:
        """qpos (x, y), qvel (vx, vy) and the seconds a step: one 1-D array, float64."""
        return np.concatenate([self.data.qpos, self.data.qvel, [self.goal_env.point_env.dt]])


def make(preset: str = "paper", **options: Any) -> PointMaze:
    """What Gymnasium calls: the environment under a preset."""
    return PrivilegedPointMaze(**options) if preset == "release" else PointMaze(preset, **options)


def _drop_notice() -> None:
    """Keeps an import of gymnasium-robotics from writing a notice on other environments."""
    with contextlib.suppress(ImportError):
        from farama_notifications import notifications

        notifications.pop("gymnasium_robotics", None)
