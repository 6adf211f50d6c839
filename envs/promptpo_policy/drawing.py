"""Whether a source may use `random` or NumPy's generators, by what its code names.

Putting an episode's generators in place before a call costs more than many a call, so it is left
out for plain arithmetic. Code that names nothing of what is below cannot reach them: a module's
attribute is read by its name, and whatever reads one by a text that is made up at run time has a
name itself. Who gets past this all the same (it is no wall) draws numbers that depend on its
neighbours, as it would from any generator of its own making; a winner's audit finds that.
"""

from __future__ import annotations

import types

# What may be imported: these, and of NumPy what has no `random` in its name, draw nothing.
_PLAIN_MODULES = frozenset(
    {
        *("__future__", "abc", "array", "bisect", "cmath", "collections", "copy", "dataclasses"),
        *("decimal", "enum", "fractions", "functools", "heapq", "itertools", "json", "math"),
        *("numbers", "numpy", "operator", "re", "string", "time", "typing"),
    }
)

# Ways to reach something by a text, or around its name.
_INDIRECT = frozenset(
    {
        *("__builtins__", "__closure__", "__code__", "__dict__", "__getattr__", "__getattribute__"),
        *("__globals__", "__import__", "__loader__", "__mro__", "__reduce__", "__reduce_ex__"),
        *("__spec__", "__subclasses__", "attrgetter", "bltns", "breakpoint", "builtins", "compile"),
        *("ctypeslib", "eval", "exec", "f2py", "f_builtins", "f_globals", "get_type_hints"),
        *("getattr", "globals", "help", "import_module", "inspect", "locals", "matlib"),
        *("methodcaller", "modules", "reload", "sys", "testing", "vars"),
    }
)


def may_draw(code: types.CodeType) -> bool:
    """Whether this code, or code within it, may reach a generator that episodes share."""
    for part in _parts(code):
        if not _INDIRECT.isdisjoint(part.co_names) or _imports_more(part):
            return True
        if any("random" in text for text in (*part.co_names, *_texts(part.co_consts))):
            return True
    return False


def _texts(constants: tuple) -> list[str]:
    nested = [part for const in constants if isinstance(const, tuple) for part in _texts(const)]
    return nested + [const for const in constants if isinstance(const, str)]


def _imports_more(code: types.CodeType) -> bool:
    """Whether an import in ``code`` names a module that is not among the plain ones.

    A module's name stands among the names of the code that imports it, dots included; so does every
    attribute. Bytecode tells them apart.
    """
    import dis

    return any(
        instruction.opname == "IMPORT_NAME"
        and instruction.argval.partition(".")[0] not in _PLAIN_MODULES
        for instruction in dis.get_instructions(code)
    )


def _parts(code: types.CodeType) -> list[types.CodeType]:
    found = [code]
    for part in found:
        found.extend(const for const in part.co_consts if isinstance(const, types.CodeType))
    return found
