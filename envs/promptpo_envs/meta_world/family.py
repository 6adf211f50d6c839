"""Meta-World in the catalogue: ids, specifications, registration.

Four tasks have a file of their own; the others' specifications are drafted. Both are made of the
parts in ``meta_world.toml``.
"""

from __future__ import annotations

import importlib.resources
from typing import Any

import gymnasium

from promptpo_envs.documents import complete, merged
from promptpo_envs.errors import EnvironmentUnavailable, UnknownEnvironment
from promptpo_envs.families import read_toml
from promptpo_envs.meta_world import tasks

FRAME = 18
"""Numbers of one step in the observation, which holds two, and the goal's three."""


class MetaWorlds:
    """The fifty tasks of Meta-World v3, each with fifty goals (MT1).

    ``button-press-v3`` is also found as ``button-press``, ``Meta-World/button-press-v3`` and
    ``MetaWorld-button-press``. Gymnasium knows it as ``promptpo/button-press-v3``.
    """

    def ids(self) -> list[str]:
        files = importlib.resources.files(__package__).iterdir()
        return sorted(f.name.removesuffix(".toml") for f in files if f.name.endswith("-v3.toml"))

    def drafted_ids(self) -> list[str]:
        """The tasks that have no file; they are not listed, but known."""
        return [id for id in tasks.IDS if id not in self.ids()]

    def match(self, wanted: str) -> str | None:
        name = tasks.meant(wanted)
        if name is None and tasks.names_the_benchmark(wanted):
            # Once the simulator is imported Gymnasium knows ids such as Meta-World/MT1, which make
            # nothing without further arguments.
            raise UnknownEnvironment(wanted, [f"Meta-World/{id}" for id in tasks.IDS])
        return name

    def specification(self, name: str, preset: str) -> dict[str, Any]:
        common, task = read_toml(__package__, "meta_world.toml"), self._task(name)
        extra = _extra(common.pop("extra"), task.pop("extra"))
        overrides = task.pop("presets", {}).get(preset, {})
        fields = _fields(common, task.pop("objects"), task.pop("goal"))
        if preset == "release":
            fields += extra
        context, reach = common["context"], common.pop("reach")
        context["observation"] = context["observation"].replace("$scene", task.pop("scene"))
        context["policy"] = context["policy"].replace("$reach", task.pop("reach", reach))
        content = merged(common, task) | {
            "id": name,
            "gymnasium_id": f"promptpo/{name}",
            "family": "meta_world",
            "preset": preset,
            "score": "success" if preset == "release" else "return",
            "observation": fields,
        }
        return complete(merged(content, overrides))

    def make(self, name: str, preset: str, **options: Any) -> gymnasium.Env:
        try:
            return gymnasium.make(f"promptpo/{name}", preset=preset, **options)
        except ImportError as error:
            raise EnvironmentUnavailable(
                f"{name} is a task of Meta-World, which is not installed beside promptpo: {error}"
            ) from error

    def register(self) -> None:
        for id in tasks.IDS:
            if f"promptpo/{id}" not in gymnasium.registry:
                gymnasium.register(
                    f"promptpo/{id}",
                    entry_point="promptpo_envs.meta_world.environment:make",
                    # Our own tests check what Gymnasium's wrapper would at each step.
                    disable_env_checker=True,
                    kwargs={"id": id},
                )

    def _task(self, name: str) -> dict[str, Any]:
        if name in self.ids():
            return read_toml(__package__, f"{name}.toml")
        from promptpo_envs.meta_world.drafted import drafted_task

        env = self.make(name, "paper")
        try:
            return drafted_task(env.unwrapped)
        finally:
            env.close()


def _fields(
    common: dict[str, Any], objects: list[dict[str, Any]], goal: dict[str, Any]
) -> list[dict[str, Any]]:
    """The observation's fields: this step's, the same of the step before, and the goal."""
    unused = common.pop("unused")
    now = [common.pop("hand"), common.pop("gripper"), *objects]
    used = sum(field.get("shape", [1])[0] for field in now)
    if used < FRAME:
        now.append(unused | {"shape": [FRAME - used]})
    before = [
        field | {"name": f"previous_{field['name']}", "meaning": f"{field['name']} a step before"}
        for field in now
    ]
    return [*now, *before, goal]


def _extra(
    fields: list[dict[str, Any]], of_task: dict[str, dict[str, Any]]
) -> list[dict[str, Any]]:
    return [field | of_task.get(field["name"], {}) | {"extra": True} for field in fields]
