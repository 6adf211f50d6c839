"""The module of an environment of a user's own: unpacked, imported, its class found."""

from __future__ import annotations

import atexit
import importlib
import importlib.util
import shutil
import sys
import tempfile
import tomllib
import types
from pathlib import Path
from typing import Any

import gymnasium

from promptpo_envs.registered.bundle import Bundle
from promptpo_envs.registered.errors import InvalidEnvironment, told


class OwnModule:
    """A bundle's module in this process. Raises InvalidEnvironment with one line.

    The files lie in a folder of this process (below ``folder``) while it lives, so that a module
    finds what lies beside it. Modules of two bundles do not see each other: each is in a package of
    its own.
    """

    def __init__(self, bundle: Bundle, folder: str | None = None) -> None:
        main, specification = bundle.main, bundle.specification
        self.folder = Path(tempfile.mkdtemp(prefix="promptpo-environment-", dir=folder)).resolve()
        atexit.register(shutil.rmtree, self.folder, ignore_errors=True)
        bundle.unpack(self.folder)
        self._package = f"promptpo_registered_{bundle.digest[:16]}"
        self.content: dict[str, Any] | None = None
        """What the specification file says; None where there is none."""
        if specification is not None:
            self.content = self._toml(specification)
        try:
            module = self._imported(main)
        except InvalidEnvironment:
            raise
        except (Exception, SystemExit) as problem:
            raise InvalidEnvironment(told(problem, self.folder) + self._hint(problem)) from problem
        self.environment: type[gymnasium.Env] = self._class(module, main)

    def _toml(self, name: str) -> dict[str, Any]:
        try:
            return tomllib.loads((self.folder / name).read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
            raise InvalidEnvironment(f"{name} is not TOML: {problem}") from None

    def _imported(self, main: str) -> types.ModuleType:
        for name in [n for n in sys.modules if n.split(".")[0] == self._package]:
            del sys.modules[name]
        importlib.invalidate_caches()
        if main == "__init__.py":
            spec = importlib.util.spec_from_file_location(
                self._package,
                self.folder / main,
                submodule_search_locations=[str(self.folder)],
            )
            package = importlib.util.module_from_spec(spec)
            sys.modules[self._package] = package
            spec.loader.exec_module(package)
            return package
        package = types.ModuleType(self._package)
        package.__path__ = [str(self.folder)]
        sys.modules[self._package] = package
        return importlib.import_module(f"{self._package}.{main.removesuffix('.py')}")

    def _class(self, module: types.ModuleType, main: str) -> type[gymnasium.Env]:
        found = {
            value
            for value in vars(module).values()
            if isinstance(value, type)
            and issubclass(value, gymnasium.Env)
            and value.__module__.split(".")[0] == self._package
        }
        # A class that another one builds on is not the environment itself.
        last = [one for one in found if not any(one in other.__mro__[1:] for other in found)]
        if len(last) == 1:
            return last[0]
        if not last:
            raise InvalidEnvironment(
                f"{main} defines no environment: expected one class that extends gymnasium.Env"
            )
        names = " and ".join(sorted(one.__name__ for one in last))
        raise InvalidEnvironment(
            f"{main} defines {len(last)} environments, {names}: expected one class that extends"
            " gymnasium.Env; register each from a file of its own"
        )

    def _hint(self, problem: BaseException) -> str:
        if not isinstance(problem, ModuleNotFoundError) or problem.name is None:
            return ""
        name = problem.name.split(".")[0]
        if (self.folder / f"{name}.py").is_file() or (self.folder / name).is_dir():
            return f"; {name} lies beside it: write `from . import {name}` or `from .{name} import`"
        if name == self._package:
            return "; to have other files beside it, register their folder"
        return f"; install {name} beside promptpo, or register the folder that holds it"
