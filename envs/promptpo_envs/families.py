"""A family of environments: what a subpackage offers to the catalogue."""

from __future__ import annotations

import functools
import importlib
import importlib.resources
import tomllib
from typing import Any, Protocol

import gymnasium

from promptpo_envs.documents import complete, merged
from promptpo_envs.errors import EnvironmentUnavailable, normalised


class Family(Protocol):
    """Environments that share their code. A subpackage holds one as ``FAMILY``."""

    def ids(self) -> list[str]:
        """The ids to list, in the order to list them."""

    def match(self, wanted: str) -> str | None:
        """The id that is meant, compared without case, ``-`` and ``_``; None if not of ours."""

    def specification(self, name: str, preset: str) -> dict[str, Any]:
        """The finished document of an id that ``match`` gave."""

    def make(self, name: str, preset: str, **options: Any) -> gymnasium.Env:
        """A new environment; ``options`` go to it (``render_mode``)."""

    def register(self) -> None:
        """Registers what is ours with Gymnasium. Cheap: no import of a simulator, no file read."""


class SpecificationFiles:
    """The family of a subpackage that holds specification files of Gymnasium's environments.

    Each ``<id>.toml`` beside the package's ``__init__`` is one environment, made by
    ``gymnasium.make`` from its ``gymnasium_id``. ``[presets.<name>]`` in a file overrides what is
    above it. Fields with ``extra = true`` are left out under ``paper``, where policies see
    Gymnasium's observation only.
    """

    def __init__(self, package: str):
        self._package = package

    def ids(self) -> list[str]:
        files = importlib.resources.files(self._package).iterdir()
        return sorted(f.name.removesuffix(".toml") for f in files if f.name.endswith(".toml"))

    def match(self, wanted: str) -> str | None:
        form = normalised(wanted)
        for name in self.ids():
            if form in (normalised(name), normalised(name.rsplit("-v", 1)[0])):
                return name
        return None

    def specification(self, name: str, preset: str) -> dict[str, Any]:
        return complete(self._draft(name, preset))

    def make(self, name: str, preset: str, **options: Any) -> gymnasium.Env:
        return made(self._draft(name, preset)["gymnasium_id"], **options)

    def register(self) -> None:
        """Nothing to do: Gymnasium knows its own."""

    def _draft(self, name: str, preset: str) -> dict[str, Any]:
        content = read_toml(self._package, f"{name}.toml")
        family = self._package.rsplit(".", 1)[-1]
        return {"id": name, "family": family, "preset": preset} | under_preset(content, preset)


def under_preset(content: dict[str, Any], preset: str) -> dict[str, Any]:
    """What a specification file says under a preset: overridden, and without extra fields under
    ``paper``."""
    own = merged(content, content.get("presets", {}).get(preset, {}))
    own.pop("presets", None)
    if preset == "paper" and "observation" in own:
        own["observation"] = [field for field in own["observation"] if not field.get("extra")]
    return own


def made(gymnasium_id: str, **options: Any) -> gymnasium.Env:
    """What Gymnasium makes of an id that it knows, without its checking wrapper.

    Raises EnvironmentUnavailable where a package is missing that the environment needs.
    """
    try:
        return gymnasium.make(gymnasium_id, disable_env_checker=True, **options)
    except (gymnasium.error.DependencyNotInstalled, ImportError) as error:
        reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise EnvironmentUnavailable(
            f"Gymnasium knows {gymnasium_id}, but what it needs is not installed beside promptpo:"
            f" {reason}"
        ) from error


@functools.cache
def _toml_text(package: str, file: str) -> str:
    return importlib.resources.files(package).joinpath(file).read_text("utf-8")


def read_toml(package: str, file: str) -> dict[str, Any]:
    """A TOML file of package data, parsed anew (so that the caller may change what it gets)."""
    return tomllib.loads(_toml_text(package, file))


FAMILIES = ("noise_world", "classic_control", "point_maze", "mujoco", "meta_world", "registered")
"""Subpackages with a ``FAMILY``, in the order to list them."""


def families() -> list[Family]:
    """All families."""
    return [importlib.import_module(f"promptpo_envs.{name}").FAMILY for name in FAMILIES]
