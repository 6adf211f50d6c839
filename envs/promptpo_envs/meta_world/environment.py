"""A Meta-World task as a Gymnasium environment of ours."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

from promptpo_envs.meta_world import goals


class MetaWorld(gymnasium.Env):
    """One task of Meta-World v3, with the goal observed and an episode that its seed decides.

    Observation: float64 vector of length 39, as the simulator gives it: 18 numbers of this step
    (hand position, gripper opening, 14 numbers of objects, zeros where there are fewer), the same
    18 of the step before, and the goal's position.
    Action: float, shape (4,), in [-1, 1]: shift of the hand's target along x, y and z, and effort
    of the gripper, positive closes.
    Reward: the simulator's own (its second version), in [0, 10]. Nothing ends an episode but
    the horizon of 500 steps, which the simulator keeps itself.
    ``info``: the simulator's; ``info["success"]``, a bool, says whether the task is done at this
    step. An episode is a success if one of its steps is.

    ``reset`` draws one of the task's 50 goals (``goals``): by the seed where one is given, or the
    one of ``options={"goal": number}``. Meta-World's own ``reset`` ignores its seed. Where an
    episode starts depends on nothing else, so the same seed gives the same episode.

    The observation space is as wide for each coordinate of a position as for the widest one, as
    the specification's fields are; the simulator's own has zeros for the bounds of the goal, since
    it is computed before the goal is made visible.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": 80}

    def __init__(self, id: str, render_mode: str | None = None, **picture: Any):
        """``picture``: what the simulator takes of camera_name, camera_id, width and height."""
        if render_mode is not None and render_mode not in self.metadata["render_modes"]:
            raise ValueError(f"render_mode is {render_mode!r}: expected None or 'rgb_array'.")
        from metaworld.env_dict import ALL_V3_ENVIRONMENTS

        self.id = id
        self.render_mode = render_mode
        self.simulator = ALL_V3_ENVIRONMENTS[id](render_mode=render_mode, **picture)
        self._goals = goals.tasks(id)
        self.simulator.set_task(self._goals[0])
        self.horizon = self.simulator.max_path_length
        self.action_space = spaces.Box(-1.0, 1.0, (4,), dtype=np.float32)
        self.observation_space = _observation_space(self.simulator)
        self._over = True

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Begins an episode. Raises ValueError if ``options["goal"]`` is not 0 to 49."""
        super().reset(seed=seed)
        goal = (options or {}).get("goal")
        if goal is None:
            goal = int(self.np_random.integers(len(self._goals)))
        elif goal not in range(len(self._goals)):
            raise ValueError(f"goal is {goal!r}: expected 0 to {len(self._goals) - 1}.")
        self.simulator.set_task(self._goals[goal])
        observation, _ = self.simulator.reset()
        self._over = False
        return observation, {"success": False, "goal": goal}

    def step(self, action: np.ndarray) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        """One step of 0.0125 s. The action is taken as float64: the simulator computes with the
        precision of what it is given, and a policy's process sends float64."""
        if self._over:
            raise gymnasium.error.ResetNeeded("The episode is over: call reset first.")
        observation, reward, terminated, truncated, info = self.simulator.step(
            np.asarray(action, dtype=np.float64)
        )
        self._over = terminated or truncated
        info = {**info, "success": bool(info["success"])}
        return observation, float(reward), terminated, truncated, info

    def render(self) -> np.ndarray | None:
        """The scene as uint8 RGB, or None without a render mode."""
        return None if self.render_mode is None else self.simulator.render()

    def close(self) -> None:
        """Ends the simulation."""
        self.simulator.close()


class PrivilegedMetaWorld(MetaWorld):
    """The same, giving the simulation's state too: what the release's policies see."""

    def extra_observation(self) -> np.ndarray:
        """qpos, qvel and the seconds a step, one 1-D array of float64."""
        data = self.simulator.data
        return np.concatenate([data.qpos, data.qvel, [self.simulator.dt]])


def make(id: str, preset: str = "paper", **options: Any) -> MetaWorld:
    """What Gymnasium calls: the environment of an id under a preset."""
    return (PrivilegedMetaWorld if preset == "release" else MetaWorld)(id, **options)


def _observation_space(simulator: Any) -> spaces.Box:
    low = np.full(39, -np.inf)
    high = np.full(39, np.inf)
    own = simulator.sawyer_observation_space
    for part in (slice(0, 3), slice(18, 21), slice(36, 39)):
        low[part], high[part] = own.low[part].min(), own.high[part].max()
    used = 4 + len(simulator._get_pos_objects()) + len(simulator._get_quat_objects())
    for frame in (0, 18):
        low[frame + 3], high[frame + 3] = 0.0, 1.0
        low[frame + used : frame + 18] = high[frame + used : frame + 18] = 0.0
    return spaces.Box(low, high, dtype=np.float64)
