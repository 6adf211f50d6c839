"""NoiseWorld: boards on which some cells let a move fail (boards 0 to 6, and generated ones)."""

from promptpo_envs.noise_world.family import NoiseWorlds

FAMILY = NoiseWorlds()
