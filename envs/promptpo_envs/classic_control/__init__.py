"""Gymnasium's classic control tasks."""

from promptpo_envs.families import SpecificationFiles

FAMILY = SpecificationFiles(__package__)
