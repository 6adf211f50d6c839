"""What can be added to the base installation."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Extra:
    """A set of packages for one purpose; ``lock`` is its lock file below ``envs``, empty where
    there is none yet.
    """

    name: str
    purpose: str
    lock: str = ""

    @property
    def available(self) -> bool:
        return bool(self.lock)


EXTRAS = (
    Extra("baselines", "reinforcement-learning baselines (Stable-Baselines3, torch)"),
    Extra("traffic", "traffic environments (SUMO)"),
    Extra("atari", "Atari environments (ALE)"),
    Extra("ray", "rollouts on a cluster (Ray)"),
)
