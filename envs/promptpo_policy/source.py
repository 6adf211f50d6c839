"""Generated source into a class: compiled once, executed into a namespace of its own each time."""

from __future__ import annotations

import sys
import types

from promptpo_policy.clocks import may_read_clock
from promptpo_policy.drawing import may_draw
from promptpo_policy.failure import SOURCE_FILE, NoClass, remember_source

MODULE_NAME = "policy"


class Source:
    """A policy's or Feedback's source text."""

    def __init__(self, text: str, class_name: str, method: str) -> None:
        self._text = text
        self._class_name = class_name
        self._method = method
        self._code: types.CodeType | None = None
        self.may_draw = True
        """Whether it may use `random` or NumPy's generators; known once it was loaded."""
        self.may_read_clock = True
        """Whether it may read a clock; known once it was loaded."""

    def load(self) -> tuple[types.ModuleType, type]:
        """Execute the source into a fresh module; the module and its class.

        The class is the one that was asked for by name, else the last one defined there that has
        the method. Raises whatever the source raises, SyntaxError, or NoClass.
        """
        if self._code is None:
            remember_source(self._text)
            try:
                self._code = compile(self._text, SOURCE_FILE, "exec", dont_inherit=True)
            except (ValueError, RecursionError) as problem:
                raise SyntaxError(str(problem)) from None
            self.may_draw = may_draw(self._code)
            self.may_read_clock = may_read_clock(self._code)
        module = types.ModuleType(MODULE_NAME)
        module.__file__ = SOURCE_FILE
        # Where dataclasses and pickle look a class's module up.
        sys.modules[MODULE_NAME] = module
        exec(self._code, module.__dict__)
        return module, self._class_of(module)

    def _class_of(self, module: types.ModuleType) -> type:
        names = vars(module)
        named = names.get(self._class_name) if self._class_name else None
        if isinstance(named, type):
            return named
        candidates = [
            value
            for value in names.values()
            if isinstance(value, type)
            and value.__module__ == MODULE_NAME
            and callable(getattr(value, self._method, None))
        ]
        if candidates:
            return candidates[-1]
        wanted = f"class {self._class_name}" if self._class_name else "a class"
        raise NoClass(
            f"the source defines no class with a method {self._method}; expected {wanted}"
        )
