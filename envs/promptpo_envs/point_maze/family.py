"""The point maze in the catalogue: one file, and its registration with Gymnasium."""

from __future__ import annotations

from typing import Any

import gymnasium

from promptpo_envs.errors import normalised
from promptpo_envs.families import SpecificationFiles, made

HORIZON = 800
"""Steps after which an episode is cut."""


class PointMazeFile(SpecificationFiles):
    """``PointMaze``, which Gymnasium knows as ``promptpo/PointMaze-v0``."""

    def match(self, wanted: str) -> str | None:
        return super().match(normalised(wanted).removesuffix("v0"))

    def make(self, name: str, preset: str, **options: Any) -> gymnasium.Env:
        return made("promptpo/PointMaze-v0", preset=preset, **options)

    def _draft(self, name: str, preset: str) -> dict[str, Any]:
        draft = super()._draft(name, preset)
        if preset == "release":
            fields = draft["observation"]
            draft["observation"] = [f for f in fields if f["name"] != "goal_reached"]
        return draft

    def register(self) -> None:
        if "promptpo/PointMaze-v0" not in gymnasium.registry:
            gymnasium.register(
                "promptpo/PointMaze-v0",
                entry_point="promptpo_envs.point_maze.environment:make",
                max_episode_steps=HORIZON,
                disable_env_checker=True,
            )
