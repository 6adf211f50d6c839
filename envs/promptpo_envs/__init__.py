"""Environments of promptpo, each with one specification.

Importing this package registers the environments with Gymnasium and does nothing else: no
simulator is imported and no data file is read before the first environment is asked for.

    import gymnasium, promptpo_envs
    env = gymnasium.make("promptpo/NoiseWorld1-v0", preset="paper")
    document = promptpo_envs.specification("NoiseWorld1", preset="paper")
"""

from promptpo_envs.catalogue import list_environments, make, register_all, specification
from promptpo_envs.errors import UnknownEnvironment, UnknownPreset

__all__ = [
    "UnknownEnvironment",
    "UnknownPreset",
    "list_environments",
    "make",
    "register_all",
    "specification",
]

register_all()
