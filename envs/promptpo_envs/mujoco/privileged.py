"""What policies see beyond Gymnasium's observation under preset ``release``."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import gymnasium
import numpy as np
from gymnasium.envs.mujoco import MujocoEnv


class Privileged(gymnasium.Wrapper):
    """A MuJoCo task whose ``extra_observation`` gives the named fields, one after the other.

    Positions of joints (``qpos``, ``torso_x``, ``torso_xy``, the tip of Swimmer) are those after
    the step. Positions of bodies and sites (the tip of InvertedDoublePendulum, fingertip and
    target of Reacher) are where MuJoCo last evaluated them, a little off from where ``qpos`` puts
    them (1e-5 m on Reacher); Gymnasium's own rewards and observations use the same.
    """

    def __init__(self, env: gymnasium.Env, fields: Sequence[str]):
        super().__init__(env)
        task = env.unwrapped
        self._simulation = task
        self._readers = [_reader(task, field) for field in fields]

    def extra_observation(self) -> np.ndarray:
        """The extra fields of the current state, flat, float64."""
        return np.concatenate([np.ravel(read(self._simulation)) for read in self._readers])


_Reader = Callable[[MujocoEnv], np.ndarray | float]

_READERS: dict[str, _Reader] = {
    "qpos": lambda task: task.data.qpos,
    "qvel": lambda task: task.data.qvel,
    "dt": lambda task: task.dt,
    "torso_x": lambda task: task.data.qpos[0],
    "torso_xy": lambda task: task.data.qpos[:2],
    # Unclipped; without the world's, which are always 0.
    "contact_forces": lambda task: task.data.cfrc_ext[1:],
    "fingertip_position": lambda task: task.get_body_com("fingertip")[:2],
    "target_position": lambda task: task.get_body_com("target")[:2],
}


def _reader(task: MujocoEnv, field: str) -> _Reader:
    if field == "tip_position":
        # Swimmer has no site; Gymnasium calls its root joint the tip.
        return _tip_site if task.model.nsite else _root_joint
    return _READERS[field]


def _tip_site(task: MujocoEnv) -> np.ndarray:
    return task.data.site("tip").xpos[[0, 2]]


def _root_joint(task: MujocoEnv) -> np.ndarray:
    return task.data.qpos[:2]
