"""Environments of a user's own, registered while the program runs.

What is registered is its content: the same files are the same environment in every process. A
process that did not register an environment itself learns it from its text (``FAMILY.learn``).
"""

from promptpo_envs.registered.family import FAMILY

__all__ = ["FAMILY"]
