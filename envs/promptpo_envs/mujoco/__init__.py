"""Gymnasium's MuJoCo tasks, version 5."""

from promptpo_envs.mujoco.family import MujocoFiles

FAMILY = MujocoFiles(__package__)
