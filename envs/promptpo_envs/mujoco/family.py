"""The MuJoCo tasks in the catalogue: their files, and what preset ``release`` adds."""

from __future__ import annotations

from typing import Any

import gymnasium

from promptpo_envs.families import SpecificationFiles


class MujocoFiles(SpecificationFiles):
    """Gymnasium's environments as they are; under ``release`` with the extra fields beside them."""

    def make(self, name: str, preset: str, **options: Any) -> gymnasium.Env:
        env = super().make(name, preset, **options)
        fields = self._draft(name, preset)["observation"]
        extra = [field["name"] for field in fields if field.get("extra", False)]
        if not extra:
            return env
        from promptpo_envs.mujoco.privileged import Privileged

        return Privileged(env, extra)
